"""Opens a file by what is in it, whatever it is called."""

from __future__ import annotations

from pathlib import Path

from huaxiang.collect.reading.delimited import open_delimited
from huaxiang.collect.reading.excel import open_workbook
from huaxiang.collect.reading.json_text import open_json, text_shape
from huaxiang.collect.reading.limits import Limits
from huaxiang.collect.reading.parquet import open_parquet
from huaxiang.collect.reading.reading import Reading
from huaxiang.collect.reading.source import ByteSource, is_foreign, kind_of, too_large
from huaxiang.errors import InputError

_DEFAULT = Limits()


def open_file(path: Path, *, limits: Limits = _DEFAULT) -> list[Reading]:
    """The tables of a file, one per non-empty sheet; its rows are read when :meth:`Reading.batches` is called.

    Raises :class:`InputError` when the file is missing, empty, too large, encrypted, damaged, a trap, or of a kind that
    is not read; the sentence says which and what to do.
    """
    if not path.is_file():
        raise InputError("reading.file_missing", file=path.name)
    size = path.stat().st_size
    if size == 0:
        raise InputError("reading.file_empty", file=path.name)
    if size > limits.max_file_bytes:
        raise too_large(path, size, limits)
    return _open(path, limits)


def _open(path: Path, limits: Limits) -> list[Reading]:
    source = ByteSource(path, False, limits)
    kind = kind_of(source.head(64))
    if kind == "gzip":
        source = ByteSource(path, True, limits)
        kind = kind_of(source.head(64))
    if is_foreign(kind):
        raise InputError("reading.foreign_format", file=path.name, format=kind)
    return _OPENERS.get(kind, _open_text)(source, kind)


def _open_text(source: ByteSource, _kind: str) -> list[Reading]:
    shape = text_shape(source)
    if shape == "html":
        raise InputError("reading.html", file=source.path.name)
    return open_json(source, shape) if shape else open_delimited(source)


def _open_workbook(source: ByteSource, kind: str) -> list[Reading]:
    _refuse_gzipped(source)
    return open_workbook(source.path, kind, source.limits)


def _open_parquet(source: ByteSource, _kind: str) -> list[Reading]:
    _refuse_gzipped(source)
    return open_parquet(source.path, source.limits)


def _refuse_gzipped(source: ByteSource) -> None:
    if source.gzipped:
        raise InputError("reading.gzipped_not_text", file=source.path.name)


_OPENERS = {"zip": _open_workbook, "ole": _open_workbook, "parquet": _open_parquet}
