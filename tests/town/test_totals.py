"""The truth equals what an independent reading of the raw files adds up to, order by order and to the cent."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.town.plain_reading import cents, good_rows, records, store_net, web_net

from huaxiang.town import TownReport


@pytest.fixture(params=["small_town", "town"])
def either(request: pytest.FixtureRequest) -> TownReport:
    """Each of the two towns in turn."""
    built: TownReport = request.getfixturevalue(request.param)
    return built


def test_store_tickets_add_up(either: TownReport) -> None:
    net = store_net(either.folder / "raw")
    assert net == _truth(either, "store")
    assert sum(net.values()) == either.totals["net_revenue_cents_by_source"]["store"]
    assert len(net) == either.totals["counted_orders_by_source"]["store"]


def test_web_orders_add_up(either: TownReport) -> None:
    net = web_net(either.folder / "raw")
    assert net == _truth(either, "web")
    assert sum(net.values()) == either.totals["net_revenue_cents_by_source"]["web"]
    assert len(net) == either.totals["counted_orders_by_source"]["web"]


def test_lines_add_up_to_their_order(either: TownReport) -> None:
    lines: dict[str, int] = {}
    for row in good_rows(either.folder / "raw" / "商城订单明细.csv"):
        lines[row["订单编号"]] = lines.get(row["订单编号"], 0) + (cents(row["小计"]) or 0)
    lines.pop("")
    orders = _column_of_truth(either, "web", "order_no", counted=False)
    totals = {row["订单编号"]: cents(row["商品总额"]) for row in good_rows(either.folder / "raw" / "商城订单.csv")}
    tests = _column_of_truth(either, "web", "not_counted_reason", counted=False)
    real = {number for number, reason in zip(orders, tests, strict=True) if reason != "test"}
    assert lines == {number: totals[number] for number in real}


def test_every_file_has_the_rows_reported(either: TownReport) -> None:
    for name, rows in either.files.items():
        if name.endswith(".csv"):
            assert sum(1 for _ in records(either.folder / "raw" / name)) == rows + 1, name


def _truth(town: TownReport, source: str) -> dict[str, int]:
    numbers = _column_of_truth(town, source, "order_no", counted=True)
    return dict(zip(numbers, _column_of_truth(town, source, "net_cents", counted=True), strict=True))


def _column_of_truth(town: TownReport, source: str, column: str, *, counted: bool) -> list[Any]:
    table = pq.read_table(town.folder / "truth" / "orders.parquet")
    keep = pc.equal(table["source"], source)
    kept: list[Any] = table.filter(pc.and_(keep, table["counted"]) if counted else keep)[column].to_pylist()
    return kept
