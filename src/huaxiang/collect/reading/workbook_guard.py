"""What a workbook declares about itself, looked at before any of it is unpacked for good."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from huaxiang.collect.reading.limits import MEGABYTE, Limits
from huaxiang.errors import InputError

_HARMLESS_BYTES = 10 * MEGABYTE
_ENTITY = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# Cells that only have a style reach down to the last row in many real files; they cost nothing.
_FILLED_CELL = re.compile(rb'<c\s[^<>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^<>/]*><(?:v|is|f)\b')
_TAIL_BYTES = 65_536
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


def check_zip(path: Path, limits: Limits) -> None:
    """Refuse an .xlsx or .ods that declares too much, defines XML entities, is encrypted, or is no workbook.

    Raises :class:`InputError`; keeps no more than a piece of each member in memory.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_sizes(path, members, limits)
            _check_kind(path, {member.filename for member in members})
            for member in members:
                _check_member(path, archive, member)
                if member.filename.startswith("xl/worksheets/"):
                    _check_span(path, archive, member, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError):
        raise InputError("reading.workbook_damaged", file=path.name) from None


def check_ole(path: Path) -> None:
    """Refuse an encrypted workbook, which hides in the old binary container. Raises :class:`InputError`."""
    with path.open("rb") as stream:
        tail = b""
        while piece := stream.read(MEGABYTE):
            if _ENCRYPTED_STREAM in tail + piece:
                raise InputError("reading.workbook_encrypted", file=path.name)
            tail = piece[-len(_ENCRYPTED_STREAM) :]


def _check_sizes(path: Path, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.max_workbook_members:
        raise InputError(
            "reading.workbook_members", file=path.name, found=len(members), limit=limits.max_workbook_members
        )
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    ratio = unpacked // max(packed, 1)
    squeezed = unpacked > _HARMLESS_BYTES and ratio > limits.max_workbook_ratio
    if squeezed or unpacked > limits.max_workbook_unpacked_bytes:
        raise InputError(
            "reading.workbook_unpacks_too_large",
            file=path.name,
            megabytes=unpacked // MEGABYTE,
            limit=limits.max_workbook_unpacked_bytes // MEGABYTE,
            ratio=ratio,
            ratio_limit=limits.max_workbook_ratio,
        )


def _check_kind(path: Path, names: set[str]) -> None:
    if not names & {"[Content_Types].xml", "content.xml"}:
        raise InputError("reading.zip_not_workbook", file=path.name)


def _check_member(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    if member.flag_bits & 1:
        raise InputError("reading.workbook_encrypted", file=path.name)
    if member.filename.endswith((".xml", ".rels")):
        with archive.open(member) as stream:
            if _ENTITY.search(stream.read(4096)):
                raise InputError("reading.workbook_entities", file=path.name)


def _check_span(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> None:
    """Refuse a sheet whose last cells lie so far out that the space between, held in memory, would be the harm."""
    tail = b""
    with archive.open(member) as stream:
        while piece := stream.read(MEGABYTE):
            tail = (tail + piece)[-_TAIL_BYTES:]
    places = [(_column(letters), int(digits)) for letters, digits in _FILLED_CELL.findall(tail)]
    if not places:
        return
    rows, columns = max(row for _, row in places), max(column for column, _ in places)
    if rows * columns > limits.max_workbook_cells:
        raise InputError("reading.workbook_too_heavy", file=path.name)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
