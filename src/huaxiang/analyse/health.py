"""How healthy the data are: what came in, what waits, what could not be joined, and what belongs to nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.facts import is_other_currency
from huaxiang.engine.interface import Engine, only


@dataclass(frozen=True)
class Health:
    """``holds`` has, by reason, how many values joined nobody. Shares are 0 to 1, None without a base.

    ``guest_order_share`` and ``guest_revenue_share`` are of orders that count, the latter of those in the main
    currency. ``main_currency`` is that of most orders, None where no order names one; ``other_currencies`` has how many
    orders each of the others has, whose amounts are added to no sum. ``imported_at`` and ``last_event_at`` are naive,
    in the workspace's time zone; ``last_event_at`` is the latest time in any imported file.
    """

    imports: int
    rows_read: int
    rows_repaired: int
    rows_waiting: int
    imported_at: datetime | None
    last_event_at: datetime | None
    holds: Mapping[str, int]
    orders: int
    guest_orders: int
    guest_order_share: float | None
    guest_revenue_share: float | None
    main_currency: str | None
    other_currencies: Mapping[str, int]


@dataclass(frozen=True)
class RunDifference:
    """One refresh beside the one before: customers and imports more or less, and whether definitions changed."""

    as_of: date
    as_of_before: date
    customers: int
    imports: int
    definitions_changed: bool


def health(engine: Engine, tables: Mapping[str, ir.Table]) -> Health:
    """The health of the published tables; ``identity_hold`` and ``sale`` may be missing before the first refresh."""
    row = {**_imports(engine, tables["import"]), **_waiting(engine, tables["quarantine"])}
    sale = _sales(engine, tables["sale"]) if "sale" in tables else {}
    main, others = _currencies(engine, tables["sale"]) if "sale" in tables else (None, {})
    orders, guests = int(sale.get("orders") or 0), int(sale.get("guests") or 0)
    return Health(
        imports=int(row["imports"]),
        rows_read=int(row["rows_read"] or 0),
        rows_repaired=int(row["rows_repaired"] or 0),
        rows_waiting=int(row["waiting"]),
        imported_at=row["imported_at"],
        last_event_at=row["last_event_at"],
        holds=_holds(engine, tables["identity_hold"]) if "identity_hold" in tables else {},
        orders=orders,
        guest_orders=guests,
        guest_order_share=guests / orders if orders else None,
        guest_revenue_share=_share(sale.get("guest_revenue"), sale.get("revenue")),
        main_currency=main,
        other_currencies=others,
    )


def run_difference(engine: Engine, run: ir.Table) -> RunDifference | None:
    """What the latest refresh changed against the one before; None while there are fewer than two."""
    rows: list[dict[str, Any]] = only(engine.arrow(run.order_by(run.run_id.desc()).limit(2)))
    if len(rows) < 2:
        return None
    new, old = rows
    return RunDifference(
        as_of=new["as_of"],
        as_of_before=old["as_of"],
        customers=new["customer_count"] - old["customer_count"],
        imports=new["import_count"] - old["import_count"],
        definitions_changed=new["definitions"] != old["definitions"],
    )


def _imports(engine: Engine, rows: ir.Table) -> dict[str, Any]:
    found = rows.aggregate(
        imports=rows.count(),
        rows_read=rows.rows_read.sum(),
        rows_repaired=rows.rows_repaired.sum(),
        imported_at=rows.known_at.max(),
        last_event_at=rows.last_occurred_at.max(),
    )
    return only(engine.arrow(found))[0]


def _waiting(engine: Engine, rows: ir.Table) -> dict[str, Any]:
    return only(engine.arrow(rows.aggregate(waiting=rows.count(where=rows.status == "waiting"))))[0]


def _sales(engine: Engine, sale: ir.Table) -> dict[str, Any]:
    counts = sale.is_counted & ~sale.is_return
    guest = counts & sale.customer_id.isnull()
    found = sale.aggregate(
        orders=sale.count(where=counts),
        guests=sale.count(where=guest),
        revenue=sale.net_revenue.sum(where=counts & ~is_other_currency(sale)),
        guest_revenue=sale.net_revenue.sum(where=guest & ~is_other_currency(sale)),
    )
    return only(engine.arrow(found))[0]


def _currencies(engine: Engine, sale: ir.Table) -> tuple[str | None, dict[str, int]]:
    counts = sale.filter(sale.is_counted, ~sale.is_return, sale.currency.notnull())
    found = counts.group_by(counts.currency, is_other=is_other_currency(counts)).aggregate(n=counts.count())
    rows: list[dict[str, Any]] = only(engine.arrow(found.order_by(found.n.desc(), found.currency)))
    main = next((str(row["currency"]) for row in rows if not row["is_other"]), None)
    return main, {str(row["currency"]): int(row["n"]) for row in rows if row["is_other"]}


def _holds(engine: Engine, hold: ir.Table) -> dict[str, int]:
    rows: list[dict[str, Any]] = only(
        engine.arrow(hold.group_by("reason").aggregate(n=hold.count()).order_by("reason"))
    )
    return {str(row["reason"]): int(row["n"]) for row in rows}


def _share(part: Decimal | None, whole: Decimal | None) -> float | None:
    return float((part or 0) / whole) if whole is not None and whole > 0 else None
