"""How many customers have each value of several tags, in one query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, only


def shares(engine: Engine, profile: ir.Table, keys: Sequence[str]) -> dict[str, dict[str | None, int]]:
    """By tag: how many customers have each value, the unknown ones under None; one pass over each column."""
    parts = [
        profile.group_by(value=profile[key].cast("string"))
        .aggregate(customers=profile.count())
        .mutate(tag=ibis.literal(key))
        for key in keys
    ]
    if not parts:
        return {}
    rows: list[dict[str, Any]] = only(engine.arrow(ibis.union(*parts) if len(parts) > 1 else parts[0]))
    found: dict[str, dict[str | None, int]] = {key: {} for key in keys}
    for row in sorted(rows, key=lambda row: (-row["customers"], str(row["value"]))):
        found[row["tag"]][row["value"]] = int(row["customers"])
    return found
