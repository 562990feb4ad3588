"""The queue of accounts that look like one person and are not one customer yet."""

from __future__ import annotations

from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.identity_records import Tables
from huaxiang.analyse.likely_pairs import PAIR
from huaxiang.analyse.open_holds import MOST_CUSTOMERS, VALUE, open_holds, to_settle, users_of_values
from huaxiang.engine.interface import Engine, count_of
from huaxiang.prepare.unify import Decisions


class OpenPair(NamedTuple):
    """Two customers for people to decide about: their accounts that look most alike, and how probable it is (0 to 1)
    that they are one person."""

    account_key_a: str
    account_key_b: str
    customer_a: str
    customer_b: str
    probability: float


class WaitingPairs(NamedTuple):
    """How many pairs wait, and those of one page. ``held`` are further ones that wait for the decision on a value that
    both of their accounts have."""

    total: int
    pairs: list[OpenPair]
    held: int


def open_pairs(
    engine: Engine, tables: Tables, decided: Decisions, limit: int | None = None, offset: int = 0
) -> WaitingPairs:
    """How many pairs wait for people, and ``limit`` of them behind the first ``offset``, the most probable first, one
    for any two customers: probable enough to ask about and without a decision since the last refresh. Unmasked.

    Two customers who share a value that waits for a decision of its own are asked about there, and once.
    """
    pair, account = tables["match_pair"], tables["account"].select("account_key", "customer_id")
    asked = pair.filter(pair.band != "leave").select(*PAIR, "probability")
    for side, key in zip("ab", PAIR, strict=True):
        ends = account.rename({f"customer_{side}": "customer_id", key: "account_key"})
        asked = asked.inner_join(ends, key)
    apart = asked.filter(asked.customer_a != asked.customer_b).select(*OpenPair._fields)
    every = engine.keep("pairs_open", _most_alike(_without_decided(engine, apart, decided)))
    waiting = engine.keep("pairs_waiting", every.anti_join(_asked_elsewhere(tables, every), PAIR))
    ordered = waiting.order_by([ibis.desc("probability"), *PAIR]).limit(limit, offset=offset)
    rows = zip(*engine.arrow(ordered).to_pydict().values(), strict=True)
    total = count_of(engine, waiting)
    return WaitingPairs(total, [OpenPair(*row) for row in rows], count_of(engine, every) - total)


def _asked_elsewhere(tables: Tables, pairs: ir.Table) -> ir.Table:
    """Those of the pairs whose two customers both use a value that waits for a person, and are named there."""
    held = open_holds(tables, to_settle(tables))
    users = users_of_values(tables, held.filter(held.customer_count <= MOST_CUSTOMERS))
    # Not all who share a value with all: only those who look alike.
    one = pairs.select(*PAIR, "customer_a", "customer_b").inner_join(users, [("customer_a", "customer_id")])
    return one.semi_join(users, [*VALUE, ("customer_b", "customer_id")])


def _most_alike(pairs: ir.Table) -> ir.Table:
    """Of any two customers the pair that is most alike."""
    both = (pairs.customer_a, pairs.customer_b)
    customers = [ibis.least(*both), ibis.greatest(*both)]
    order = [ibis.desc(pairs.probability), *(pairs[key] for key in PAIR)]
    placed = pairs.mutate(place=ibis.row_number().over(group_by=customers, order_by=order))
    return placed.filter(placed.place == 0).drop("place")


def _without_decided(engine: Engine, pairs: ir.Table, decided: Decisions) -> ir.Table:
    if not decided.standing:
        return pairs
    keys = pairs.select(key=PAIR[0]).union(pairs.select(key=PAIR[1]), distinct=True)
    settled = sorted(
        {
            (min(left, right), max(left, right))
            for ruling in decided.rulings(engine.arrow(keys).column(0).to_pylist())
            for left in ruling.left
            for right in ruling.right
        }
    )
    columns = {key: pa.array([pair[side] for pair in settled], pa.string()) for side, key in enumerate(PAIR)}
    return pairs.anti_join(engine.bring("pairs_decided", pa.table(columns)), PAIR)
