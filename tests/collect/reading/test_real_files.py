"""Every row of the real files is found again, as many as were counted from the files by other means."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from huaxiang.collect.reading import Reading, open_file

Rows = Callable[[Reading], list[tuple[int, list[str]]]]

TOTALS = {
    "cn_orders/meal_order_info.csv": 945,
    "cn_orders/meal_order_detail.csv": 10_037,
    "cn_orders/sam_tianchi_mum_baby.csv": 953,
    "cn_orders/sam_tianchi_mum_baby_trade_history.csv": 29_971,
    "cn_orders/tmall_order_report.csv": 28_010,
    "cn_reviews/ChnSentiCorp_htl_all_flagged.csv": 7_766,
    "cn_reviews/waimai_10k.csv": 11_987,
    "events/UserBehavior.csv": 4_321,
    "events/ecom.csv.gz": 31_106,
    "febrl/dataset1.csv": 1_000,
    "febrl/dataset2.csv": 5_000,
    "febrl/dataset3.csv": 5_000,
    "febrl/dataset4a.csv": 5_000,
    "febrl/dataset4b.csv": 5_000,
    "groceries/groceries.csv": 9_835,
    "marketing_campaign/marketing_campaign.csv": 2_240,
    "olist/olist_customers_dataset.csv": 8_135,
    "olist/olist_orders_dataset.csv": 8_135,
    "olist/olist_order_items_dataset.csv": 8_365,
    "olist/olist_order_reviews_dataset.csv": 8_225,
    "olist_funnel/olist_marketing_qualified_leads_dataset.csv": 8_000,
    "olist_funnel/olist_marketing_closed_deals_dataset.csv": 842,
    "online_retail/online_retail.parquet": 541_909,
    "starbucks/Starbucks satisfactory survey.csv": 122,
    "starbucks/profile.json": 17_000,
    "starbucks/portfolio.json": 10,
}


@pytest.mark.parametrize("name", TOTALS)
def test_every_row_is_found(name: str, shared_data: Path) -> None:
    [reading] = open_file(shared_data / name)
    kept = sum(batch.num_rows for batch in reading.batches())
    assert (kept, len(reading.rejected), reading.blank_rows, reading.rows_read) == (TOTALS[name], 0, 0, TOTALS[name])
    assert reading.has_header == (name != "events/UserBehavior.csv")


def column(reading: Reading, rows: Rows, name: str) -> list[str]:
    place = reading.header.index(name)
    return [cells[place] for _, cells in rows(reading)]


def test_the_gbk_file_says_so_and_reads_right(shared_data: Path, rows: Rows) -> None:
    [reading] = open_file(shared_data / "cn_orders" / "meal_order_info.csv")
    assert reading.encoding == "GB18030"
    assert all("一" <= char <= "龥" for name in column(reading, rows, "name")[:50] for char in name)


def test_the_tmall_sum_is_reproduced(shared_data: Path, rows: Rows) -> None:
    [reading] = open_file(shared_data / "cn_orders" / "tmall_order_report.csv")
    assert sum(map(Decimal, column(reading, rows, "买家实际支付金额"))) == Decimal("1902487.15")


def test_the_three_sheets_of_the_supermarket(shared_data: Path, rows: Rows) -> None:
    orders, returns, people = open_file(shared_data / "cn_orders" / "示例 - 超市.xls")
    assert [reading.sheet for reading in (orders, returns, people)] == ["订单", "退货", "销售人员"]
    assert [len(rows(reading)) for reading in (orders, returns, people)] == [10_000, 296, 6]
    assert len(set(column(orders, rows, "客户 ID"))) == 790
    assert len(set(column(orders, rows, "城市"))) == 583
    assert rows(orders)[0][0] == 2


def test_the_parquet_sums_are_reproduced(shared_data: Path) -> None:
    [reading] = open_file(shared_data / "online_retail" / "online_retail.parquet")
    quantity, amount, customers = 0, Decimal(0), set()
    for batch in reading.batches():
        pairs = zip(batch["Quantity"].to_pylist(), batch["UnitPrice"].to_pylist(), strict=True)
        for pieces, price in pairs:
            quantity += int(pieces)
            amount += int(pieces) * Decimal(price)
        customers.update(batch["CustomerID"].to_pylist())
    assert quantity == 5_176_450
    assert round(amount, 2) == Decimal("9747747.93")
    assert len(customers - {""}) == 4_372


def test_the_basket_items_are_all_there(shared_data: Path, rows: Rows) -> None:
    [reading] = open_file(shared_data / "groceries" / "groceries.csv")
    baskets = [cells[1:] for _, cells in rows(reading)]
    items = [item for basket in baskets for item in basket if item]
    assert len(items) == 43_367
    assert sum("whole milk" in basket for basket in baskets) == 2_513


def test_all_crm_tables_read_without_a_rejected_row(shared_data: Path) -> None:
    files = sorted((shared_data / "crm_seeds").rglob("*.csv"))
    assert len(files) == 78
    for path in files:
        [reading] = open_file(path)
        kept = sum(batch.num_rows for batch in reading.batches())
        assert kept >= 1, path.name
        assert (reading.rejected, reading.rows_read) == ([], kept), path.name
