"""All fact tables of a day, by the names under which they are published."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.prepare.acts import act
from huaxiang.prepare.feedback import feedback_fact
from huaxiang.prepare.history import history
from huaxiang.prepare.sales import sale, sale_line
from huaxiang.prepare.visits import visit

#: What makes each fact table, from the accounts of known customers, of all that happened up to and including a day.
FACT_TABLES: Mapping[str, Callable[[Engine, ir.Table, date], ir.Table]] = {
    "sale": sale,
    "sale_line": sale_line,
    "act": act,
    "visit": lambda engine, account, as_of: visit(act(engine, account, as_of)),
    "feedback_fact": feedback_fact,
}


def kept_facts(engine: Engine, account: ir.Table, as_of: date, prefix: str) -> dict[str, ir.Table]:
    """The tables of :func:`facts` and ``history``, each computed once and held by the engine as ``<prefix>_<name>``."""
    kept = {name: engine.keep(f"{prefix}_{name}", rows) for name, rows in facts(engine, account, as_of).items()}
    past = history(engine, {**kept, "account": account}, as_of)
    return kept | {"history": engine.keep(f"{prefix}_history", past)}


def some_facts(
    engine: Engine, account: ir.Table, as_of: date, prefix: str, names: Collection[str]
) -> dict[str, ir.Table]:
    """Those of the tables of :func:`facts` that are named, held like :func:`kept_facts` does; no other is computed."""
    made = {name: make(engine, account, as_of) for name, make in FACT_TABLES.items() if name in names}
    return {name: engine.keep(f"{prefix}_{name}", rows) for name, rows in made.items()}


def facts(engine: Engine, account: ir.Table, as_of: date) -> dict[str, ir.Table]:
    """``sale, sale_line, act, visit, feedback_fact`` of everything that happened up to and including ``as_of``.

    ``account`` is the account table of :func:`huaxiang.prepare.unify.unify` (``account_key, customer_id``).
    """
    acts = act(engine, account, as_of)
    return {
        "sale": sale(engine, account, as_of),
        "sale_line": sale_line(engine, account, as_of),
        "act": acts,
        "visit": visit(acts),
        "feedback_fact": feedback_fact(engine, account, as_of),
    }
