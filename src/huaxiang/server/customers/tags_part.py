"""All tags of one customer in one table: value, since when, how sure, on what it stands, and why; those that are not
known apart, with what would make them known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from huaxiang.errors import NotFound, nearest
from huaxiang.model.tables import ELEMENTS
from huaxiang.model.tags import Tag
from huaxiang.server.customers.elements import shown_tags
from huaxiang.server.customers.one_row import OneRow
from huaxiang.server.customers.values import shown_words
from huaxiang.server.customers.visit import Visit
from huaxiang.words import say


@dataclass(frozen=True)
class TagRow:
    """One tag in words. ``basis_words`` say on what it stands, ``refresh_words`` when it is computed."""

    key: str
    element: str
    label: str
    meaning: str
    value: str
    is_masked: bool
    basis_words: str
    refresh_words: str


def tags_part(request: HttpRequest, visit: Visit, one: OneRow) -> dict[str, Any]:
    """The tags that the filter of the address leaves (``?q=`` in name, meaning or value, ``?element=``)."""
    asked, element = request.GET.get("q", "").strip()[:100], request.GET.get("element", "")
    if element and element not in ELEMENTS:
        raise NotFound("customer.unknown_element", given=element[:40], nearest=nearest(element[:40], ELEMENTS))
    own = [tag for tag in shown_tags(one, visit.tags) if element in ("", tag.element)]
    rows = [row for tag in own if _is_meant(row := _row(visit, one, tag), tag, asked)]
    known = [row for row in rows if one.raw[row.key] is not None]
    return {
        "tag_rows": known,
        "unknown_rows": [row for row in rows if one.raw[row.key] is None],
        "asked": asked,
        "element": element,
        "elements": [(each, say(f"element.{each}", visit.lang)) for each in ELEMENTS],
        "counted": say("portrait.tags.counted", visit.lang, known=len(known), total=len(rows)),
        "more": "filter" in request.GET,
    }


def _row(visit: Visit, one: OneRow, tag: Tag) -> TagRow:
    return TagRow(
        key=tag.key,
        element=tag.element,
        label=tag.name.say(visit.lang),
        meaning=tag.meaning(visit.lang),
        value=shown_words(one, tag, visit.lang, visit.currency),
        is_masked=tag.key in one.masked,
        basis_words=say(f"portrait.basis.{tag.stands_on}", visit.lang),
        refresh_words=say(f"portrait.refresh.{tag.refresh}", visit.lang),
    )


def _is_meant(row: TagRow, tag: Tag, asked: str) -> bool:
    # A masked value is not looked into: that would tell it letter by letter.
    texts = (row.label, row.meaning, *tag.synonyms, *(() if row.is_masked else (row.value,)))
    return any(asked.casefold() in text.casefold() for text in texts)
