"""How the tests of conversion read one cell."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args

import pyarrow as pa

from huaxiang.collect.convert import Reader, convert_column
from huaxiang.collect.convert.kinds import reader_for
from huaxiang.model.mapping import Kind, Mapping, SourceField

NOW = datetime(2026, 7, 1, 12, 0)
KINDS: tuple[Kind, ...] = get_args(Kind)


def reader(kind: Kind, **options: Any) -> Reader:
    """The reader of a kind of field in Shanghai in 2026."""
    field = SourceField(name="cell", kind=kind, zh="", en="", words=())
    return reader_for(field, Mapping(form="orders", source="s", columns={}, **options), zone="Asia/Shanghai", now=NOW)


def read(kind: Kind, text: str, **options: Any) -> tuple[Any, str | None, str | None]:
    """Value, repair and fault of one cell."""
    column = convert_column(pa.array([text]), reader(kind, **options))
    return column.values[0].as_py(), column.repairs[0].as_py(), column.faults[0].as_py()
