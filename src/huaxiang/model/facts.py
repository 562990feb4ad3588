"""Fact tables: what tags are computed from, one row per fact, with the columns that a rule may name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, SkipValidation

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.extra_columns import WithExtra
from huaxiang.model.fields import Field, Labels
from huaxiang.shipped import shipped


class Fact(BaseModel):
    """One fact table, read from ``table`` (the one of its name unless the definition says another).

    ``at`` is the column that says when (none for tables without time); ``customer`` names the column with the account
    of the person meant, for tables that are not yet told apart by customer. ``evidence`` are the columns that say
    which row it is; those that a table lacks are left out. Rows that ``states`` say something about the person, which
    may be wrong or out of date; others tell what happened. Where rows have further columns, ``columns`` has any of
    those too, by name, see :mod:`huaxiang.model.extra_columns`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    table: str
    row: Labels
    at: str | None
    account: str | None = None
    states: bool = False
    evidence: tuple[str, ...]
    columns: SkipValidation[Mapping[str, Field]]

    @property
    def own_columns(self) -> dict[str, Field]:
        """The columns that are always there."""
        return dict(self.columns)


@cache
def facts_known() -> dict[str, Fact]:
    """Every fact table by name."""
    return {name: _fact(name, body) for name, body in shipped("facts", "facts.yaml").items()}


def fact_named(name: str) -> Fact:
    """The fact table of that name; :class:`DefinitionError` names the nearest ones."""
    try:
        return facts_known()[name]
    except KeyError:
        raise DefinitionError("tag.unknown_fact", given=name, nearest=nearest(name, facts_known())) from None


def _fact(name: str, body: dict[str, object]) -> Fact:
    columns: dict[str, dict[str, Any]] = body.pop("columns")  # type: ignore[assignment]
    row = Labels(zh=str(body.pop("row_zh")), en=str(body.pop("row_en")))
    fields: Mapping[str, Field] = {key: _field(key, column) for key, column in columns.items()}
    fields = WithExtra(fields) if body.pop("extra", False) else fields
    return Fact.model_validate({"name": name, "table": name, "row": row, "columns": fields, **body})


def _field(key: str, column: dict[str, Any]) -> Field:
    name = Labels(zh=column["zh"], en=column["en"])
    rest = {part: column.get(part) for part in ("unit", "place")} | _codes(column)
    return Field.model_validate({"key": key, "type": column["type"], "name": name, **rest})


def _codes(column: dict[str, Any]) -> dict[str, Any]:
    """The names of the values of a column, and the Chinese words that imports read as one of them; letters alone may
    be the name that a tracker gave, so they are taken as they are."""
    if "values" not in column:
        return {}
    read: dict[str, list[str]] = shipped("collect", "vocabulary.yaml")[column["read_as"]] if "read_as" in column else {}
    said = {word.casefold(): code for code, words in read.items() for word in words if not word.isascii()}
    return {"values": column["values"], "is_open": column.get("open", False), "said": said}
