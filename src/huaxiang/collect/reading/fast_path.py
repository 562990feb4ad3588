"""Blocks of delimited text that are proved clean on their bytes, parsed by Arrow at full speed.

The proof: no zero byte, valid UTF-8, every line end the same kind of break, every quote either opening right after a
delimiter, closing right before one, or doubled, and the same number of delimiters in every row. Under it Arrow's parser
and the row-by-row one mean the same; anything else goes row by row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from huaxiang.collect.reading.reading import text_batch, without_blank
from huaxiang.collect.reading.splitter import Dialect

Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
_LINE_FEED = 10


@dataclass(frozen=True)
class CleanBlock:
    """A parsed block: its batch, the rows and lines in it, how many rows were blank, how many bytes were used."""

    batch: pa.RecordBatch
    rows: int
    lines: int
    blank: int
    used: int


@dataclass(frozen=True)
class _Proof:
    used: int
    first_lines: Places
    """Index of each row's first line, counted from the block's first."""
    lines: int


def clean_batch(
    block: bytes, dialect: Dialect, header: tuple[str, ...], first_line: int, final: bool
) -> CleanBlock | None:
    """The block's whole rows as a batch, or None when it is not proved clean."""
    if dialect.delimiter is None or len(header) < 2 or dialect.escape or dialect.space_before_quote:
        return None
    proof = _prove(block, dialect, len(header), final)
    if proof is None:
        return None
    parsed = _parse(block[: proof.used], dialect, header)
    if parsed is None or parsed.num_rows != len(proof.first_lines):
        return None
    rows = pa.array(proof.first_lines + first_line, pa.int64())
    batch = text_batch(header, [_joined(column) for column in parsed.columns], rows)
    kept = without_blank(batch)
    return CleanBlock(kept, batch.num_rows, proof.lines, batch.num_rows - kept.num_rows, proof.used)


def _prove(block: bytes, dialect: Dialect, width: int, final: bool) -> _Proof | None:
    if b"\0" in block or block.count(b"\r") != block.count(b"\r\n"):
        return None
    if final and not block.endswith(b"\n"):
        block += b"\n"
    data = np.frombuffer(block, np.uint8)
    breaks, delimiters = data == _LINE_FEED, data == ord(dialect.delimiter or ",")
    quote = (dialect.quote or "").encode()
    if quote and quote in block:
        return _prove_quoted(data, breaks, delimiters, ord(quote), width)
    ends = np.flatnonzero(breaks)
    if not _even(np.flatnonzero(delimiters), ends, width):
        return None
    return _Proof(len(block), np.arange(len(ends), dtype=np.int64), len(ends))


def _prove_quoted(data: npt.NDArray[np.uint8], breaks: Mask, delimiters: Mask, quote: int, width: int) -> _Proof | None:
    quotes = data == quote
    outside = np.logical_not(np.cumsum(quotes, dtype=np.uint8) & 1)
    ends = np.flatnonzero(breaks & outside)
    if not len(ends) or not _quotes_at_edges(data, quotes, outside, delimiters, breaks):
        return None
    used = int(ends[-1]) + 1
    if not _even(np.flatnonzero((delimiters & outside)[:used]), ends, width):
        return None
    line_ends = np.flatnonzero(breaks[:used])
    starts = np.concatenate([[0], ends[:-1] + 1])
    first_lines = np.searchsorted(line_ends, starts).astype(np.int64)
    if len(line_ends) > len(ends) and _may_swallow(np.flatnonzero(delimiters[:used]), line_ends, first_lines, width):
        return None
    return _Proof(used, first_lines, len(line_ends))


def _quotes_at_edges(data: npt.NDArray[np.uint8], quotes: Mask, outside: Mask, delimiters: Mask, breaks: Mask) -> bool:
    """Whether each opening quote follows a delimiter, line break or closing quote, each closing one goes before one."""
    edge = delimiters | breaks | quotes
    before = np.concatenate([[True], edge[:-1]])
    after = np.concatenate([edge[1:] | ((data[1:] == 13) & np.concatenate([breaks[2:], [True]])), [True]])
    opening, closing = quotes & ~outside, quotes & outside
    return bool(before[opening].all() and after[closing].all())


def _even(delimiters: Places, ends: Places, width: int) -> bool:
    """Whether exactly ``width - 1`` delimiters stand before each row's end."""
    if len(delimiters) != len(ends) * (width - 1):
        return False
    grid = delimiters.reshape(len(ends), width - 1)
    return bool((grid[:, -1] < ends).all() and (grid[1:, 0] > ends[:-1]).all())


def _may_swallow(delimiters: Places, line_ends: Places, first_lines: Places, width: int) -> bool:
    """Whether a row of three or more lines looks like as many rows, which the row-by-row parser decides."""
    if width < 3:
        return False
    counts = np.diff(np.searchsorted(delimiters, line_ends), prepend=0)
    alike = np.logical_and.reduceat(counts == width - 1, first_lines)
    spans = np.diff(first_lines, append=len(line_ends))
    return bool((alike & (spans >= 3)).any())


def _parse(block: bytes, dialect: Dialect, header: tuple[str, ...]) -> pa.Table | None:
    names = [str(place) for place in range(len(header))]
    try:
        return csv.read_csv(
            pa.BufferReader(block),
            read_options=csv.ReadOptions(column_names=names, block_size=len(block) + 1, use_threads=False),
            parse_options=csv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char=dialect.quote or False,
                newlines_in_values=True,
                ignore_empty_lines=False,
            ),
            convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
        )
    except pa.ArrowInvalid:
        return None


def _joined(column: Any) -> pa.Array:
    chunks = column.chunks
    return chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks) if chunks else pa.array([], pa.string())
