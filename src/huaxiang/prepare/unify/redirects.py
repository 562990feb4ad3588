"""Ids of customers that became part of another: where each of them leads now, and since which refresh.

An id is made of the account that founded the customer, so it always leads to whoever has that account today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine, only
from huaxiang.ledger import Ledger, NewEntry
from huaxiang.prepare.unify.customers import own_ids
from huaxiang.prepare.unify.unified import Unified

MOVED, PARTED = "identity.moved", "identity.parted"
COLUMNS = {"old_id": pa.string(), "new_id": pa.string(), "since_run": pa.string(), "reason": pa.string()}


class Move(NamedTuple):
    """The customer ``old_id`` is part of ``new_id``. ``since_run`` is the refresh at which it ended, and ``reason``
    is ``decided`` where people joined accounts of the other customer, else ``linked``. Of reason ``parted`` only some
    accounts of ``old_id`` went over to ``new_id``."""

    old_id: str
    new_id: str
    since_run: str
    reason: str


def moves(engine: Engine, before: ir.Table, found: Unified, salt: bytes, run_id: str) -> list[Move]:
    """The customers of the account table ``before`` that are no customers now, sorted by id, and then those of whom
    some accounts are another customer's now."""
    old = before.select(old_id=before.customer_id).distinct()
    gone = old.anti_join(found.account, [("old_id", "customer_id")])
    rows = engine.arrow(gone).column(0).to_pylist()
    decided = {row["customer_id"] for row in _only_of(engine, found.identity_link, "rule", {"decided_same"})}
    owners = sorted(_owners(engine, found.account, set(rows), salt).items())
    whole = [Move(*pair, run_id, "decided" if pair[1] in decided else "linked") for pair in owners]
    return [*whole, *(Move(*pair, run_id, "parted") for pair in _changed(engine, before, found) if pair not in owners)]


def _changed(engine: Engine, before: ir.Table, found: Unified) -> list[tuple[str, str]]:
    """The pairs of customers, before and now, who share an account."""
    old = before.select("account_key", old_id="customer_id")
    both = old.inner_join(found.account.select("account_key", new_id="customer_id"), "account_key")
    pairs = both.filter(both.old_id != both.new_id).select("old_id", "new_id").distinct()
    return [(str(row["old_id"]), str(row["new_id"])) for row in only(engine.arrow(pairs.order_by("old_id", "new_id")))]


def moved_entries(found: Iterable[Move], at: datetime, actor: str) -> list[NewEntry]:
    """What the ledger is told of customers that became part of another, or of whom a part did."""
    return [NewEntry(PARTED if move.reason == "parted" else MOVED, move._asdict(), at, actor) for move in found]


def customer_redirects(
    engine: Engine, ledger: Ledger, found: Iterable[Move], account: ir.Table, salt: bytes
) -> ir.Table:
    """One row per id that was published once and is nobody's own now: :class:`Move`, with ``new_id`` as of today."""
    latest = {str(entry.body["old_id"]): _move(entry.body) for entry in ledger.entries(MOVED)}
    latest |= {move.old_id: move for move in found if move.reason != "parted"}
    owners = _owners(engine, account, set(latest), salt)
    rows = [latest[old]._replace(new_id=new)._asdict() for old, new in sorted(owners.items()) if old != new]
    return engine.bring("unify_redirects", pa.Table.from_pylist(rows, schema=pa.schema(list(COLUMNS.items()))))


def _owners(engine: Engine, account: ir.Table, old_ids: set[str], salt: bytes) -> dict[str, str]:
    """Who has the founder of each of these ids today."""
    if not old_ids:
        return {}
    rows = _only_of(engine, own_ids(engine, account, salt), "own_id", old_ids)
    return {str(row["own_id"]): str(row["customer_id"]) for row in rows}


def _only_of(engine: Engine, rows: ir.Table, column: str, names: set[str]) -> list[dict[str, object]]:
    wanted = engine.bring("unify_wanted", pa.table({"wanted": pa.array(sorted(names), pa.string())}))
    return only(engine.arrow(rows.semi_join(wanted, [(column, "wanted")])))


def _move(body: Mapping[str, Any]) -> Move:
    return Move(*(str(body[name]) for name in Move._fields))
