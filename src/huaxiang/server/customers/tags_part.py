"""All tags of one customer in one table: value, since when it stands, newest evidence, how sure, on what it stands, and
why; those that are not known apart, with what would make them known."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from huaxiang.analyse.filled import filled_column, filled_for
from huaxiang.analyse.order import needed_by
from huaxiang.analyse.recorded_changes import Since, since_of
from huaxiang.analyse.recorded_tags import moving
from huaxiang.errors import NotFound, nearest
from huaxiang.model.tables import ELEMENTS
from huaxiang.model.tags import Tag, Tags
from huaxiang.number_words import date_words, percent
from huaxiang.server.customers.asked import newest_of, recording_at
from huaxiang.server.customers.elements import shown_tags
from huaxiang.server.customers.one_row import OneRow
from huaxiang.server.customers.past import PastTables
from huaxiang.server.customers.values import shown_words
from huaxiang.server.customers.visit import Visit
from huaxiang.server.data import workspace
from huaxiang.server.uncounted import uncounted_with
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
    since_words: str
    newest_words: str
    sure_words: str
    basis_words: str
    refresh_words: str


@dataclass(frozen=True)
class Beside:
    """What is known beside the values: since when each stands (of those recorded), which move with the day, when the
    newest row behind each happened, how sure each is, what was filled."""

    since: Mapping[str, Since]
    moving: Collection[str]
    newest: Mapping[str, datetime]
    confidence: Mapping[str, float | None]
    filled: Mapping[str, str]


def tags_part(request: HttpRequest, visit: Visit, one: OneRow) -> dict[str, Any]:
    """The tags that the filter of the address leaves (``?q=`` in name, meaning or value, ``?element=``)."""
    asked, element = request.GET.get("q", "").strip()[:100], request.GET.get("element", "")
    if element and element not in ELEMENTS:
        raise NotFound("customer.unknown_element", given=element[:40], nearest=nearest(element[:40], ELEMENTS))
    own = [tag for tag in shown_tags(one, visit.tags) if element in ("", tag.element)]
    beside = _beside(visit, one)
    rows = [row for tag in own if _is_meant(row := _row(visit, one, tag, beside), tag, asked)]
    known = [row for row in rows if one.raw[row.key] is not None]
    return {
        "tag_rows": known,
        "unknown_rows": [row for row in rows if one.raw[row.key] is None],
        "asked": asked,
        "element": element,
        "elements": [(each, say(f"element.{each}", visit.lang)) for each in ELEMENTS],
        "uncounted": _uncounted(visit, one),
        "counted": say("portrait.tags.counted", visit.lang, known=len(known), total=len(rows)),
        "more": "filter" in request.GET,
    }


def _uncounted(visit: Visit, one: OneRow) -> str:
    unknown = [key for key in visit.tags if key in one.raw and one.raw[key] is None]
    return "" if visit.past_day else uncounted_with(visit.engine, one.customer_id, unknown, visit.tags, visit.lang)


def _beside(visit: Visit, one: OneRow) -> Beside:
    filled = filled_for(visit.engine, visit.portrait.tables, one.customer_id, visit.portrait.as_of)
    how = {column: str(row["how"]) for column, row in filled.items()}
    since = {} if visit.past_day else since_of(visit.engine, one.customer_id, recording_at(visit.engine))
    moves = moving(workspace().definitions.tags)
    return Beside(since, moves, newest_of(visit, one.customer_id), _sure(visit, one), how)


def _sure(visit: Visit, one: OneRow) -> Mapping[str, float | None]:
    tables = visit.portrait.tables
    if isinstance(tables, PastTables):
        return tables.past.confidence
    if one.sure is not None:
        return one.sure
    found: list[dict[str, Any]] = visit.engine.having(
        tables["profile_confidence"], {"customer_id": [one.customer_id]}
    ).to_pylist()
    return found[0] if found else {}


def _row(visit: Visit, one: OneRow, tag: Tag, beside: Beside) -> TagRow:
    at, sure = beside.newest.get(tag.key), beside.confidence.get(tag.key)
    return TagRow(
        key=tag.key,
        element=tag.element,
        label=tag.name.say(visit.lang),
        meaning=tag.meaning(visit.lang),
        value=shown_words(one, tag, visit.lang, visit.currency),
        is_masked=tag.key in one.masked,
        since_words=_since_words(tag.key, beside, visit.lang),
        newest_words=date_words(at.date(), visit.lang) if at else "—",
        sure_words=percent(sure, visit.lang) if isinstance(sure, float) else "—",
        basis_words=say(f"portrait.basis.{_basis(tag, visit.tags, beside.filled)}", visit.lang),
        refresh_words=say(f"portrait.refresh.{tag.refresh}", visit.lang),
    )


def _since_words(key: str, beside: Beside, lang: str) -> str:
    if key in beside.since:
        since = beside.since[key]
        day = date_words(since.day, lang)
        return say("portrait.since.at_least", lang, day=day) if since.is_first else day
    return say("portrait.since.moves", lang) if key in beside.moving else "—"


def _basis(tag: Tag, tags: Tags, filled: Mapping[str, str]) -> str:
    """On what a value stands: one that was filled in stands on that, and so does what is computed from it."""
    how = filled.get(filled_column(tag) or "")
    if how:
        return how
    inherited = {_basis(tags[need], tags, filled) for need in needed_by(tag.rule) if need in tags}
    return next((each for each in ("inferred", "filled") if each in inherited), tag.stands_on)


def _is_meant(row: TagRow, tag: Tag, asked: str) -> bool:
    # A masked value is not looked into: that would tell it letter by letter.
    texts = (row.label, row.meaning, *tag.synonyms, *(() if row.is_masked else (row.value,)))
    return any(asked.casefold() in text.casefold() for text in texts)
