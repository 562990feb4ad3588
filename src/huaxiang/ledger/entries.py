"""One entry of the ledger, the check that it may be written, and the hash that chains it to the one before."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from huaxiang.errors import InputError, WorkspaceError
from huaxiang.ledger.canonical import encode, plain_body
from huaxiang.ledger.kinds import Kind, kind_named

GENESIS = "0" * 64
"""The ``previous_hash`` of the first entry, and the head of an empty ledger."""

_HASHED = ("seq", "at", "actor", "kind", "subject", "key", "body")
_WIDE_SPACES = {0xA0: " ", 0x3000: " "}
_KEYED_HASH = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. ``seq`` counts from 1 without gaps; ``at`` is in UTC; ``body`` holds text for decimals.

    ``hash`` covers every other field including ``previous_hash``, so no field can change unnoticed.
    """

    seq: int
    at: datetime
    actor: str
    kind: str
    subject: str
    body: Mapping[str, Any]
    hash: str
    previous_hash: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be: ``at`` must be aware; ``key`` makes writing it twice the same as writing it once."""

    kind: str
    body: Mapping[str, Any]
    at: datetime
    actor: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """What ``append_many`` did: entries written, entries found written before (by key), and the position now."""

    written: int
    repeated: int
    position: int


class Row(NamedTuple):
    """An entry as it is stored: everything text but ``seq``. The order of the fields is the order of the columns."""

    seq: int
    at: str
    actor: str
    kind: str
    subject: str
    key: str | None
    body: str
    previous_hash: str
    hash: str

    def entry(self) -> Entry:
        """The entry that this row stores; :class:`WorkspaceError` when the row is damaged beyond reading."""
        try:
            at, body = datetime.fromisoformat(self.at), json.loads(self.body)
        except (TypeError, ValueError):
            raise WorkspaceError("ledger.row_damaged", seq=self.seq) from None
        return Entry(self.seq, at, self.actor, self.kind, self.subject, body, self.hash, self.previous_hash, self.key)

    def digest(self) -> str:
        """The hash that this row must carry: SHA-256 over the previous hash and the row's own canonical JSON."""
        try:
            fields = encode(dict(zip(_HASHED, self, strict=False)))
        except (TypeError, ValueError):
            return ""  # Damage on disk can change the type of a column; no hash is right for that.
        return hashlib.sha256(f"{self.previous_hash}\n{fields}".encode()).hexdigest()


class Draft(NamedTuple):
    """A checked entry that has no place in the chain yet."""

    at: str
    actor: str
    kind: str
    subject: str
    key: str | None
    body: str

    def chained(self, seq: int, previous_hash: str) -> Row:
        """The row at place ``seq`` behind the entry with ``previous_hash``."""
        row = Row(seq, *self, previous_hash, "")
        return row._replace(hash=row.digest())


def draft(new: NewEntry) -> Draft:
    """The entry, checked: a known kind, its subject present, personal fields hashed, an aware instant, exact values."""
    kind = kind_named(new.kind)
    body = plain_body(new.body)
    for name in kind.personal & body.keys():
        _require_hash(kind, name, body[name])
    key = None if new.key is None else _line("key", new.key)
    return Draft(_instant(new.at), _line("actor", new.actor), kind.kind, _subject(kind, body), key, encode(body))


def _require_hash(kind: Kind, name: str, value: object) -> None:
    # The value itself stays out of the message: it may be what must not be logged.
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) and _KEYED_HASH.fullmatch(one) for one in values):
        raise InputError("ledger.personal_not_hashed", kind=kind.kind, field=name)


def _subject(kind: Kind, body: Mapping[str, Any]) -> str:
    missing = [name for name in kind.subject if body.get(name) in (None, "")]
    if missing:
        raise InputError("ledger.subject_missing", kind=kind.kind, fields=", ".join(missing))
    return "|".join(_line(name, str(body[name])) for name in kind.subject)


def _line(name: str, value: str) -> str:
    # Line breaks and reordering marks could make one entry look like another on the audit page.
    if not value.strip() or not value.translate(_WIDE_SPACES).isprintable():
        raise InputError("ledger.not_one_line", field=name, given=ascii(value))
    return value


def _instant(at: datetime) -> str:
    if at.utcoffset() is None:
        raise InputError("ledger.naive_instant", where="at", given=at.isoformat())
    return at.astimezone(UTC).isoformat(timespec="microseconds")
