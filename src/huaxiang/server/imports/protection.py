"""How the cells of a file are shown before they are understood: personal ones masked, by the field or by the header."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache

import pyarrow as pa

from huaxiang.collect.match import plain_header
from huaxiang.model.mapping import Mapping as FileMapping
from huaxiang.model.mapping import source_fields
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.release.roles import Access

#: Field to mask. Ids of people are shown in part, names by their first letter, free text without numbers.
PERSONAL_FIELDS: dict[str, str] = {
    **dict.fromkeys(("member_no", "shop_account", "customer_no", "user_id", "referrer_member_no"), "identifier"),
    **dict.fromkeys(("openid", "unionid", "device_id"), "openid"),
    **dict.fromkeys(("person_name", "first_name", "last_name", "nickname", "staff_name"), "name"),
    **dict.fromkeys(("buyer_note", "feedback_text", "event_text", "answer", "search_words"), "text"),
    "phone": "phone",
    "email": "email",
    "id_card": "id_card",
    "birth_date": "birth_date",
    "address": "address",
    "income_yearly": "all",
}


def masked_rows(rows: list[dict[str, str]], mapping: FileMapping | None, access: Access) -> list[dict[str, str]]:
    """The rows as this person may see them, header to text. Store-scoped people raise :class:`Denied`: a row of a file
    does not say reliably which store it belongs to."""
    if not rows:
        return []
    headers = list(dict.fromkeys(header for row in rows for header in row))
    table = pa.table({header: pa.array([_text(row.get(header)) for row in rows], pa.string()) for header in headers})
    shown = release(table, policies(headers, mapping), access).table.to_pylist()
    return [{header: row[header] or "" for header in known} for row, known in zip(shown, rows, strict=True)]


def policies(headers: Iterable[str], mapping: FileMapping | None) -> list[ColumnPolicy]:
    """How each column is protected: by its field, else by what its header resembles, else as text that may hold numbers."""
    fields = {match.header: field for field, match in mapping.columns.items()} if mapping else {}
    return [_policy(header, fields.get(header)) for header in headers]


def masked_text(text: str, access: Access) -> str:
    """One line of text as this person may see it, numbers and addresses in it masked."""
    return masked_rows([{"text": text}], None, access)[0]["text"]


def cells_of(raw_text: str) -> dict[str, str] | None:
    """The cells of a row that waits, header to text; None for a line that could not be split into cells."""
    try:
        found = json.loads(raw_text)
    except ValueError:
        return None
    return {str(name): _text(value) or "" for name, value in found.items()} if isinstance(found, Mapping) else None


def _policy(header: str, field: str | None) -> ColumnPolicy:
    if field is not None and field not in PERSONAL_FIELDS:
        return ColumnPolicy(header, "open")
    return ColumnPolicy(header, "personal", PERSONAL_FIELDS[field] if field else _mask_by_header(plain_header(header)))


def _mask_by_header(header: str) -> str:
    for word, mask in _personal_words():
        if word in header:
            return mask
    return "text"


@cache
def _personal_words() -> tuple[tuple[str, str], ...]:
    """Header words of personal fields, the longest first; of Latin words only those long enough to mean something."""
    words = {
        (plain_header(word), mask)
        for field, mask in PERSONAL_FIELDS.items()
        if mask != "text"
        for word in (field, *source_fields()[field].words)
    }
    telling = [(word, mask) for word, mask in words if len(word) >= (5 if word.isascii() else 2)]
    return tuple(sorted(telling, key=lambda pair: (-len(pair[0]), pair)))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
