"""Cross table, measures, overlap and movement as records, for programs: numbers as on the pages, hidden ones null."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from huaxiang.analyse.groups.bars import Bar
from huaxiang.analyse.groups.concealed_overlap import SafeOverlap
from huaxiang.analyse.groups.cross_table import CrossCell, CrossTable
from huaxiang.analyse.groups.movement import Movement, State
from huaxiang.analyse.groups.overlap import Overlap
from huaxiang.analyse.groups.said import Hidden, state_words
from huaxiang.analyse.groups.value_measures import Ends, Measured
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import Condition
from huaxiang.model.fields import Field

_CELL = ("customers", "expected", "residual", "q", "verdict")


def cross_record(found: CrossTable, sides: tuple[Field, Field], hidden: Hidden, lang: str) -> dict[str, Any]:
    """The values of both tags, and by row and column the cells. Where cells may be hidden, so are all totals: with them
    a hidden cell could be computed."""
    is_open = not hidden
    lines = [(found.rows, sides[0]), (found.columns, sides[1])]
    rows, columns = (
        [_bar(bar, field, lang) | {"customers": n if is_open else None} for bar, n in line] for line, field in lines
    )
    cells = [
        [_cell(cell, is_hidden=not is_open and hidden[down][across]) for across, cell in enumerate(line)]
        for down, line in enumerate(found.cells)
    ]
    return {"customers": found.customers, "cramers_v": found.v, "rows": rows, "columns": columns, "cells": cells}


def measures_record(
    found: Sequence[Measured], field: Field, hidden: Collection[int], lang: str
) -> list[dict[str, Any]]:
    """What each value of a tag brings; amounts are decimal text, with the ends of their intervals."""
    return [_bar(one.bar, field, lang) | _measures(one, is_hidden=at in hidden) for at, one in enumerate(found)]


def overlap_record(
    found: Overlap, safe: SafeOverlap, crowds: Sequence[tuple[str, str]], rules: Mapping[tuple[int, ...], Condition]
) -> dict[str, Any]:
    """The ``crowds`` (key and name) with their sizes, the combinations with the rule that finds each, and the pairs."""
    told = [{"crowd": key, "name": name, "customers": n} for (key, name), n in zip(crowds, found.sizes, strict=True)]
    exactly = [
        {"crowds": [crowds[place][0] for place in places], "rule": text_of(rules[places]), "customers": count}
        for places, count in safe.exactly
    ]
    pairs = [
        {
            "crowds": [crowds[pair.first][0], crowds[pair.second][0]],
            "both": pair.both if (shown := pair in safe.pairs) else None,
            "jaccard": pair.jaccard if shown else None,
            "coefficient": pair.coefficient if shown else None,
        }
        for pair in found.pairs
    ]
    return {"crowds": told, "exactly": exactly, "pairs": pairs, "nowhere": safe.nowhere, "everybody": safe.everybody}


def movement_record(
    found: Movement, shown: Mapping[tuple[int, int], int | None], field: Field, lang: str
) -> dict[str, Any]:
    """The states with the rules of those that are values, and the flows between their places; ``nets`` are the one-way
    movements of which nothing is hidden."""
    states = [_state(state, field, lang) for state in found.states]
    flows = [{"before": one, "after": other, "customers": count} for (one, other), count in sorted(shown.items())]
    at = found.states.index
    nets = [
        {"source": at(net.source), "goal": at(net.goal), "there": net.there, "back": net.back}
        for net in found.nets
        if None not in (shown.get((at(one), at(other)), 0) for one, other in _both_ways(net.source, net.goal))
    ]
    is_open = None not in shown.values()
    told = {"both": found.both, "stayed": found.stayed if is_open else None, "new": found.new if is_open else None}
    return {"states": states, "flows": flows, "nets": nets, **told}


def _both_ways(one: State, other: State) -> tuple[tuple[State, State], tuple[State, State]]:
    return (one, other), (other, one)


def _state(state: State, field: Field, lang: str) -> dict[str, Any]:
    if isinstance(state, Bar):
        return _bar(state, field, lang)
    return {"kind": state, "value": state_words(state, field).say(lang), "rule": None}


def _bar(bar: Bar, field: Field, lang: str) -> dict[str, Any]:
    return {"kind": bar.kind, "value": bar.words(field).say(lang), "rule": text_of(bar.condition(field))}


def _cell(cell: CrossCell, *, is_hidden: bool) -> dict[str, Any]:
    return {name: None if is_hidden else getattr(cell, name) for name in _CELL}


def _measures(one: Measured, *, is_hidden: bool) -> dict[str, Any]:
    told = {
        "customers": one.customers, "customer_share": one.customer_share, "net_revenue": _amount(one.revenue),
        "revenue_share": one.revenue_share, "orders": one.orders, "is_few": one.few,
        "mean_net_revenue": _amount(one.mean_revenue), "mean_net_revenue_interval": _ends(one.mean_revenue_ends),
        "order_value": _amount(one.order_value), "order_value_interval": _ends(one.order_value_ends),
    }  # fmt: skip
    return dict.fromkeys(told) if is_hidden else told


def _amount(number: float | None) -> str | None:
    return None if number is None else f"{number:.2f}"


def _ends(ends: Ends) -> list[str | None] | None:
    return None if ends is None else [_amount(end) for end in ends]
