"""One mask per kind of personal value, for a single value and for a column. Adding a kind is adding a row here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from huaxiang.errors import InputError, NotFound, nearest
from huaxiang.release import identifier_masks as masks
from huaxiang.release.text_masks import mask_address, mask_text


@dataclass(frozen=True)
class Mask:
    """One kind of masking; its title is worded as ``release.mask.<kind>``."""

    kind: str
    hide: Callable[[str], str]


MASKS: tuple[Mask, ...] = (
    Mask("phone", masks.mask_phone),
    Mask("id_card", masks.mask_id_card),
    Mask("name", masks.mask_name),
    Mask("email", masks.mask_email),
    Mask("bank_card", masks.mask_bank_card),
    Mask("address", mask_address),
    Mask("plate", masks.mask_plate),
    Mask("ip", masks.mask_ip),
    Mask("openid", masks.mask_ends),
    Mask("birth_date", masks.mask_birth_date),
    Mask("account", masks.mask_account),
    Mask("account_tail", masks.mask_account_tail),
    Mask("identifier", masks.mask_identifier),
    Mask("text", mask_text),
    Mask("all", masks.hide),
)

_BY_KIND = {mask.kind: mask for mask in MASKS}


def mask_named(kind: str) -> Mask:
    """The mask of that kind; :class:`NotFound` names the nearest ones."""
    try:
        return _BY_KIND[kind]
    except KeyError:
        raise NotFound("release.unknown_mask", given=kind, nearest=nearest(kind, _BY_KIND)) from None


def mask_value(value: str | None, kind: str) -> str | None:
    """The value masked; None stays None, blank text becomes empty. Masking twice is masking once."""
    hide = mask_named(kind).hide
    return None if value is None else _masked(value, hide)


def mask_cell(value: Any, kind: str) -> str | list[str | None] | None:
    """One value of a column as :func:`mask_column` gives it."""
    if value is None or isinstance(value, str):
        return mask_value(value, kind)
    masked: str | list[str | None] | None = mask_column(pa.array([value]), kind)[0].as_py()
    return masked


def mask_column(column: pa.Array | pa.ChunkedArray, kind: str) -> pa.Array | pa.ChunkedArray:
    """The column masked, as text (a list column as lists of text); nulls stay null, the length stays the same.

    Each distinct value is masked once. A column that has no text form (a struct, bytes) is an :class:`InputError`.
    """
    hide = mask_named(kind).hide
    if isinstance(column, pa.ChunkedArray):
        return pa.chunked_array([_mask_array(chunk, hide) for chunk in column.chunks], type=_masked_type(column.type))
    return _mask_array(column, hide)


def _mask_array(array: pa.Array, hide: Callable[[str], str]) -> pa.Array:
    if _is_list(array.type):
        lists = [None if values is None else [_each(value, hide) for value in values] for values in array.to_pylist()]
        return pa.array(lists, pa.list_(pa.string()))
    encoded = _as_text(array).dictionary_encode()
    distinct = pa.array([_each(value, hide) for value in encoded.dictionary.to_pylist()], pa.string())
    return distinct.take(encoded.indices)


def _as_text(array: pa.Array) -> pa.Array:
    try:
        return array.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        raise InputError("release.not_maskable", type=str(array.type)) from None


def _masked_type(data_type: pa.DataType) -> pa.DataType:
    return pa.list_(pa.string()) if _is_list(data_type) else pa.string()


def _is_list(data_type: pa.DataType) -> bool:
    return bool(pa.types.is_list(data_type) or pa.types.is_large_list(data_type))


def _each(value: object, hide: Callable[[str], str]) -> str | None:
    return None if value is None else _masked(str(value), hide)


def _masked(value: str, hide: Callable[[str], str]) -> str:
    stripped = value.strip()
    return hide(stripped) if stripped else ""
