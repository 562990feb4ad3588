"""The door for one customer's row: what a table of that row would come out as, without making tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from huaxiang.release.door import ColumnPolicy, declared, is_masked
from huaxiang.release.masking import mask_cell
from huaxiang.release.roles import Access, require

STORES = "stores"


@dataclass(frozen=True)
class ReleasedRow:
    """What came out: the row, and which of its columns are masked."""

    row: Mapping[str, Any]
    masked: frozenset[str]


def release_row(row: Mapping[str, Any], columns: Iterable[ColumnPolicy], access: Access) -> ReleasedRow | None:
    """The row as :func:`huaxiang.release.door.release` lets it out; None where it is outside the store scope.

    ``row`` lists the customer's ``stores``, None or empty for a customer of none. Needs ``see_profile``; a column
    without a policy is an error.
    """
    require(access, "see_profile")
    policies = declared(row, columns)
    if not access.sees_any(row[STORES]):
        return None
    masked = {name: policies[name].mask_kind or "all" for name in row if is_masked(policies[name], access)}
    hidden = {name: mask_cell(row[name], kind) for name, kind in masked.items()}
    return ReleasedRow({**row, **hidden}, frozenset(masked))
