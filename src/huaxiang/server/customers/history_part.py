"""How a tag of one customer changed: what refreshes recorded, and the ends of months computed again, for numbers as a
line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.recorded_changes import Recorded, recorded_of
from huaxiang.analyse.recorded_tags import moving
from huaxiang.analyse.tag_history import TagHistory
from huaxiang.analyse.value_text import value_of
from huaxiang.errors import NotFound, nearest
from huaxiang.model.fields import NUMERIC
from huaxiang.model.tags import Tag
from huaxiang.number_words import date_words, short_number
from huaxiang.present.charts.frame import Mark
from huaxiang.present.charts.month_line import month_line
from huaxiang.server.charts import ChartPart
from huaxiang.server.customers.asked import months_of, recording_at
from huaxiang.server.customers.one_row import OneRow
from huaxiang.server.customers.values import tag_words
from huaxiang.server.customers.visit import Visit, visit_of
from huaxiang.server.data import reading, workspace
from huaxiang.server.permissions import page
from huaxiang.server.tables import Column, Table, text_table
from huaxiang.words import say


@page(permission="see_profile")
def history_page(request: HttpRequest, key: str) -> HttpResponse:
    """The history of the tag that the address names; a part for scripts, a page of its own without them."""
    tag_key = request.GET.get("tag", "")
    with reading() as engine:
        visit = visit_of(request, engine, None)
        one = visit.one_row(key)
        if tag_key not in one.raw or tag_key not in visit.tags:
            raise NotFound("customer.unknown_tag", given=tag_key[:60], nearest=nearest(tag_key[:60], visit.tags))
        context = _context(visit, one, visit.tags[tag_key])
    template = "customers/_tag_history.html" if getattr(request, "htmx", False) else "customers/tag_history.html"
    return render(request, template, {**context, "customer_id": key})


def _context(visit: Visit, one: OneRow, tag: Tag) -> dict[str, Any]:
    told = {"label": tag.name.say(visit.lang), "element": tag.element, "tag_key": tag.key}
    if tag.key in one.masked:
        return {**told, "sentence": say("portrait.history.masked", visit.lang)}
    return {**told, **_recorded(visit, one, tag), **_recomputed(visit, one, tag)}


def _recorded(visit: Visit, one: OneRow, tag: Tag) -> dict[str, Any]:
    """What the refreshes published: a sentence, and a table of the changes."""
    found = recorded_of(visit.engine, one.customer_id, tag.key, recording_at(visit.engine))
    if found is None:
        return {"recorded": say(f"portrait.recorded.{_why_not(tag)}", visit.lang)}
    begins = say(
        f"portrait.recorded.{'begins' if found.begins.is_first else 'came'}",
        visit.lang,
        day=date_words(found.begins.day, visit.lang),
    )
    if not found.changes:
        return {"recorded": say("portrait.recorded.same", visit.lang, begins=begins)}
    count = short_number(len(found.changes), visit.lang)
    sentence = say("portrait.recorded.changed", visit.lang, begins=begins, n=count)
    return {"recorded": sentence, "changes": _changes(visit, tag, found)}


def _why_not(tag: Tag) -> str:
    """Why nothing is recorded of the tag."""
    if tag.needs_purpose:
        return "guarded"
    return "moves" if tag.key in moving(workspace().definitions.tags) else "not_yet"


def _changes(visit: Visit, tag: Tag, found: Recorded) -> Table:
    """The latest change first; why, where one of them came with another rule."""
    lang, told = visit.lang, any(change.by_rule for change in found.changes)
    names = ("day", "before", "after", *(["because"] if told else []))
    columns = tuple(Column(say(f"portrait.recorded.{name}", lang)) for name in names)
    rows: list[tuple[str, ...]] = []
    for change in reversed(found.changes):
        values = (value_of(text, tag.type) for text in (change.before, change.after))
        why = [say(f"portrait.recorded.because.{'rule' if change.by_rule else 'data'}", lang)] if told else []
        words = (tag_words(value, tag, lang, visit.currency) for value in values)
        rows.append((date_words(change.as_of, lang), *words, *why))
    return text_table(say("portrait.recorded.title", lang, tag=tag.name.say(lang)), columns, rows)


def _recomputed(visit: Visit, one: OneRow, tag: Tag) -> dict[str, Any]:
    """The ends of a year's months, computed again from what is known today."""
    found = months_of(visit, one.customer_id, tag.key)
    if found.needs_others:
        return {"sentence": say("portrait.history.needs_others", visit.lang)}
    said = [(day, tag_words(value, tag, visit.lang, visit.currency)) for day, value in found.days]
    table = _table(tag, said, visit.lang)
    chart = _chart(visit, tag, found, said, table) if tag.type in NUMERIC else None
    note = say("portrait.history.averages", visit.lang) if found.uses_averages else ""
    return {"sentence": _sentence(found, said, visit.lang), "note": note, "table": table, "chart": chart}


def _sentence(found: TagHistory, said: list[tuple[date, str]], lang: str) -> str:
    if not found.changes:
        return say("portrait.history.same", lang, n=short_number(len(said), lang))
    return say(
        "portrait.history.changed", lang, first=said[0][1], last=said[-1][1], n=short_number(found.changes, lang)
    )


def _table(tag: Tag, said: list[tuple[date, str]], lang: str) -> Table:
    columns = (Column(say("portrait.history.day", lang)), Column(tag.name.say(lang), tag.type in NUMERIC))
    rows: list[tuple[str, ...]] = [(date_words(day, lang), words) for day, words in reversed(said)]
    return text_table(tag.name.say(lang), columns, rows)


def _chart(visit: Visit, tag: Tag, found: TagHistory, said: list[tuple[date, str]], table: Table) -> ChartPart:
    marks = [
        Mark(f"{day:%Y-%m-%d}", None if value is None else float(value), words)
        for (day, value), (_, words) in zip(found.days, said, strict=True)
        if value is None or isinstance(value, int | float | Decimal)
    ]
    title = say("portrait.history.title", visit.lang, tag=tag.name.say(visit.lang))
    return ChartPart(
        f"history-{tag.key}", title, _sentence(found, said, visit.lang), month_line(marks, tag.element), table
    )
