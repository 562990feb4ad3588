"""The door: a table goes through it with the asker's role, store scope and purpose, and comes out fit to be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.errors import Denied, InputError
from huaxiang.model.tables import Column, Sensitivity
from huaxiang.release.masking import mask_column
from huaxiang.release.purposes import purpose_named
from huaxiang.release.roles import Access, require

STORE_COLUMNS = ("stores", "home_store")
"""The columns that say to which stores a row belongs: a list of store numbers, one store number."""


@dataclass(frozen=True)
class ColumnPolicy:
    """How one column is protected. Without a ``mask_kind`` a protected column is hidden entirely."""

    name: str
    sensitivity: Sensitivity
    mask_kind: str | None = None

    @classmethod
    def of(cls, column: Column) -> Self:
        """The policy that a canonical column declares."""
        return cls(column.name, column.sensitivity, column.mask)


@dataclass(frozen=True)
class Released:
    """What came out: the table, how many rows stayed behind and why, and which columns are masked."""

    table: pa.Table
    outside_scope: int
    without_consent: int
    masked_columns: tuple[str, ...]


def release(
    table: pa.Table, columns: Iterable[ColumnPolicy], access: Access, *, purpose: str | None = None
) -> Released:
    """The table masked and cut to what the asker may see: for pages, answers and documents.

    Rows outside the store scope, and for a purpose that needs consent rows without it (unknown counts as no), are
    removed and counted. Personal and sensitive columns are masked for everybody; confidential ones for roles that
    may not export. Needs ``see_profile``. A column without a policy, a missing consent column or an unknown purpose
    is an error: nothing leaves undeclared.
    """
    require(access, "see_profile")
    return pass_through(table, columns, access, purpose=purpose, raw=False)


def pass_through(
    table: pa.Table, columns: Iterable[ColumnPolicy], access: Access, *, purpose: str | None, raw: bool
) -> Released:
    """Like :func:`release`, with the permission checked by the caller; ``raw`` leaves values unmasked.

    Raw tables leave only through :func:`huaxiang.release.export.export`, which writes them into the ledger.
    """
    policies = declared(table.column_names, columns)
    in_scope = _within_scope(table, access)
    consented = _with_consent(in_scope, purpose)
    masked = () if raw else tuple(name for name in table.column_names if is_masked(policies[name], access))
    return Released(
        _mask(consented, [policies[name] for name in masked]),
        table.num_rows - in_scope.num_rows,
        in_scope.num_rows - consented.num_rows,
        masked,
    )


def declared(names: Collection[str], columns: Iterable[ColumnPolicy]) -> dict[str, ColumnPolicy]:
    """The policies by name. Raises :class:`InputError` for columns of one name, and for those without a policy."""
    if len(set(names)) < len(names):
        twice = sorted(name for name, count in Counter(names).items() if count > 1)
        raise InputError("release.column_twice", columns=", ".join(twice))
    policies = {policy.name: policy for policy in columns}
    undeclared = [name for name in names if name not in policies]
    if undeclared:
        raise InputError("release.column_undeclared", columns=", ".join(undeclared))
    return policies


def _within_scope(table: pa.Table, access: Access) -> pa.Table:
    if access.stores is None:
        return table
    places = [name for name in STORE_COLUMNS if name in table.column_names]
    if not places:
        raise Denied("release.no_store_column", user=access.user, expected=", ".join(STORE_COLUMNS))
    stores = pa.array(sorted(access.stores), pa.string())
    hits = [_in_stores(table.column(name).combine_chunks(), stores) for name in places]
    return table.filter(hits[0] if len(hits) == 1 else pc.or_(*hits))


def _in_stores(column: pa.Array, stores: pa.Array) -> pa.Array:
    if not pa.types.is_list(column.type):
        return pc.is_in(column.cast(pa.string()), value_set=stores)
    hit = pc.is_in(pc.list_flatten(column).cast(pa.string()), value_set=stores)
    rows = pc.list_parent_indices(column).filter(hit)
    return pc.is_in(pa.array(range(len(column)), rows.type), value_set=rows)


def _with_consent(table: pa.Table, purpose: str | None) -> pa.Table:
    if purpose is None or not purpose_named(purpose).needs_consent:
        return table
    name = f"consent_{purpose}"
    if name not in table.column_names:
        raise InputError("release.no_consent_column", purpose=purpose, expected=name)
    return table.filter(pc.fill_null(table.column(name).cast(pa.bool_()), False))


def is_masked(policy: ColumnPolicy, access: Access) -> bool:
    """Whether the values of a column are masked for the asker."""
    if policy.sensitivity == "confidential":
        return not access.may("export_masked")
    return policy.sensitivity != "open"


def _mask(table: pa.Table, policies: Sequence[ColumnPolicy]) -> pa.Table:
    if not policies:
        return table
    # Made at once: replacing columns one by one writes down every other column each time.
    kinds = {policy.name: policy.mask_kind or "all" for policy in policies}
    pairs = list(zip(table.column_names, table.columns, strict=True))
    columns = [mask_column(column, kinds[name]) if name in kinds else column for name, column in pairs]
    return pa.Table.from_arrays(columns, names=[name for name, _ in pairs])
