"""Health, headline, months and shares against sums made in Python, on both engines."""

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

import ibis
import pyarrow as pa
import pytest
from tests.analyse import made

from huaxiang.analyse.headline import headline, recent
from huaxiang.analyse.health import health, run_difference
from huaxiang.analyse.revenue_months import revenue_by_month
from huaxiang.analyse.tag_shares import shares
from huaxiang.engine.interface import Engine
from huaxiang.model.operations import IMPORT, QUARANTINE, RUN

Row = dict[str, Any]


def operations(engine: Engine, name: str, schema: dict[str, str], rows: list[Row]) -> Any:
    """Rows of a table that says what was done."""
    return engine.bring(f"made_{name}", pa.Table.from_pylist(rows, schema=ibis.schema(schema).to_pyarrow()))


def test_health_counts_what_came_in_what_waits_and_what_is_nobodys(engine: Engine) -> None:
    sales = made.chance_sales(5, 10, 200)
    noon = datetime(2026, 6, 30, 12)
    imports = [
        {"import_id": f"i{n}", "rows_read": 10 * n, "rows_repaired": n, "known_at": noon + timedelta(hours=n)}
        for n in (1, 2, 3)
    ]
    waiting = [
        {"import_id": "i1", "source_row": n, "status": status}
        for n, status in enumerate(["waiting", "waiting", "mended"])
    ]
    holds = [{"reason": reason} for reason in ("placeholder", "other_name", "placeholder")]
    tables = made.bring(engine, {"sale": sales})
    tables["import"] = operations(engine, "import", IMPORT, imports)
    tables["quarantine"] = operations(engine, "quarantine", QUARANTINE, waiting)
    tables["identity_hold"] = engine.bring("made_holds", pa.Table.from_pylist(holds))
    found = health(engine, tables)
    counted = [sale for sale in sales if sale["is_counted"] and not sale["is_return"]]
    guests = [sale for sale in counted if sale["customer_id"] is None]
    assert (found.imports, found.rows_read, found.rows_repaired, found.rows_waiting) == (3, 60, 6, 2)
    assert found.imported_at == noon + timedelta(hours=3)
    assert found.last_event_at is None
    assert found.holds == {"other_name": 1, "placeholder": 2}
    assert (found.orders, found.guest_orders) == (len(counted), len(guests))
    assert found.guest_order_share == pytest.approx(len(guests) / len(counted))
    revenue = sum(sale["net_revenue"] for sale in counted if added(sale))
    of_guests = sum(sale["net_revenue"] for sale in guests if added(sale))
    assert found.guest_revenue_share == pytest.approx(float(of_guests / revenue))
    others = [sale for sale in counted if sale["is_other_currency"]]
    assert (found.main_currency, found.other_currencies) == ("CNY", {"USD": len(others)})


def test_before_a_refresh_there_are_no_shares(duck: Engine) -> None:
    found = health(duck, {name: duck.table(name) for name in ("import", "quarantine")})
    assert (found.imports, found.rows_read, found.orders) == (0, 0, 0)
    assert (found.guest_order_share, found.guest_revenue_share, found.imported_at) == (None, None, None)


def test_a_refresh_is_compared_with_the_one_before(duck: Engine) -> None:
    runs = [
        {
            "run_id": f"run-0000{n}",
            "as_of": date(2026, 6, n),
            "customer_count": n * n,
            "import_count": n,
            "definitions": d,
        }
        for n, d in ((1, "x"), (2, "x"), (3, "y"))
    ]
    assert run_difference(duck, operations(duck, "run", RUN, runs[:1])) is None
    last = run_difference(duck, operations(duck, "run", RUN, runs))
    assert last is not None
    assert (last.as_of_before.day, last.as_of.day) == (2, 3)
    assert (last.customers, last.imports, last.definitions_changed) == (5, 1, True)


def added(sale: Row) -> bool:
    """Whether the amounts of an order may be added to others."""
    return bool(sale["is_counted"] and not sale["is_other_currency"])


