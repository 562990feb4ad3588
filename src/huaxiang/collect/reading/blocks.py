"""Blocks of delimited text into batches: fast where proved clean, else row by row, every row accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from huaxiang.collect.reading.encoding import Encoding, utf8_chunks
from huaxiang.collect.reading.fast_path import CleanBlock, clean_batch
from huaxiang.collect.reading.reading import Account, rows_batch
from huaxiang.collect.reading.records import Record, records, without_break
from huaxiang.collect.reading.source import ByteSource
from huaxiang.collect.reading.splitter import Dialect, Splitter
from huaxiang.errors import InputError

BLOCK_BYTES = 4 * 1024 * 1024
PIECE_BYTES = 32 * 1024


@dataclass(frozen=True)
class TextTable:
    """A delimited file understood: everything that reading its rows needs."""

    source: ByteSource
    encoding: Encoding
    dialect: Dialect
    header: tuple[str, ...]
    lines_above: int
    fast: bool = True

    def batches(self, account: Account) -> Iterator[pa.RecordBatch]:
        """The rows below the header, a block of bytes at a time."""
        return _BlockReader(self, account).batches()


def refuse_long_line(source: ByteSource, pending: bytes, line: int) -> None:
    """Raise :class:`InputError` when bytes behind the given line hold no line end within the limit."""
    if len(pending) > source.limits.max_record_bytes + BLOCK_BYTES and not block_end(pending):
        limit = source.limits.max_record_bytes // 1024**2
        raise InputError("reading.line_too_long", file=source.path.name, row=line, limit=limit)


def block_end(block: bytes) -> int:
    """How many bytes of the block are whole lines. A carriage return at the very end may be half a line end."""
    return block.rfind(b"\n") + 1 or block.rfind(b"\r", 0, -1) + 1


def decode_lines(block: bytes) -> list[str | None]:
    """The lines of UTF-8 bytes with their line ends, None for each that does not decode."""
    return [_decoded(line) for line in block.splitlines(keepends=True)]


def _decoded(line: bytes) -> str | None:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return None


class _BlockReader:
    """Goes through the file once, keeping count of lines and rows."""

    def __init__(self, table: TextTable, account: Account) -> None:
        self._table = table
        self._account = account
        self._splitter = Splitter(table.dialect)
        self._width = len(table.header)
        self._line = table.lines_above + 1

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The batches; blocks that give no row give none."""
        pending = b""
        skip = self._table.lines_above
        for piece in utf8_chunks(self._table.source, self._table.encoding, BLOCK_BYTES):
            pending += piece
            if skip:
                pending, skip = _without_lines(pending, skip)
            if not skip and (end := block_end(pending)):
                batches, used = self._rows(pending[:end], final=False)
                pending = pending[used:]
                yield from batches
            refuse_long_line(self._table.source, pending, self._line)
        if skip:
            pending = b"".join(pending.splitlines(keepends=True)[skip:])
        while pending:
            batches, used = self._rows(pending, final=True)
            pending = pending[used:]
            yield from batches

    def _rows(self, block: bytes, final: bool) -> tuple[list[pa.RecordBatch], int]:
        """The rows of whole lines, and how many of the bytes they used.

        A block that is not clean is gone through in small pieces, so that one bad row makes few others slow.
        """
        if clean := self._clean(block, final):
            return [clean.batch] if clean.batch.num_rows else [], clean.used
        found: list[pa.RecordBatch] = []
        position, size = 0, PIECE_BYTES
        while position < len(block):
            last = position + size >= len(block)
            piece = block[position : position + size]
            batch, used = self._piece(piece if last else piece[: block_end(piece)], final and last)
            found += [batch] if batch is not None and batch.num_rows else []
            if last and not used:
                break
            position, size = position + used, PIECE_BYTES if used else 2 * size
        return [pa.concat_batches(found)] if found else [], position

    def _piece(self, piece: bytes, final: bool) -> tuple[pa.RecordBatch | None, int]:
        clean = self._clean(piece, final)
        return (clean.batch, clean.used) if clean else self._slow(piece, final)

    def _clean(self, block: bytes, final: bool) -> CleanBlock | None:
        """The block by the fast path, its lines and rows counted; None when it has to go row by row."""
        table = self._table
        clean = clean_batch(block, table.dialect, table.header, self._line, final) if table.fast else None
        if clean:
            self._line += clean.lines
            self._account.read += clean.rows
            self._account.blank += clean.blank
        return clean

    def _slow(self, block: bytes, final: bool) -> tuple[pa.RecordBatch | None, int]:
        raw = block.splitlines(keepends=True)
        give_up = final or len(block) > self._table.source.limits.max_record_bytes
        rows: list[list[str]] = []
        places: list[int] = []
        used = 0
        for record in records([_decoded(line) for line in raw], self._splitter, self._width, give_up):
            used = record.first + record.lines
            fields = self._judged(record, raw, self._line + record.first)
            if fields is not None:
                rows.append(fields)
                places.append(self._line + record.first)
        self._line += used
        batch = rows_batch(self._table.header, rows, places) if rows else None
        return batch, sum(map(len, raw[:used]))

    def _judged(self, record: Record, raw: list[bytes], row: int) -> list[str] | None:
        """The row's fields, cut or found blank; None when it is blank or rejected, which is noted."""
        self._account.read += 1
        fields, width = record.fields, self._width
        if fields is not None:
            if not any(map(str.strip, fields)):
                self._account.blank += 1
                return None
            if len(fields) > width and not any(map(str.strip, fields[width:])):
                fields = fields[:width]
            if len(fields) == width:
                return fields
        self._reject(record, raw, row)
        return None

    def _reject(self, record: Record, raw: list[bytes], row: int) -> None:
        text = b"".join(raw[record.first : record.first + record.lines]).decode("utf-8", "backslashreplace")
        found = record.fields
        if found is None:
            self._account.reject(row, record.reason, without_break(text))
            return
        reason = "reading.too_few_fields" if len(found) < self._width else "reading.too_many_fields"
        self._account.reject(row, reason, without_break(text), expected=self._width, found=len(found))


def _without_lines(block: bytes, lines: int) -> tuple[bytes, int]:
    """The block behind its first ``lines`` whole lines, and how many lines are still to go."""
    whole = block[: block_end(block)].splitlines(keepends=True)
    gone = whole[:lines]
    return block[sum(map(len, gone)) :], lines - len(gone)
