"""Reading one column: plain values at the speed of Arrow, every other distinct value once by a small function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.collect.convert.text import is_missing, tidy


class Fault(Exception):
    """A cell that cannot be read; the argument is the reason code."""


@dataclass(frozen=True)
class Read:
    """A value and, when it had to be mended, the code of the repair."""

    value: Any
    repair: str | None = None


@dataclass(frozen=True)
class Reader:
    """How the cells of one kind are read.

    ``plain`` is a pattern of values that Arrow casts to ``type`` as they stand; ``read`` takes any other text, with
    blanks trimmed, and gives a :class:`Read` or raises :class:`Fault`.
    """

    type: pa.DataType
    read: Callable[[str], Read]
    plain: str | None = None


def leaving(reader: Reader, unmended: frozenset[str]) -> Reader:
    """The reader of a column of text that leaves a cell as it is written where only one of these repairs makes it
    another."""
    if not unmended:
        return reader

    def read(text: str) -> Read:
        found = reader.read(text)
        return Read(text) if found.repair in unmended else found

    return replace(reader, read=read)


@dataclass(frozen=True)
class Converted:
    """A column read: typed values, and per row the code of a repair or a fault, or null."""

    values: pa.Array
    repairs: pa.Array
    faults: pa.Array


def convert_column(column: pa.Array, reader: Reader) -> Converted:
    """Values of the column in the reader's type; missing cells are null, without repair or fault."""
    text = column.cast(pa.string())
    plain = _plain(text, reader)
    rest = pc.and_(pc.is_valid(text), pc.invert(plain))
    values = _cast(pc.if_else(plain, text, pa.scalar(None, pa.string())), reader.type)
    if not pc.any(rest).as_py():
        return Converted(values, pa.nulls(len(text), pa.string()), pa.nulls(len(text), pa.string()))
    odd = _by_distinct(pc.if_else(rest, text, pa.scalar(None, pa.string())), reader)
    return Converted(pc.coalesce(odd.values, values), odd.repairs, odd.faults)


def _plain(text: pa.Array, reader: Reader) -> pa.Array:
    if reader.plain is None:
        return pa.repeat(pa.scalar(False), len(text))
    return pc.fill_null(pc.match_substring_regex(text, reader.plain), False)


def _cast(text: pa.Array, kind: pa.DataType) -> pa.Array:
    if pa.types.is_date(kind):
        return text.cast(pa.timestamp("us")).cast(kind)
    return text.cast(kind)


def _by_distinct(text: pa.Array, reader: Reader) -> Converted:
    encoded = text.dictionary_encode()
    values, repairs, faults = [], [], []
    for word in encoded.dictionary.to_pylist():
        value, repair, fault = _one(word, reader)
        values.append(value)
        repairs.append(repair)
        faults.append(fault)
    place = encoded.indices
    return Converted(
        pa.array(values, reader.type).take(place),
        pa.array(repairs, pa.string()).take(place),
        pa.array(faults, pa.string()).take(place),
    )


def _one(word: str, reader: Reader) -> tuple[Any, str | None, str | None]:
    given = tidy(word)
    if is_missing(given):
        return None, None, None
    try:
        read = reader.read(given)
    except Fault as fault:
        return None, None, str(fault)
    return read.value, read.repair, None
