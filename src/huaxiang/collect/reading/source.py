"""The bytes of one file: what kind of file they are, and a stream over them, unpacked where they are gzipped."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from huaxiang.collect.reading.limits import Limits
from huaxiang.errors import InputError

CHUNK_BYTES = 1024 * 1024

_MAGIC = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "ole",
    b"PAR1": "parquet",
    b"\x1f\x8b": "gzip",
}
_FOREIGN = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"(\xb5/\xfd": "Zstandard",
    b"SQLite format 3": "SQLite",
    b"Obj\x01": "Avro",
    b"ORC": "ORC",
}


@dataclass(frozen=True)
class ByteSource:
    """One file as a stream of bytes that can be read from its start any number of times."""

    path: Path
    gzipped: bool
    limits: Limits

    def chunks(self, size: int = CHUNK_BYTES, skip: int = 0) -> Iterator[bytes]:
        """The bytes in pieces of at most ``size``, the first ``skip`` bytes left out.

        Raises :class:`InputError` when a .gz file is damaged or unpacks to more than the limit.
        """
        left = self.limits.max_file_bytes
        with self._open() as stream:
            try:
                stream.read(skip)
                while piece := stream.read(size):
                    left -= len(piece)
                    if left < 0:
                        raise too_large(self.path, self.limits.max_file_bytes + 1, self.limits)
                    yield piece
            except (EOFError, zlib.error, gzip.BadGzipFile):
                raise InputError("reading.damaged_gzip", file=self.path.name) from None

    def head(self, size: int = CHUNK_BYTES) -> bytes:
        """The first ``size`` bytes, fewer when the file is shorter."""
        found = b""
        for piece in self.chunks(size):
            found += piece
            if len(found) >= size:
                break
        return found[:size]

    def _open(self) -> BinaryIO:
        return cast("BinaryIO", gzip.open(self.path, "rb")) if self.gzipped else self.path.open("rb")


def too_large(path: Path, size: int, limits: Limits) -> InputError:
    """The refusal of a file whose size in bytes is over the limit."""
    return InputError(
        "reading.file_too_large",
        file=path.name,
        megabytes=round(size / 1024**2),
        limit=round(limits.max_file_bytes / 1024**2),
    )


def kind_of(head: bytes) -> str:
    """What the first bytes say: ``zip``, ``ole``, ``parquet``, ``gzip``, a foreign format's name, or ``text``."""
    for magic, kind in (_MAGIC | _FOREIGN).items():
        if head.startswith(magic):
            return kind
    return "text"


def is_foreign(kind: str) -> bool:
    """Whether a kind is a format that is recognised only to be refused by name."""
    return kind in _FOREIGN.values()
