"""How crowds overlap: an UpSet chart of exact sizes, each combination a crowd of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from huaxiang.analyse.groups.concealed_overlap import SafeOverlap, concealed_overlap, told_overlap
from huaxiang.analyse.groups.overlap import FEWEST, MOST, Overlap, overlap
from huaxiang.analyse.groups.said import overlap_said
from huaxiang.model.conditions import Condition
from huaxiang.number_words import MISSING, percent
from huaxiang.present.charts.frame import Mark
from huaxiang.present.charts.upset import Combination, upset
from huaxiang.server.charts import ChartPart
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.groups.chosen import Group, bar_address, crowd_choices, neither
from huaxiang.server.groups.csv_file import csv_of
from huaxiang.server.groups.shown import group_page, is_guarded
from huaxiang.server.permissions import page
from huaxiang.server.tables import Cell, Column, Table
from huaxiang.words import say

_MOST_SHOWN = 20


@page(permission="see_profile")
def overlaps(request: HttpRequest) -> HttpResponse:
    """The overlap of two to six saved crowds (``?with=`` several times); the group itself is the first of them."""
    return group_page(request, "overlap", _overlap)


def _overlap(request: HttpRequest, group: Group, sight: Sight) -> dict[str, Any] | HttpResponse:
    wanted = dict.fromkeys(each[:64] for each in request.GET.getlist("with"))
    others = [key for key in wanted if key != group.key]
    own = [] if group.is_everyone else [(group.condition, _own_name(group, sight))]
    offered = [(key, name, key in others) for key, name in crowd_choices(sight) if key != group.key]
    context = {"offered": offered, "fewest": FEWEST - len(own), "most": MOST - len(own)}
    if len(own) + len(others) < FEWEST:
        return {**context, "lede": say("groups.overlap.choose", sight.lang, fewest=FEWEST, most=MOST)}
    named = [*own, *((sight.segment(key).condition, sight.segment(key).name.say(sight.lang)) for key in others)]
    conditions, names = zip(*named, strict=True)
    marks = {f"crowd_{place}": condition for place, condition in enumerate(conditions)}
    found = overlap(sight.engine, sight.population.marked(marks), tuple(marks))
    safe = safe_overlap(found, sight)
    table = _table(safe, conditions, names, sight)
    if request.GET.get("format") == "csv":
        return csv_of(table, "overlap")
    said = overlap_said(found, names, safe.pairs).say(sight.lang)
    return {
        **context,
        "lede": said,
        "chart": _chart(safe, conditions, names, table, said, group, others, sight),
        "pairs": _pairs(found, safe, names, sight),
    }


def _own_name(group: Group, sight: Sight) -> str:
    return group.name if isinstance(group.name, str) else group.name.say(sight.lang)


def _chart(
    safe: SafeOverlap,
    conditions: Sequence[Condition],
    names: Sequence[str],
    table: Table,
    said: str,
    group: Group,
    others: Sequence[str],
    sight: Sight,
) -> ChartPart:
    combinations = [
        Combination(
            places,
            Mark("", count, f"{count:,}" if count is not None else MISSING, _address(places, count, conditions, sight)),
        )
        for places, count in safe.exactly[:_MOST_SHOWN]
    ]
    download = f"?{group.query(**{'with': list(others)}, format='csv')}"
    unit = say("groups.overlap.unit", sight.lang)
    return ChartPart(
        "overlap",
        say("groups.overlap.title", sight.lang),
        said,
        upset(names, combinations),
        table,
        unit,
        safe.everybody,
        download,
    )


def safe_overlap(found: Overlap, sight: Sight) -> SafeOverlap:
    """What this person may be told of the overlap."""
    return (
        concealed_overlap(found, sight.workspace.settings.smallest_cell)
        if is_guarded(sight.access)
        else told_overlap(found)
    )


def _address(places: tuple[int, ...], count: int | None, conditions: Sequence[Condition], sight: Sight) -> str:
    if not count:
        return ""
    inside = tuple(conditions[place] for place in places)
    outside = neither(tuple(each for place, each in enumerate(conditions) if place not in places))
    return bar_address(sight, *inside, *outside)


def _table(safe: SafeOverlap, conditions: Sequence[Condition], names: Sequence[str], sight: Sight) -> Table:
    columns = (
        Column(say("groups.overlap.combination", sight.lang)),
        Column(say("groups.overlap.customers", sight.lang), numeric=True),
    )
    rows = tuple(
        (
            Cell(
                " + ".join(names[place] for place in places),
                address=_address(places, count, conditions, sight),
                heading=True,
            ),
            Cell(MISSING if count is None else f"{count:,}", numeric=True),
        )
        for places, count in safe.exactly
    )
    return Table(say("groups.overlap.title", sight.lang), columns, rows)


def _pairs(found: Overlap, safe: SafeOverlap, names: Sequence[str], sight: Sight) -> Table:
    lang = sight.lang
    titles = ("one", "other", "both", "jaccard", "coefficient")
    columns = tuple(
        Column(
            say(f"groups.overlap.{title}", lang),
            place > 1,
            say(f"groups.overlap.{title}.meaning", lang) if place > 1 else "",
        )
        for place, title in enumerate(titles)
    )
    rows = tuple(
        (
            Cell(f"{names[pair.first]} ({found.sizes[pair.first]:,})", heading=True),
            Cell(f"{names[pair.second]} ({found.sizes[pair.second]:,})"),
            *(
                Cell(text, numeric=True)
                for text in (
                    (f"{pair.both:,}", percent(pair.jaccard, lang), percent(pair.coefficient, lang))
                    if pair in safe.pairs
                    else (MISSING,) * 3
                )
            ),
        )
        for pair in found.pairs
    )
    return Table(say("groups.overlap.pairs", lang), columns, rows)
