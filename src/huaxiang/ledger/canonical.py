"""The one text that a body has: sorted keys, UTF-8, no floats. Equal bodies have equal text, so equal hashes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from huaxiang.errors import InputError

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def encode(value: object) -> str:
    """The canonical JSON of a value that is plain already."""
    return _ENCODER.encode(value)


def plain_body(body: Mapping[str, object]) -> dict[str, object]:
    """The body made of plain values only; see :func:`plain`."""
    return {_key(name, "body"): plain(value, name) for name, value in body.items()}


def plain(value: object, where: str) -> object:
    """The value made of text, whole numbers, booleans, null, lists and objects only; ``where`` names it in errors.

    Decimals, days and instants become text; instants must carry a time zone. Raises :class:`InputError` for a float
    (its text is not exact), a key that is not text, text that UTF-8 cannot hold, or any other type.
    """
    if isinstance(value, str):
        return _text(value, where)
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, Mapping):
        return {_key(key, where): plain(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, f"{where}[{position}]") for position, item in enumerate(value)]
    return _as_text(value, where)


def _as_text(value: object, where: str) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise InputError("ledger.naive_instant", where=where, given=value.isoformat())
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise InputError("ledger.value_not_exact", where=where, given=repr(value), type=type(value).__name__)


def _key(key: object, where: str) -> str:
    if not isinstance(key, str):
        raise InputError("ledger.key_not_text", where=where, given=repr(key))
    return _text(key, where)


def _text(value: str, where: str) -> str:
    # A lone surrogate cannot be stored as UTF-8, and a NUL cuts text short in SQLite's own functions.
    if "\0" in value or not _is_utf8(value):
        raise InputError("ledger.text_not_storable", where=where, given=ascii(value))
    return str(value)


def _is_utf8(value: str) -> bool:
    if value.isascii():
        return True
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
