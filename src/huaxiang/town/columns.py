"""Columns of text made in bulk: the town writes millions of cells and never formats one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Column = Any
Rows = dict[str, Column]

_CENTS = pa.array([f"{cents:02d}" for cents in range(100)])


def pick(words: Sequence[str] | Column, index: Ints) -> Column:
    """The word at each index; an index below 0 gives an empty cell."""
    source = words if isinstance(words, pa.Array) else pa.array(list(words), pa.string())
    if source.type == pa.large_string():
        source = source.cast(pa.string())
    return source.take(pa.array(index, mask=index < 0))


def joined(*parts: Column | str) -> Column:
    """The parts side by side in each row; an empty part counts as empty text."""
    cells = [pa.scalar(part) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*cells, "", null_handling="replace", null_replacement="")


def whole(numbers: Ints, width: int = 0) -> Column:
    """Whole numbers as text, filled with leading zeros up to ``width``."""
    text = pa.array(numbers).cast(pa.string())
    return pc.utf8_lpad(text, width, "0") if width else text


def money(cents: Ints) -> Column:
    """Amounts in cents as ``1234.50``; negative amounts keep their sign."""
    size = np.abs(cents)
    sign = pick(["", "-"], (cents < 0).astype(np.int64))
    return joined(sign, whole(size // 100), ".", pick(_CENTS, size % 100))


def where(mask: Bools, yes: Column | str | None, no: Column | str | None) -> Column:
    """``yes`` in the rows where the mask holds, ``no`` in the others."""
    return pc.if_else(pa.array(mask), _cell(yes), _cell(no))


def blank_unless(mask: Bools, column: Column) -> Column:
    """The column with an empty cell wherever the mask does not hold."""
    return where(mask, column, None)


def repeated(word: str, count: int) -> Column:
    """The same word in every row."""
    return pa.repeat(pa.scalar(word, pa.string()), count)


def height(rows: Rows) -> int:
    """How many rows there are."""
    return len(next(iter(rows.values())))


def stacked(first: Rows, second: Rows) -> Rows:
    """The rows of the first, then those of the second, with the columns of the first."""
    return {name: pa.concat_arrays([column, second[name]]) for name, column in first.items()}


def sliced(rows: Rows, index: Ints) -> Rows:
    """The rows at the given places, in that order."""
    places = pa.array(index)
    return {name: column.take(places) for name, column in rows.items()}


def _cell(value: Column | str | None) -> Column:
    return pa.scalar(value, pa.string()) if value is None or isinstance(value, str) else value
