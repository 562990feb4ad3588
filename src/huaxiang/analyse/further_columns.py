"""Further columns of imported files in rules of tags: how their texts are read, and rows that have them as columns.

Every rule reads them anew, for two rules may read one column as different things; the columns of the rows are named by
what is read and how, so that they go under any name in a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.evaluate import column_of
from huaxiang.errors import DefinitionError
from huaxiang.model.extra_columns import extra_field, is_extra
from huaxiang.model.fields import Field, FieldType
from huaxiang.model.rules import Favourite, Golden, Preference, Statistic
from huaxiang.model.tags import Tag, Tags

#: How texts are read for values of a type; other types have no further columns.
_READ_FOR: Mapping[str, FieldType] = {
    "text": "text", "date": "date", "number": "number", "share": "number",
    "int": "quantity", "money": "quantity", "quantity": "quantity",
}  # fmt: skip
_AMOUNTS = ("sum", "average", "least", "greatest")


def check_read(tag: Tag) -> None:
    """Raise :class:`DefinitionError` where the rule of a tag names a further column that cannot be read as it asks."""
    for column, kind in _named(tag):
        if kind is None:
            raise DefinitionError("tag.extra_unfit", tag=tag.key, given=column, type=tag.type)


def reading(tag: Tag) -> Tag:
    """The tag over the columns that :func:`with_read` makes; the same one without further columns."""
    names = {key: _name(key, kind) for key, kind in _named(tag) if kind is not None}
    if not names:
        return tag
    rule: Any = tag.rule
    if isinstance(rule, Preference):
        parts = [part.model_copy(update={"column": names.get(part.column, part.column)}) for part in rule.parts]
        return tag.model_copy(update={"rule": rule.model_copy(update={"parts": tuple(parts)})})
    update = {part: names[key] for part in ("column", "by") if (key := getattr(rule, part, None)) in names}
    return tag.model_copy(update={"rule": rule.model_copy(update=update)})


def with_read(rows: ir.Table, tags: Tags, fact: str) -> ir.Table:
    """The rows of a fact table with the further columns that rules over it name, read as each of them asks."""
    asked = {_name(key, kind): extra_field(key, kind) for tag in tags.values() for key, kind in _of(tag, fact) if kind}
    return rows.mutate(**{name: _read(field, rows) for name, field in asked.items()}) if asked else rows


def told(tag: Tag) -> dict[str, str]:
    """The columns that :func:`with_read` makes for a tag, with the names that people know."""
    return {_name(key, kind): key for key, kind in _named(tag) if kind is not None}


def _read(field: Field, rows: ir.Table) -> ir.Value:
    found = column_of(field, rows)
    return ibis.null(field.ibis_type) if found is None else found


def _name(key: str, kind: str) -> str:
    return f"extra_{kind}_{hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()[:12]}"


def _of(tag: Tag, fact: str) -> Iterator[tuple[str, FieldType | None]]:
    rule: Any = tag.rule
    if isinstance(rule, Preference):
        yield from ((part.column, "text") for part in rule.parts if part.fact == fact and is_extra(part.column))
    elif getattr(rule, "fact", None) == fact:
        yield from _named(tag)


def _named(tag: Tag) -> Iterator[tuple[str, FieldType | None]]:
    """The further columns that a rule measures or tells, each with how it is read; None where it cannot be."""
    rule = tag.rule
    if isinstance(rule, Preference):
        yield from ((part.column, "text") for part in rule.parts if is_extra(part.column))
    if isinstance(rule, Favourite) and rule.by and is_extra(rule.by):
        yield rule.by, "quantity"
    if isinstance(rule, Golden | Statistic | Favourite) and rule.column and is_extra(rule.column):
        yield rule.column, _kind(rule, tag.type)


def _kind(rule: Golden | Statistic | Favourite, of: FieldType) -> FieldType | None:
    match rule:
        case Favourite():
            return "text" if of == "text" else None
        case Golden():
            return None if rule.policy == "strictest" else _READ_FOR.get(of)
        case Statistic():
            return _measured(rule.measure, of)


def _measured(measure: str, of: str) -> FieldType | None:
    if measure in _AMOUNTS:
        return "date" if of == "date" and measure in ("least", "greatest") else "quantity"
    return "text" if measure in ("count", "distinct") else None
