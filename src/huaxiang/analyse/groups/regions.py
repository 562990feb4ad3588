"""A group by province, each province of China one square of a map."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import ibis.expr.types as ir

from huaxiang.analyse.groups.contrast import Base, GroupPortrait, contrasted, sides_of
from huaxiang.analyse.groups.counting import counts
from huaxiang.analyse.groups.splits import splits_of
from huaxiang.engine.interface import Engine
from huaxiang.model.fields import Field, Fields, Labels
from huaxiang.model.places import whole_name
from huaxiang.shipped import shipped

#: Provinces and other regions that get a bar of their own.
_MOST = 200


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
    return _short_by_whole().get(whole_name(text, "province") or "")


@cache
def _short_by_whole() -> dict[str, str]:
    return {whole: name for name in tiles() if (whole := whole_name(name, "province"))}


def region_portrait(
    engine: Engine, rows: ir.Table, fields: Fields, key: str, *, base: Base = "everyone", known_only: bool = False
) -> GroupPortrait:
    """The portrait of the group in one tag that names provinces, each called by its short name."""
    sides = sides_of(engine, rows, base)
    total, counted = counts(engine, sides.table, splits_of(engine, sides.table, fields, (key,)), _MOST)
    named = {name: replace(tag, field=_with_names(tag.field)) for name, tag in counted.items()}
    return contrasted(sides, total, named, {}, known_only=known_only)


def _with_names(field: Field) -> Field:
    values = {whole: names()[short] for whole, short in _short_by_whole().items()}
    return field.model_copy(update={"values": {**values, **field.values}})
