"""Who came into a crowd and who left it between two refreshes, ids that became part of another followed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.model.crowd_tables import CROWD_MEMBER, ENTERED, LEFT


class Run(NamedTuple):
    """The refresh at hand."""

    run_id: str
    as_of: date


@dataclass(frozen=True)
class Moves:
    """``members`` is the table ``crowd_member`` as it is now; ``changes`` has one row per customer who came or went:
    ``crowd, customer_id, change, is_merge, since_as_of, since_run``."""

    members: ir.Table
    changes: ir.Table


def moves(now: ir.Table, before: ir.Table, redirect: ir.Table, run: Run, failed: Collection[str]) -> Moves:
    """Compare who is in which crowd ``now`` (``crowd, customer_id``) with the table ``crowd_member`` of ``before``.

    Somebody who is part of another customer now leaves under the old id, and comes under the new one unless that was a
    member already; since when is inherited. The members of crowds that ``failed`` stay. Folding all changes ever made,
    the last one of each crowd and id, gives the members.
    """
    known = _resolved(before, redirect)
    owned = _owned(known)
    kept = owned.filter(owned.crowd.isin(sorted(failed))).select("crowd", "customer_id")
    everyone = now.union(kept, distinct=True) if failed else now
    members = _members(everyone, owned, run)
    came = members.filter(~members.was_own).mutate(change=ibis.literal(ENTERED), is_merge=members.was_other)
    went = _went(everyone, owned, known)
    columns = ["crowd", "customer_id", "change", "is_merge", "since_as_of", "since_run"]
    return Moves(
        members.select("crowd", "customer_id", "since_as_of", "since_run"),
        came.select(columns).union(went.select(columns)),
    )


def _resolved(before: ir.Table, redirect: ir.Table) -> ir.Table:
    """The members of before with the id that each has today as ``today``."""
    moved = redirect.select(moved_id=redirect.old_id, today=redirect.new_id)
    joined = before.left_join(moved, [("customer_id", "moved_id")])
    today = ibis.coalesce(joined.today, joined.customer_id)
    return joined.select("crowd", "customer_id", "since_as_of", "since_run", today=today)


def _owned(known: ir.Table) -> ir.Table:
    """One row per crowd and id of today: since when, and whether that id itself was a member (``own``).

    Its own time stands; else the longest of those whose members became part of it.
    """
    is_own = known.customer_id == known.today
    place = ibis.ifelse(is_own, "0", "1") + known.since_run + known.customer_id
    ranked = known.mutate(is_own=is_own, place=place)
    return ranked.group_by("crowd", customer_id="today").aggregate(
        since_as_of=ranked.since_as_of.argmin(ranked.place),
        since_run=ranked.since_run.argmin(ranked.place),
        own=ranked.is_own.max(),
    )


def _members(everyone: ir.Table, owned: ir.Table, run: Run) -> ir.Table:
    was = owned.rename({"was_crowd": "crowd", "was_id": "customer_id"})
    joined = everyone.left_join(was, [("crowd", "was_crowd"), ("customer_id", "was_id")])
    return joined.select(
        "crowd",
        "customer_id",
        since_as_of=ibis.coalesce(joined.since_as_of, ibis.literal(run.as_of)),
        since_run=ibis.coalesce(joined.since_run, ibis.literal(run.run_id)),
        was_own=joined.own.coalesce(False),
        was_other=joined.was_id.notnull() & ~joined.own.coalesce(False),
    )


def _went(everyone: ir.Table, owned: ir.Table, known: ir.Table) -> ir.Table:
    gone = owned.filter(owned.own).anti_join(everyone, ["crowd", "customer_id"])
    merged = known.filter(known.customer_id != known.today)
    return gone.select(
        "crowd", "customer_id", "since_as_of", "since_run", change=ibis.literal(LEFT), is_merge=ibis.literal(False)
    ).union(
        merged.select(
            "crowd", "customer_id", "since_as_of", "since_run", change=ibis.literal(LEFT), is_merge=ibis.literal(True)
        )
    )


def folded(changes: pa.Table) -> pa.Table:
    """The table ``crowd_member`` that all changes give: of each crowd and customer the last one, if it is a coming."""
    schema = ibis.schema(CROWD_MEMBER).to_pyarrow()
    order = changes.sort_by([("crowd", "ascending"), ("customer_id", "ascending"), ("run_id", "ascending")])
    if not order.num_rows:
        return pa.Table.from_pylist([], schema=schema)
    owners = [order.column(name).combine_chunks() for name in ("crowd", "customer_id")]
    differs = [pc.not_equal(one.slice(1), one.slice(0, len(one) - 1)) for one in owners]
    is_last = pa.concat_arrays([pc.or_(*differs), pa.array([True])])
    last = order.filter(is_last)
    inside = last.filter(pc.equal(last.column("change"), ENTERED))
    return inside.select(list(CROWD_MEMBER)).cast(schema)
