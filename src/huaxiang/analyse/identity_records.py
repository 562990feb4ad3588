"""Finding what a person names: a customer, an account, or an identifier that accounts have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, only
from huaxiang.errors import InputError, NotFound

Tables = Mapping[str, ir.Table]


@dataclass(frozen=True)
class Named:
    """What was named: the customer, all of its accounts (the founder first), and those of them that were meant."""

    customer_id: str
    accounts: tuple[str, ...]
    meant: tuple[str, ...]


def named(engine: Engine, tables: Tables, given: str) -> Named:
    """The customer whom a customer id (also a former one), an account key or an identifier names.

    Raises :class:`NotFound` when there is none and :class:`InputError` naming them when there are several.
    """
    account, known = tables["account"], tables["customer_identifier"]
    by_value = known.filter(known.identifier_value == given).select("customer_id", "account_key")
    by_key = account.filter((account.account_key == given) | (account.customer_id == current_id(engine, given)))
    hit = only(engine.arrow(by_value.union(by_key.select("customer_id", "account_key")).distinct()))
    ids = sorted({str(row["customer_id"]) for row in hit})
    if not ids:
        raise NotFound("workspace.no_such_customer", given=given)
    if len(ids) > 1:
        raise InputError("workspace.several_customers", given=given, customers=", ".join(ids[:9]))
    return Named(ids[0], accounts_of(engine, tables, ids[0]), tuple(sorted(str(row["account_key"]) for row in hit)))


def accounts_of(engine: Engine, tables: Tables, customer_id: str) -> tuple[str, ...]:
    """The account keys of a customer, the founder first, the others sorted."""
    account = tables["account"]
    mine = account.filter(account.customer_id == customer_id)
    rows = mine.mutate(is_founder=mine.account_key == mine.founder_account_key)
    ordered = rows.order_by([rows.is_founder.desc(), rows.account_key]).select("account_key")
    return tuple(engine.arrow(ordered).column(0).to_pylist())


def current_id(engine: Engine, given: str) -> str:
    """The id of today of a customer who had another id before; ``given`` itself when it is none."""
    if "customer_redirect" not in engine.tables():
        return given
    moved = engine.table("customer_redirect")
    found = engine.arrow(moved.filter(moved.old_id == given).select("new_id")).column(0).to_pylist()
    return str(found[0]) if found else given
