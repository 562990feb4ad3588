"""Movement of a group between two days in one tag, as streams between states."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis.expr.types as ir
from django.http import HttpRequest, HttpResponse

from huaxiang.analyse.groups.movement import Flow, Movement, movement
from huaxiang.analyse.groups.said import movement_said, state_words
from huaxiang.errors import InputError
from huaxiang.model.fields import Field
from huaxiang.number_words import MISSING, date_words
from huaxiang.present.charts.flow_sankey import Stream, flow_sankey
from huaxiang.release.small_cells import suppress_table
from huaxiang.server.charts import ChartPart
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.groups.chosen import Group, bar_address
from huaxiang.server.groups.csv_file import csv_of
from huaxiang.server.groups.offered import choices, element_of, seen_tags
from huaxiang.server.groups.shown import chosen_of, group_page, is_guarded, too_few
from huaxiang.server.past_day import past_population
from huaxiang.server.permissions import page
from huaxiang.server.tables import Cell, Column, Table
from huaxiang.words import Message, say

#: By the places of the states where a flow begins and ends its customers, None where they are hidden.
Flows = dict[tuple[int, int], int | None]
#: The earlier and the later day.
Days = tuple[date, date]
_BEFORE = timedelta(days=90)


@page(permission="see_profile")
def moved(request: HttpRequest) -> HttpResponse:
    """The movement in a tag (``?tag=``) from a past day (``?from=``, an ISO day) to a later one (``?to=``), by default
    the published one."""
    return group_page(request, "movement", _moved)


def _moved(request: HttpRequest, group: Group, sight: Sight) -> dict[str, Any] | HttpResponse:
    key = tag_of(request, sight)
    typed, until = (request.GET.get(name, "")[:10] for name in ("from", "to"))
    context = {
        "tags": choices(sight, (key,)),
        "latest": sight.as_of.isoformat(),
        "before": typed or (sight.as_of - _BEFORE).isoformat(),
        "after": until or sight.as_of.isoformat(),
    }
    if not typed:
        return {**context, "lede": say("groups.movement.choose", sight.lang), "waiting": True}
    days = days_of(typed, until, sight)
    before, after = (rows_on(day, group, sight, key) for day in days)
    found = movement(sight.engine, before, after, sight.fields, key)
    if too_few(sum(flow.customers for flow in found.flows), sight):
        return {**context, "few": True}
    field, shown = sight.fields[key], shown_flows(found, sight)
    said = told_movement(found, field, shown, sight).say(sight.lang)
    table = _table(found, shown, field, days, sight)
    if request.GET.get("format") == "csv":
        return csv_of(table, f"{key}-movement")
    chart, flows = _chart(found, shown, field, table, said, group, sight, days), _kept_flows(found, field, sight)
    query = group.query(**{"tag": key, "from": days[0], "to": days[1]})
    return {**context, "lede": said, "chart": chart, "flows": flows, "query": query}


def tag_of(request: HttpRequest, sight: Sight) -> str:
    """The tag that the address names, or the field of RFM, where it may be seen and has one value for each customer,
    else the usual one."""
    seen = tuple(key for key in seen_tags(sight) if sight.fields[key].type != "list")
    return chosen_of(request.GET.get("tag", ""), seen, "lifecycle")


def _kept_flows(found: Movement, field: Field, sight: Sight) -> list[tuple[str, str]]:
    """The flows that can be kept as a list, the largest first, for those who may upload lists: places and words."""
    if not sight.access.may("edit_definitions") or sight.access.stores is not None:
        return []
    moved = sorted((flow for flow in found.flows if flow.before != flow.after), key=lambda flow: -flow.customers)
    at = found.states.index
    return [(f"{at(flow.before)}-{at(flow.after)}", _flow_words(flow, field, sight.lang)) for flow in moved]


def _flow_words(flow: Flow, field: Field, lang: str) -> str:
    before, after = (state_words(state, field).say(lang) for state in (flow.before, flow.after))
    return f"{before} → {after} ({flow.customers:,})"


def told_movement(found: Movement, field: Field, shown: Flows, sight: Sight) -> Message:
    """The movement in a sentence that tells nothing of hidden flows."""
    hidden = [(found.states[one], found.states[other]) for (one, other), count in shown.items() if count is None]
    least = sight.workspace.settings.smallest_cell if is_guarded(sight.access) else 0
    return movement_said(found, field, least, hidden)


def days_of(first: str, last: str, sight: Sight) -> Days:
    """The days that two texts name, the published one where the later is empty.

    Raises :class:`InputError` for what is no day, for a later day that is still to come, and where the earlier one does
    not come before it.
    """
    later = _day(last) if last else sight.as_of
    if later > sight.as_of:
        raise InputError("groups.day_to_come", given=last, latest=sight.as_of.isoformat())
    earlier = _day(first)
    if earlier >= later:
        raise InputError("groups.day_not_past", given=first, latest=later.isoformat())
    return earlier, later


def rows_on(day: date, group: Group, sight: Sight, key: str) -> ir.Table:
    """One row per customer of that day, the published or a past one: whether in the group, and the tag as of then."""
    if day == sight.as_of:
        return group.rows(sight, (key,))
    sight.population.check_countable(group.condition)
    rows = past_population(day, group.condition, sight, [key]).marked({"inside": group.condition}, (key,))
    # The facts of a past day are gone as soon as another one is asked for.
    return sight.engine.keep(f"moved_rows_{day:%Y%m%d}", rows)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("groups.not_a_day", given=text) from None


def shown_flows(found: Movement, sight: Sight) -> Flows:
    """By the places of their states the flows, None for those that this person must not see."""
    by_place = {
        (found.states.index(flow.before), found.states.index(flow.after)): flow.customers for flow in found.flows
    }
    if not is_guarded(sight.access):
        return dict(by_place)
    size = range(len(found.states))
    safe = suppress_table(
        [[by_place.get((one, other), 0) for other in size] for one in size], sight.workspace.settings.smallest_cell
    )
    return {pair: safe.cells[pair[0]][pair[1]] for pair in by_place}


def _chart(
    found: Movement,
    shown: Flows,
    field: Field,
    table: Table,
    said: str,
    group: Group,
    sight: Sight,
    days: Days,
) -> ChartPart:
    lang, (first, last) = sight.lang, days
    names = [state_words(state, field).say(lang) for state in found.states]
    streams = [Stream(one, other, count, f"{count:,}") for (one, other), count in shown.items() if count]
    # Rules ask for the published day: what somebody was on another one, no crowd can say.
    addresses = [
        ""
        if isinstance(state, str) or last != sight.as_of
        else bar_address(sight, group.condition, state.condition(field))
        for state in found.states
    ]
    grey = [place for place, state in enumerate(found.states) if isinstance(state, str) or state.kind == "unknown"]
    option = flow_sankey(names, streams, element_of(field.key, sight), addresses, grey)
    title = say(
        "groups.movement.title",
        lang,
        tag=field.name.say(lang),
        first=date_words(first, lang),
        last=date_words(last, lang),
    )
    everybody = sum(flow.customers for flow in found.flows)
    download = f"?{group.query(**{'tag': field.key, 'from': first, 'to': last}, format='csv')}"
    return ChartPart("movement", title, said, option, table, say("groups.overlap.unit", lang), everybody, download)


def _table(
    found: Movement,
    shown: Flows,
    field: Field,
    days: Days,
    sight: Sight,
) -> Table:
    lang = sight.lang
    names = [state_words(state, field).say(lang) for state in found.states]
    head = say("groups.movement.from_to", lang, first=date_words(days[0], lang), last=date_words(days[1], lang))
    size = range(len(names))
    # Nobody becomes new.
    reached = [place for place in size if found.states[place] != "new"]
    rows = tuple(
        (
            Cell(names[one], heading=True),
            *(Cell(_count(shown.get((one, other), 0)), numeric=True) for other in reached),
        )
        for one in size
    )
    # Two states of one name would be one column in a file.
    titles = [name if names.count(name) == 1 else f"{name} {place + 1}" for place, name in enumerate(names)]
    return Table(head, (Column(head), *(Column(titles[place], numeric=True) for place in reached)), rows)


def _count(count: int | None) -> str:
    return MISSING if count is None else f"{count:,}"
