"""Canonical tables: what every source is brought into, and what each column means.

The tables are content (``definitions/tables/*.yaml``); this module gives them as frozen records.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from huaxiang.errors import NotFound, nearest
from huaxiang.shipped import names_in, shipped

Element = Literal["basic", "purchasing", "behaviour", "social", "psychological"]
ELEMENTS: tuple[Element, ...] = ("basic", "purchasing", "behaviour", "social", "psychological")
ColumnType = Literal["text", "int", "money", "quantity", "bool", "timestamp", "date"]
Sensitivity = Literal["open", "confidential", "personal", "sensitive"]

#: Engine types by canonical type, in Ibis words. Money and quantities are exact decimals.
IBIS_TYPES: dict[str, str] = {
    "text": "string",
    "int": "int64",
    "money": "decimal(18, 4)",
    "quantity": "decimal(18, 4)",
    "bool": "boolean",
    "timestamp": "timestamp(6)",
    "date": "date",
}


class Column(BaseModel):
    """One column: its type, unit, words, the element of the portrait it speaks of, and how it is protected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: ColumnType
    zh: str
    en: str
    unit: str | None = None
    meaning_zh: str | None = None
    meaning_en: str | None = None
    element: Element | None = None
    sensitivity: Sensitivity = "open"
    mask: str | None = None
    required: bool = False
    values: tuple[str, ...] = ()

    @property
    def ibis_type(self) -> str:
        """The column's type in Ibis words."""
        return IBIS_TYPES[self.type]


class Table(BaseModel):
    """One canonical table.

    ``key`` names the columns that make two rows versions of one fact; empty when rows are told apart only by
    content and count. ``natural_key`` tells rows apart that have no value in the key. ``first_wins`` marks facts that
    never change: a second version is set aside.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    zh: str
    en: str
    row_zh: str
    row_en: str
    key: tuple[str, ...]
    natural_key: tuple[str, ...] = ()
    first_wins: bool = False
    columns: dict[str, Column]

    @property
    def own_columns(self) -> dict[str, Column]:
        """The columns that are not lineage."""
        return {name: column for name, column in self.columns.items() if name not in lineage()}

    @property
    def ibis_schema(self) -> dict[str, str]:
        """Column name to Ibis type, in table order."""
        return {name: column.ibis_type for name, column in self.columns.items()}


@cache
def lineage() -> dict[str, Column]:
    """The columns that every canonical table carries."""
    return _columns(shipped("tables", "_lineage.yaml"))


@cache
def canonical_tables() -> dict[str, Table]:
    """All canonical tables by name, in the order of their files."""
    found: dict[str, Table] = {}
    for file in names_in("tables"):
        if file.startswith("_"):
            continue
        for name, body in shipped("tables", file).items():
            own = _columns(body["columns"])
            found[name] = Table.model_validate({**body, "name": name, "columns": {**own, **lineage()}})
    return found


def canonical_table(name: str) -> Table:
    """The table of that name; :class:`NotFound` names the nearest ones."""
    try:
        return canonical_tables()[name]
    except KeyError:
        known = canonical_tables()
        raise NotFound("model.unknown_table", given=name, nearest=nearest(name, known)) from None


def _columns(raw: dict[str, Any]) -> dict[str, Column]:
    return {name: Column.model_validate({"name": name, **body}) for name, body in raw.items()}
