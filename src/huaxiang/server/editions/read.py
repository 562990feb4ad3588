"""An edition in the browser or as a file, exactly as it was published."""

from __future__ import annotations

import base64
import hashlib
import re

from django.http import HttpRequest, HttpResponse

from huaxiang.errors import NotFound
from huaxiang.ledger import Ledger
from huaxiang.present.document.editions import Edition, edition_named
from huaxiang.server.data import workspace
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of
from huaxiang.words import LANGUAGES

TYPES = {"html": "text/html; charset=utf-8", "md": "text/markdown; charset=utf-8"}
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@page(permission="see_page")
def document(request: HttpRequest, key: str) -> HttpResponse:
    """The document as a page of its own, in ``?lang=`` or the visitor's language; it runs and fetches nothing."""
    text = _edition(key).read(f"document.{_lang(request)}.html")
    headers = {"Content-Security-Policy": policy(text), "Content-Language": _lang(request)}
    return HttpResponse(text, content_type=TYPES["html"], headers=headers)


@page(permission="see_page")
def file(request: HttpRequest, key: str) -> HttpResponse:
    """The document to keep: ``?format=html`` or ``md``, ``?lang=``."""
    kind = request.GET.get("format", "html")
    if kind not in TYPES:
        raise NotFound("editions.unknown_format", given=kind[:20], expected=" / ".join(TYPES))
    edition, lang = _edition(key), _lang(request)
    content = edition.read(f"document.{lang}.{kind}")
    name = f"huaxiang-{edition.edition_id}.{lang}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content.encode(), content_type=TYPES[kind], headers=headers)


def policy(text: str) -> str:
    """A content policy that allows the style sheets of the text, by their hashes, and nothing else."""
    digests = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in _STYLE.findall(text)]
    styles = " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"
    return f"default-src 'none'; style-src {styles}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def _edition(key: str) -> Edition:
    home = workspace()
    with Ledger.open(home.ledger_path) as ledger:
        return edition_named(home.folder / "editions", ledger, key)


def _lang(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in LANGUAGES else lang_of(request)
