"""CSV, TSV and other delimited text: what a file's first lines say about all of it."""

from __future__ import annotations

from collections.abc import Iterator

from huaxiang.collect.reading.blocks import TextTable, block_end, decode_lines, refuse_long_line
from huaxiang.collect.reading.dialect import detect_dialect
from huaxiang.collect.reading.encoding import Encoding, detect, utf8_chunks
from huaxiang.collect.reading.header import Layout, column_names, find_layout
from huaxiang.collect.reading.reading import Reading
from huaxiang.collect.reading.records import Record, records
from huaxiang.collect.reading.source import ByteSource
from huaxiang.collect.reading.splitter import Dialect, Splitter
from huaxiang.errors import InputError
from huaxiang.words import Message

_SAMPLE_BYTES = 512 * 1024


def open_delimited(source: ByteSource) -> list[Reading]:
    """The one table of a delimited text file.

    Raises :class:`InputError` when the file holds no text, or text in an encoding that cannot be told for sure.
    """
    encoding = detect(source)
    lines = _sample_lines(source, encoding)
    if not any(line is None or line.strip() for line in lines):
        raise InputError("reading.file_empty", file=source.path.name)
    dialect = detect_dialect(lines)
    return [_reading(source, encoding, dialect, lines)]


def _reading(source: ByteSource, encoding: Encoding, dialect: Dialect, lines: list[str | None]) -> Reading:
    sample = list(records(lines, Splitter(dialect), None, final=True))
    readable = [record for record in sample if record.fields is not None]
    if not any(field.strip() for record in readable for field in record.fields or ()):
        raise InputError("reading.no_table", file=source.path.name)
    layout = find_layout([record.fields or [] for record in readable[:400]])
    _refuse_width(source, layout.width)
    first = readable[layout.above]
    cells = first.fields or []
    header = column_names(cells if layout.has_header else [], layout.width)
    table = TextTable(source, encoding, dialect, header, first.first + first.lines * layout.has_header)
    return Reading(
        name=source.path.name,
        sheet=None,
        header=header,
        original_header=tuple(cells) if layout.has_header else (),
        has_header=layout.has_header,
        encoding=encoding.label,
        dialect=dialect,
        messages=tuple(_messages(encoding, layout, first)),
        limits=source.limits,
        produce=table.batches,
    )


def _messages(encoding: Encoding, layout: Layout, first: Record) -> Iterator[Message]:
    yield Message("reading.decoded_as", {"encoding": encoding.label})
    if encoding.bom_bytes:
        yield Message("reading.bom_removed", {})
    if not encoding.clean:
        yield Message("reading.some_bytes_broken", {"encoding": encoding.label})
    if first.first:
        yield Message("reading.lines_above_skipped", {"lines": first.first})
    if not layout.has_header:
        yield Message("reading.no_header", {"columns": layout.width})


def _refuse_width(source: ByteSource, width: int) -> None:
    limit = source.limits.max_columns
    if width > limit:
        raise InputError("reading.too_many_columns", file=source.path.name, columns=width, limit=limit)


def _sample_lines(source: ByteSource, encoding: Encoding) -> list[str | None]:
    """The file's first lines with their line ends; the last one whole."""
    found = b""
    for piece in utf8_chunks(source, encoding, _SAMPLE_BYTES):
        found += piece
        if len(found) >= _SAMPLE_BYTES and (end := block_end(found)):
            return decode_lines(found[:end])
        refuse_long_line(source, found, 1)
    return decode_lines(found)