def profile_of(sales: list[Row]) -> list[Row]:
    """What each customer spent and when they first bought, for everybody who is named."""
    start = made.AS_OF - timedelta(days=364)
    rows = []
    for customer in sorted({sale["customer_id"] for sale in sales if sale["customer_id"]}):
        own = [sale for sale in sales if sale["customer_id"] == customer and sale["ordered_at"]]
        year = [sale for sale in own if start <= sale["ordered_at"].date() <= made.AS_OF]
        bought = [sale["ordered_at"].date() for sale in own if sale["is_purchase"]]
        rows.append(
            {
                "customer_id": customer,
                "net_revenue_365d": sum((sale["net_revenue"] for sale in year), Decimal(0)),
                "orders_365d": sum(sale["is_purchase"] for sale in year),
                "first_order_on": min(bought, default=None),
            }
        )
    return rows


PROFILE = pa.schema(
    [
        ("customer_id", pa.string()), ("net_revenue_365d", made.MONEY), ("orders_365d", pa.int64()),
        ("first_order_on", pa.date32()),
    ]
)  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_headline_and_recent_days(seed: int, engine: Engine) -> None:
    sales = made.chance_sales(seed, 23, 300)
    rows = profile_of(sales)
    profile = engine.bring("head_profile", pa.Table.from_pylist(rows, schema=PROFILE))
    found = headline(engine, profile)
    buyers = sorted(
        (row for row in rows if row["orders_365d"]), key=lambda row: (-row["net_revenue_365d"], row["customer_id"])
    )
    top = buyers[: ceil(len(buyers) * 0.2)]
    revenue = sum(row["net_revenue_365d"] for row in buyers)
    assert (found.customers, found.buyers_365d, found.top_customers) == (len(rows), len(buyers), len(top))
    assert found.net_revenue_365d == revenue
    assert found.top_share == pytest.approx(float(sum(row["net_revenue_365d"] for row in top) / revenue))
    now = recent(engine, made.bring(engine, {"sale": sales})["sale"], profile, made.AS_OF)

    def spent(first: int, last: int) -> list[Row]:
        days = range(first, last + 1)
        return [sale for sale in sales if sale["ordered_at"] and (made.AS_OF - sale["ordered_at"].date()).days in days]

    for part, revenue_told, orders_told in (
        (spent(0, 29), now.net_revenue, now.orders),
        (spent(30, 59), now.net_revenue_before, now.orders_before),
    ):
        assert revenue_told == sum((sale["net_revenue"] for sale in part if added(sale)), Decimal(0))
        assert orders_told == sum(sale["is_purchase"] for sale in part)
    ages = [(made.AS_OF - row["first_order_on"]).days for row in rows if row["first_order_on"]]
    assert now.first_buyers == sum(0 <= age < 30 for age in ages)
    assert now.first_buyers_before == sum(30 <= age < 60 for age in ages)


def test_nobody_has_no_share(duck: Engine) -> None:
    found = headline(duck, duck.bring("no_profile", PROFILE.empty_table()))
    assert (found.customers, found.buyers_365d, found.top_customers) == (0, 0, 0)
    assert found.net_revenue_365d == 0
    assert found.top_share is None


def test_months_hold_every_counted_amount_once(engine: Engine) -> None:
    sales = made.chance_sales(7, 20, 300)
    rows = revenue_by_month(engine, made.bring(engine, {"sale": sales})["sale"], made.AS_OF, 30)
    past = [
        sale for sale in sales if sale["ordered_at"] and sale["ordered_at"].date() <= made.AS_OF and sale["is_counted"]
    ]
    for row in rows:
        own = [
            sale
            for sale in past
            if (sale["ordered_at"].year, sale["ordered_at"].month) == (row["month"].year, row["month"].month)
        ]
        known = [sale for sale in own if added(sale) and sale["customer_id"]]
        guests = [sale for sale in own if added(sale) and not sale["customer_id"]]
        assert row["known"] == sum((sale["net_revenue"] for sale in known), Decimal(0))
        assert row["guests"] == sum((sale["net_revenue"] for sale in guests), Decimal(0))
        assert row["orders"] == sum(sale["is_purchase"] for sale in own)
    assert sum(row["known"] + row["guests"] for row in rows) == sum(sale["net_revenue"] for sale in past if added(sale))
    assert rows[-1]["month"] == date(2026, 6, 1)


def test_shares_count_everybody_once_for_each_tag(engine: Engine) -> None:
    rows = [{"a": value, "b": place % 2 == 0} for place, value in enumerate(["x", "x", None, "y", "x", None])]
    table = engine.bring("share_rows", pa.Table.from_pylist(rows))
    found = shares(engine, table, ["a", "b"])
    assert found["a"] == Counter(row["a"] for row in rows)
    assert found["b"] == {"true": 3, "false": 3}
