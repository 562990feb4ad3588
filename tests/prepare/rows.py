"""Canonical rows for tests: say what matters, the rest gets a default."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa

from huaxiang.engine import DuckEngine, Engine
from huaxiang.engine.spark import SparkEngine
from huaxiang.model.tables import Column, Table, canonical_table

KNOWN_AT = datetime(2026, 1, 1)
IMPORT_ID = "import-0001"
#: Canonical tables that a test has put rows into.
_FILLED: set[str] = set()
_REQUIRED: dict[str, Any] = {
    "text": "some", "int": 0, "money": Decimal(0), "quantity": Decimal(0), "bool": False,
    "timestamp": KNOWN_AT, "date": date(2026, 1, 1),
}  # fmt: skip


def canonical(name: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Return rows of one canonical table, of its exact schema.

    Columns not given are null, or a plain value when required. ``source`` is "shop", ``known_at`` the first of January
    2026, ``source_row`` counts from 2, ``row_key`` is made of the table's key columns (of the row number without one).
    """
    table = canonical_table(name)
    full = [_row(table, number, given) for number, given in enumerate(rows, start=2)]
    return pa.Table.from_pylist(full, schema=ibis.schema(table.ibis_schema).to_pyarrow())


def put(engine: Engine, **tables: Iterable[Mapping[str, Any]]) -> None:
    """Publish rows of canonical tables, each replacing what the table held.

    As in a workspace it is DuckDB that brings them into the lake, whichever engine then computes.
    """
    if tables:
        with _bringing(engine) as duck:
            duck.publish({name: duck.bring(f"new_{name}", canonical(name, rows)) for name, rows in tables.items()})
    _FILLED.update(tables)


@contextmanager
def _bringing(engine: Engine) -> Iterator[DuckEngine]:
    if isinstance(engine, DuckEngine):
        yield engine
        return
    assert isinstance(engine, SparkEngine)
    duck = DuckEngine(engine.lake)
    yield duck
    duck.close()


def empty(engine: Engine) -> None:
    """Empty the tables that hold rows put there."""
    put(engine, **{name: [] for name in sorted(_FILLED)})
    _FILLED.clear()


def read(engine: Engine, expr: Any) -> list[dict[str, Any]]:
    """Return the rows of an expression as dictionaries."""
    rows: list[dict[str, Any]] = engine.arrow(expr).to_pylist()
    return rows


def _row(table: Table, number: int, given: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(given) - set(table.columns)
    assert not unknown, f"{table.name} has no column {sorted(unknown)}"
    row = {name: _default(column) for name, column in table.columns.items()}
    row |= {"source": "shop", "known_at": KNOWN_AT, "import_id": IMPORT_ID, "source_row": number} | dict(given)
    key = [row[column] for column in table.key] if all(row[column] is not None for column in table.key) else []
    row["row_key"] = given.get("row_key", _digest([table.name, *(key or [number])]))
    row["row_hash"] = given.get("row_hash", _digest(list(row.values())))
    return row


def _default(column: Column) -> Any:
    if not column.required:
        return None
    return column.values[0] if column.values else _REQUIRED[column.type]


def _digest(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:32]
