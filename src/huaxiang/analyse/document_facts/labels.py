"""Names that facts carry: of codes in both languages, of texts from the data with anything personal masked."""

from __future__ import annotations

from typing import Any

from huaxiang.analyse.document_facts.book import both
from huaxiang.model.fields import Labels
from huaxiang.model.mapping import forms
from huaxiang.model.tags import Tag
from huaxiang.release.text_masks import mask_text
from huaxiang.words import Message, knows

_LONGEST = 40


def free_text(text: str) -> Labels:
    """A text from the data on one line, the same in both languages, numbers and addresses inside it masked."""
    line = mask_text(" ".join(text.split()))
    shown = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
    return Labels(zh=shown, en=shown)


def value_label(tag: Tag, value: Any) -> Labels:
    """How a value of a tag reads: the name of a code, yes or no, or the text itself."""
    if isinstance(value, bool):
        return both(Message("condition.true" if value else "condition.false"))
    named = tag.values.get(value) if isinstance(value, str) else None
    return named or free_text(str(value))


def reason_label(reason: str) -> Labels:
    """Why a row or cell was set aside or mended."""
    codes = (f"reason.{reason}", f"document.reason.{reason}", "document.reason.other")
    return both(Message(next(code for code in codes if knows(code))))


def identifier_label(kind: str) -> Labels:
    """What an identifier is."""
    code = f"prepare.identifier.{kind}"
    return both(Message(code)) if knows(code) else free_text(kind)


def form_label(form: str) -> Labels:
    """What one row of a source is."""
    known = forms().get(form)
    return Labels(zh=known.zh, en=known.en) if known else free_text(form)
