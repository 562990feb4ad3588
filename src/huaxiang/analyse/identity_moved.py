"""The facts of customers who gain or lose accounts, as they would be afterwards."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.identity_records import Tables
from huaxiang.analyse.lone_links import TABLE
from huaxiang.engine.interface import Engine, only
from huaxiang.prepare.lookup import with_found_source
from huaxiang.prepare.unify import Unified
from huaxiang.prepare.visits import visit

#: By account key the customer before and after.
Moved = dict[str, tuple[str, str]]
#: Fact tables that name the account of their rows.
_WITH_ACCOUNT = ("sale", "act", "feedback_fact")


def touched(engine: Engine, tables: Tables, found: Unified) -> Moved:
    """The accounts of every customer that gains or loses one, or of whom one is confirmed or no longer is."""
    old = tables["account"].select("account_key", old_id="customer_id")
    new = found.account.select("account_key", new_id="customer_id")
    both = engine.keep("preview_accounts", old.inner_join(new, "account_key"))
    changed = both.filter((both.old_id != both.new_id) | both.account_key.isin(_settled(tables, found).account_key))
    ids = changed.select(customer_id="old_id").union(changed.select(customer_id="new_id")).distinct()
    rows = both.filter(both.old_id.isin(ids.customer_id) | both.new_id.isin(ids.customer_id))
    return {str(row["account_key"]): (str(row["old_id"]), str(row["new_id"])) for row in only(engine.arrow(rows))}


def _settled(tables: Tables, found: Unified) -> ir.Table:
    """The accounts that are doubted in one of the two alone."""
    now = found.identity_unconfirmed.select("account_key").distinct()
    if TABLE not in tables:
        return now.limit(0)
    before = tables[TABLE].select("account_key").distinct()
    return before.anti_join(now, "account_key").union(now.anti_join(before, "account_key"))


def facts_after(engine: Engine, tables: Tables, found: Unified, moved: Moved) -> dict[str, ir.Table]:
    """The published facts with the customers of afterwards; rows of everybody else stay, and belong to nobody."""
    owner = engine.bring("preview_owners", _owners(moved))
    facts = {
        name: engine.keep(f"preview_{name}", _owned(tables[name], owner)) for name in _WITH_ACCOUNT if name in tables
    }
    if "sale" in facts:
        facts["sale_line"] = engine.keep("preview_sale_line", _owned_lines(tables["sale_line"], facts["sale"]))
    if "act" in facts:
        facts["visit"] = engine.keep("preview_visit", _visits(tables["visit"], facts["act"], moved))
    ids = owner.select("owner_id").distinct()
    account, customer = (
        engine.keep(f"preview_{name}", rows.semi_join(ids, [("customer_id", "owner_id")]))
        for name, rows in (("account", found.account), ("customer", found.customer))
    )
    return {**facts, "account": account, "customer": customer, TABLE: found.identity_unconfirmed}


def _owners(moved: Moved) -> pa.Table:
    ids = pa.array((new for _, new in moved.values()), pa.string())
    return pa.table({"owner_key": pa.array(moved, pa.string()), "owner_id": ids})


def _owned(rows: ir.Table, owner: ir.Table) -> ir.Table:
    joined = rows.left_join(owner, rows.account_key == owner.owner_key)
    return joined.mutate(customer_id=joined.owner_id).select(*rows.columns)


def _owned_lines(lines: ir.Table, sale: ir.Table) -> ir.Table:
    head = sale.select(of_source="source", of_order="order_no", owner_id="customer_id")
    placed = with_found_source(lines, sale, "order_no")
    joined = placed.left_join(head, [placed.found_source == head.of_source, placed.order_no == head.of_order])
    return joined.mutate(customer_id=joined.owner_id).select(*lines.columns)


def _visits(visits: ir.Table, acts: ir.Table, moved: Moved) -> ir.Table:
    mine = visit(acts)
    others = visits.filter(~visits.customer_id.isin(sorted({old for old, _ in moved.values()} or {""})))
    nobody = others.mutate(customer_id=ibis.null("string")).select(*mine.columns)
    return mine.union(nobody.cast(dict(mine.schema().items())))
