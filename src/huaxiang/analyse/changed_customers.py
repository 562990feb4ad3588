"""Who changed: the customers of whom any row of a fact table is another than in what was published before."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.facts import MADE_OF
from huaxiang.engine.row_hashes import row_hash

#: Fact tables in which the next refresh looks for what changed.
COMPARED = ("sale", "sale_line", "act", "feedback_fact")
#: Facts that are made of those alone and change with them.
_MADE_OF = {**MADE_OF, "visit": "act"}


def is_compared(fact: str) -> bool:
    """Whether who changed is told from the rows of that fact table. Of others, which are made of canonical tables, the
    former state is gone."""
    return _MADE_OF.get(fact, fact) in COMPARED


def are_comparable(before: ir.Table, now: ir.Table) -> bool:
    """Whether both tables have the same columns of the same types, in whatever order."""
    kinds = [{name: kind.copy(nullable=True) for name, kind in rows.schema().items()} for rows in (before, now)]
    return kinds[0] == kinds[1]


def changed_customers(before: Mapping[str, ir.Table], now: Mapping[str, ir.Table]) -> ir.Table:
    """The ``customer_id`` of every customer of whom a row of a table of :data:`COMPARED` came, went or became another.

    Both hold every one of those tables, and the two of a name are comparable. Each customer has a fingerprint in both:
    how many rows, and the sum of their :func:`huaxiang.engine.row_hashes.row_hash`, whatever their order, equal rows as
    often as they are there. Who has two different ones changed; it does not matter why: new data, a repair, another
    owner. Rows without a customer are nobody's.

    A customer who changed is missed when two sums are equal by chance, about 1 in 2^64 (5·10^-20): if a million changed
    at every refresh, one of them in eighteen million million refreshes. Nobody is found who did not change.
    """
    return ibis.union(*(_differing(before[name], now[name]) for name in COMPARED), distinct=True)


def _differing(before: ir.Table, now: ir.Table) -> ir.Table:
    old, new = _fingerprints(before, "old"), _fingerprints(now, "new")
    both = old.outer_join(new, [("old_id", "new_id")])
    is_same = both.old_sum.identical_to(both.new_sum) & both.old_count.identical_to(both.new_count)
    return both.filter(~is_same).select(customer_id=both.old_id.coalesce(both.new_id))


def _fingerprints(rows: ir.Table, side: str) -> ir.Table:
    owned = rows.filter(rows.customer_id.notnull())
    hashed = owned.select("customer_id", row_hash=row_hash(owned))
    found = hashed.group_by("customer_id").aggregate(sum=hashed.row_hash.sum(), count=hashed.count())
    return found.rename({f"{side}_id": "customer_id", f"{side}_sum": "sum", f"{side}_count": "count"})
