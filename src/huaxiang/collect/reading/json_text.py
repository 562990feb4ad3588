"""JSON lines (one object a line) and JSON lists of objects, every value as the text it has in the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal

import pyarrow as pa

from huaxiang.collect.reading.encoding import Encoding, detect, utf8_chunks
from huaxiang.collect.reading.header import column_names
from huaxiang.collect.reading.json_values import HOOKS, RepeatedKey, value_text
from huaxiang.collect.reading.reading import Account, Reading, rows_batch
from huaxiang.collect.reading.source import CHUNK_BYTES, ByteSource
from huaxiang.errors import InputError
from huaxiang.words import Message

Shape = Literal["lines", "list", "html", ""]
_ROWS_PER_BATCH = 16_384


def text_shape(source: ByteSource) -> Shape:
    """What the first characters promise: ``lines`` or a ``list`` of JSON objects, ``html``, or nothing of the kind."""
    head = source.head(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    lowered = head[:1024].lower()
    if lowered.startswith((b"<!doctype html", b"<html", b"<?xml", b"<table", b"<meta", b"<style")):
        return "html"
    if head[:1] == b"{" and b":" in head:
        return "lines"
    return "list" if head[:1] == b"[" and head[1:].lstrip()[:1] in {b"{", b"]"} else ""


def open_json(source: ByteSource, shape: Shape) -> list[Reading]:
    """The one table of a JSON file: a column per key, in the order in which keys first appear.

    The whole file is read once for its keys. Raises :class:`InputError` when no record in it is a JSON object.
    """
    encoding = detect(source)
    table = JsonTable(source, encoding, shape, ())
    keys = table.keys()
    if not keys:
        raise InputError("reading.no_table", file=source.path.name)
    if len(keys) > source.limits.max_columns:
        limit = source.limits.max_columns
        raise InputError("reading.too_many_columns", file=source.path.name, columns=len(keys), limit=limit)
    header = column_names(keys, len(keys))
    return [
        Reading(
            name=source.path.name,
            sheet=None,
            header=header,
            original_header=tuple(keys),
            has_header=True,
            encoding=encoding.label,
            dialect=None,
            messages=(Message("reading.decoded_as", {"encoding": encoding.label}),),
            limits=source.limits,
            produce=replace(table, names=tuple(zip(keys, header, strict=True))).batches,
        )
    ]


@dataclass(frozen=True)
class Item:
    """One record of the file: its object, or None and the reason."""

    row: int
    raw: str
    fields: dict[str, Any] | None
    reason: str = ""


@dataclass(frozen=True)
class JsonTable:
    """A JSON file of objects; ``names`` pairs each key with its column."""

    source: ByteSource
    encoding: Encoding
    shape: Shape
    names: tuple[tuple[str, str], ...]

    def keys(self) -> list[str]:
        """Every key of every readable object, in order of first appearance."""
        found: dict[str, None] = {}
        for item in self._items():
            found.update(dict.fromkeys(item.fields or ()))
        return list(found)

    def batches(self, account: Account) -> Iterator[pa.RecordBatch]:
        """The objects in order, a key that one does not have as an empty text."""
        items = self._items()
        while some := list(islice(items, _ROWS_PER_BATCH)):
            account.read += len(some)
            rows, places = [], []
            for item in some:
                row = None if item.fields is None else [value_text(item.fields.get(key)) for key, _ in self.names]
                if row is None and item.reason:
                    account.reject(item.row, item.reason, item.raw)
                elif row is None or not any(map(str.strip, row)):
                    account.blank += 1
                else:
                    rows.append(row)
                    places.append(item.row)
            if rows:
                yield rows_batch(tuple(name for _, name in self.names), rows, places)

    def _items(self) -> Iterator[Item]:
        return self._listed() if self.shape == "list" else self._lines()

    def _lines(self) -> Iterator[Item]:
        for row, line in enumerate(_lines(self.source, self.encoding), 1):
            try:
                text = line.decode("utf-8").strip()
                yield _item(row, text, json.loads(text, **HOOKS)) if text else Item(row, text, None)
            except UnicodeDecodeError:
                yield Item(row, line.decode("utf-8", "backslashreplace"), None, "reading.undecodable_bytes")
            except (ValueError, RecursionError) as problem:
                yield Item(row, text, None, _reason(problem))

    def _listed(self) -> Iterator[Item]:
        data = bytearray()
        for piece in utf8_chunks(self.source, self.encoding, CHUNK_BYTES):
            data += piece
            if len(data) > self.source.limits.max_json_array_bytes:
                limit = self.source.limits.max_json_array_bytes // 1024**2
                raise InputError("reading.json_list_too_large", file=self.source.path.name, limit=limit)
        try:
            items = json.loads(data, **HOOKS)
        except (ValueError, RecursionError):
            raise InputError("reading.json_damaged", file=self.source.path.name) from None
        for row, value in enumerate(items, 1):
            yield _item(row, value_text(value), value)


def _item(row: int, raw: str, value: Any) -> Item:
    if not isinstance(value, dict):
        return Item(row, raw, None, "reading.json_not_object")
    try:
        for key in value:
            (key + value_text(value[key])).encode("utf-8")
    except UnicodeEncodeError:
        # Half of a surrogate pair, written as an escape, is no character.
        return Item(row, raw.encode("utf-8", "backslashreplace").decode(), None, "reading.undecodable_bytes")
    return Item(row, raw, value)


def _reason(problem: ValueError | RecursionError) -> str:
    return "reading.json_repeated_key" if isinstance(problem, RepeatedKey) else "reading.json_line_damaged"


def _lines(source: ByteSource, encoding: Encoding) -> Iterator[bytes]:
    pending = b""
    for piece in utf8_chunks(source, encoding, CHUNK_BYTES):
        *whole, pending = (pending + piece).split(b"\n")
        yield from whole
        if len(pending) > source.limits.max_record_bytes:
            limit = source.limits.max_record_bytes // 1024**2
            raise InputError("reading.line_too_long", file=source.path.name, row="", limit=limit)
    if pending:
        yield pending
