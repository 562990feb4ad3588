"""A group by province: however it is written, each province of China is one, and one square of a map."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import ibis.expr.types as ir

from huaxiang.analyse.groups.bars import Bar
from huaxiang.analyse.groups.contrast import Base, GroupPortrait, contrasted, sides_of
from huaxiang.analyse.groups.counting import Counted, Pair, counts
from huaxiang.analyse.groups.splits import splits_of
from huaxiang.engine.interface import Engine
from huaxiang.model.fields import Fields, Labels
from huaxiang.shipped import shipped

#: Other regions that get a bar of their own, and spellings of all of them that are told apart.
_MOST = 200
#: What people write behind the name of a province.
_ENDINGS = ("维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市")


@cache
def tiles() -> dict[str, tuple[int, int]]:
    """The 34 provinces by short name: column from the west and row from the north, both from 0."""
    rows: list[list[str]] = shipped("china_tiles.yaml")
    return {name: (column, row) for row, line in enumerate(rows) for column, name in enumerate(line) if name}


@cache
def names() -> dict[str, Labels]:
    """What the provinces are called, by short name."""
    return {name: Labels(zh=name, en=body["en"]) for name, body in _names().items()}


@cache
def short_names() -> dict[str, Labels]:
    """What stands on the map, where there is little room: in English the two letters of the national standard."""
    return {name: Labels(zh=name, en=body["code"]) for name, body in _names().items()}


def _names() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = shipped("china_names.yaml")
    return found


def province(text: str) -> str | None:
    """The province that a text names, by its short name; None for what is no province of China."""
    short = text.strip()
    for ending in _ENDINGS:
        if short.removesuffix(ending) in tiles():
            return short.removesuffix(ending)
    return short if short in tiles() else None


def region_portrait(
    engine: Engine, rows: ir.Table, fields: Fields, key: str, *, base: Base = "everyone", known_only: bool = False
) -> GroupPortrait:
    """The portrait of the group in one tag that names provinces.

    The spellings of a province are taken together: 广东 and 广东省 are one bar, called by the short name.
    """
    sides = sides_of(engine, rows, base)
    total, counted = counts(engine, sides.table, splits_of(engine, sides.table, fields, (key,)), _MOST)
    together = {name: _by_province(tag) for name, tag in counted.items()}
    return contrasted(sides, total, together, {}, known_only=known_only)


def _by_province(counted: Counted) -> Counted:
    spelt: dict[str, list[tuple[Bar, Pair]]] = {}
    for bar, pair in counted.bars:
        name = province(bar.value) if bar.kind == "value" and isinstance(bar.value, str) else None
        spelt.setdefault(name or repr(bar), []).append((bar, pair))
    bars = [_one(name, found) if name in tiles() else found[0] for name, found in spelt.items()]
    known = sorted((each for each in bars if each[0].kind != "unknown"), key=lambda each: -sum(each[1]))
    field = counted.field.model_copy(update={"values": {**names(), **counted.field.values}})
    return replace(
        counted, field=field, bars=(*known, *(each for each in bars if each[0].kind == "unknown")), stands_for=()
    )


def _one(name: str, spelt: list[tuple[Bar, Pair]]) -> tuple[Bar, Pair]:
    inside, beside = zip(*(pair for _, pair in spelt), strict=True)
    spellings = tuple(str(bar.value) for bar, _ in spelt)
    bar = Bar("several", name, others=spellings) if spellings != (name,) else spelt[0][0]
    return bar, (sum(inside), sum(beside))
