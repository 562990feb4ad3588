"""Whose row it is: the account that each row speaks of, as ``namespace:value``."""

from __future__ import annotations

from collections.abc import Mapping as Lookup

import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.model.mapping import ACCOUNT_FIELDS


def account_keys(columns: Lookup[str, pa.Array], source: str, count: int) -> pa.Array:
    """The account of each row: its strongest number; else its phone or e-mail together with source and name, since
    several people may share one; null for a row that says nothing about who."""
    keys = [_prefixed(name, columns[name]) for name in ACCOUNT_FIELDS if name in columns]
    named = pc.fill_null(_full_name(columns, count), "")
    told = [name for name in ("phone", "email") if name in columns and "person_name" in columns]
    keys += [pc.binary_join_element_wise(f"{name}:{source}:", columns[name], "|", named, "") for name in told]
    return pc.coalesce(*keys) if keys else pa.nulls(count, pa.string())


def _full_name(columns: Lookup[str, pa.Array], count: int) -> pa.Array:
    if "person_name" not in columns:
        return pa.nulls(count, pa.string())
    parts = pc.binary_join_element_wise(columns["first_name"], columns["last_name"], " ")
    return pc.coalesce(columns["person_name"], parts)


def _prefixed(name: str, values: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(name, values, ":")
