"""Movement of a group between two days in one tag, as streams between states."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from huaxiang.analyse.groups.movement import Movement, movement
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
from huaxiang.words import say

_BEFORE = timedelta(days=90)


@page(permission="see_profile")
def moved(request: HttpRequest) -> HttpResponse:
    """The movement in a tag (``?tag=``) from a past day (``?from=``, an ISO day) to the published one."""
    return group_page(request, "movement", _moved)


def _moved(request: HttpRequest, group: Group, sight: Sight) -> dict[str, Any] | HttpResponse:
    seen = tuple(key for key in seen_tags(sight) if key in sight.definitions.tags and sight.fields[key].type != "list")
    key = chosen_of(request.GET.get("tag", ""), seen, "lifecycle")
    typed = request.GET.get("from", "")[:10]
    context = {
        "tags": choices(sight, (key,)),
        "latest": sight.as_of.isoformat(),
        "before": typed or (sight.as_of - _BEFORE).isoformat(),
    }
    if not typed:
        return {**context, "lede": say("groups.movement.choose", sight.lang), "waiting": True}
    first = _day(typed, sight)
    found = movement(sight.engine, _past(first, group, sight, key), group.rows(sight, (key,)), sight.fields, key)
    if too_few(sum(flow.customers for flow in found.flows), sight):
        return {**context, "few": True}
    field = sight.fields[key]
    said = movement_said(found, field, _least_shown(sight)).say(sight.lang)
    shown = _shown(found, sight)
    table = _table(found, shown, field, (first, sight.as_of), sight)
    if request.GET.get("format") == "csv":
        return csv_of(table, f"{key}-movement")
    return {**context, "lede": said, "chart": _chart(found, shown, field, table, said, group, sight, first)}


def _least_shown(sight: Sight) -> int:
    return sight.workspace.settings.smallest_cell if is_guarded(sight.access) else 0


def _day(text: str, sight: Sight) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InputError("groups.not_a_day", given=text) from None
    if day >= sight.as_of:
        raise InputError("groups.day_not_past", given=text, latest=sight.as_of.isoformat())
    return day


def _past(day: date, group: Group, sight: Sight, key: str) -> Any:
    sight.population.check_countable(group.condition)
    return past_population(day, group.condition, sight, [key]).marked({"inside": group.condition}, (key,))


def _shown(found: Movement, sight: Sight) -> dict[tuple[int, int], int | None]:
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
    shown: dict[tuple[int, int], int | None],
    field: Field,
    table: Table,
    said: str,
    group: Group,
    sight: Sight,
    first: date,
) -> ChartPart:
    lang = sight.lang
    names = [state_words(state, field).say(lang) for state in found.states]
    streams = [Stream(one, other, count, f"{count:,}") for (one, other), count in shown.items() if count]
    addresses = [
        "" if isinstance(state, str) else bar_address(sight, group.condition, state.condition(field))
        for state in found.states
    ]
    grey = [place for place, state in enumerate(found.states) if isinstance(state, str) or state.kind == "unknown"]
    option = flow_sankey(names, streams, element_of(field.key, sight), addresses, grey)
    title = say(
        "groups.movement.title",
        lang,
        tag=field.name.say(lang),
        first=date_words(first, lang),
        last=date_words(sight.as_of, lang),
    )
    everybody = sum(flow.customers for flow in found.flows)
    download = f"?{group.query(**{'tag': field.key, 'from': first.isoformat()}, format='csv')}"
    return ChartPart("movement", title, said, option, table, say("groups.overlap.unit", lang), everybody, download)


def _table(
    found: Movement,
    shown: dict[tuple[int, int], int | None],
    field: Field,
    days: tuple[date, date],
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
