"""Joins by one value alone that nobody has settled since the last refresh."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.identity_records import Tables
from huaxiang.analyse.lone_links import PART, TABLE, grouped
from huaxiang.engine.interface import Engine
from huaxiang.prepare.unify.decisions import Decisions, Sides
from huaxiang.prepare.unify.rulings import Ruling


def waiting(engine: Engine, tables: Tables, decided: Decisions) -> ir.Table:
    """One row per part that nobody has settled: ``customer_id``, what makes it a part, ``rest_is_named`` and
    ``account_count``."""
    rows = tables[TABLE]
    parts = rows.group_by("customer_id", *PART, "rest_is_named").agg(account_count=rows.count())
    if not decided.standing:
        return parts
    settled = _settled(engine, tables, decided)
    columns = {name: pa.array([part[place] for part in settled], pa.string()) for place, name in enumerate(PART)}
    return parts.anti_join(engine.bring("lone_settled", pa.table(columns)), PART)


def judged(engine: Engine, tables: Tables, sides: Sides) -> str:
    """The type of the value that is all that joins the two sides of a decision; empty where more does, or nothing."""
    if TABLE not in tables:
        return ""
    rows = tables[TABLE]
    mine = grouped(engine, rows.filter(rows.account_key.isin([*sides.left, *sides.right])), *PART)
    parts = {part: {row["account_key"] for row in of_it} for part, of_it in mine.items()}
    return next((part[1] for part, keys in sorted(parts.items()) if keys in ({*sides.left}, {*sides.right})), "")


def _settled(engine: Engine, tables: Tables, decided: Decisions) -> list[tuple[str, ...]]:
    """The parts of which a standing decision says whether they and an account of the rest are one person."""
    of = tables["account"].semi_join(tables[TABLE], "customer_id").select("account_key", "customer_id")
    customer = dict(zip(*engine.arrow(of).to_pydict().values(), strict=True))
    rulings = decided.rulings(sorted(customer))
    spoken = {key for ruling in rulings for key in (*ruling.left, *ruling.right)}
    parts = grouped(engine, tables[TABLE], *PART)
    mine = {part: {row["account_key"] for row in rows} for part, rows in parts.items()}
    return sorted(
        part
        for part, accounts in mine.items()
        if not accounts.isdisjoint(spoken)
        and any(_settles(ruling, accounts, parts[part][0]["customer_id"], customer) for ruling in rulings)
    )


def _settles(ruling: Ruling, part: set[str], customer_id: str, customer: Mapping[str, str]) -> bool:
    sides = [set(ruling.left), set(ruling.right)]
    sides = [sides[0] | sides[1]] * 2 if ruling.kind == "merge" else sides
    mine = [{key for key in side if customer.get(key) == customer_id} for side in sides]
    return any(one & part and other - part for one, other in (mine, mine[::-1]))
