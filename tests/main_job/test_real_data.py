"""Real exports come in as they are, and the totals that were counted from them by other means come out."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from tests.few_tags import check_nothing, keep_few
from tests.main_job.conftest import NOW, imported, published

from huaxiang.model.mapping import Mapping, Match
from huaxiang.workspace import Workspace

pytestmark = pytest.mark.slow


def summed(workspace: Workspace, table: str, **columns: Any) -> dict[str, Any]:
    """Sums and counts over a published table, computed by the engine."""
    with workspace.reading() as engine:
        rows = engine.table(table)
        found = engine.arrow(rows.aggregate(**{name: make(rows) for name, make in columns.items()})).to_pylist()
    return dict(found[0])


def without_most_tags(workspace: Workspace) -> Workspace:
    """The workspace with few tags and no checks; every one of them is computed of other real data here."""
    keep_few(workspace.folder, ("orders_total", "net_revenue_total"))
    check_nothing(workspace.folder)
    return Workspace.open(workspace.folder)


RETAIL = {
    "lines": 541_909,
    "invoices": 25_900,
    "quantity": Decimal(5_176_450),
    "amount": Decimal("9747747.934"),
}


def retail_totals(workspace: Workspace) -> dict[str, Any]:
    return summed(
        workspace,
        "order_line",
        lines=lambda rows: rows.count(),
        invoices=lambda rows: rows.order_no.nunique(),
        quantity=lambda rows: rows.quantity.sum(),
        amount=lambda rows: rows.line_amount.sum(),
    )


def test_online_retail_as_parquet(workspace: Workspace, shared_data: Path) -> None:
    [report] = imported(workspace, shared_data / "online_retail" / "online_retail.parquet")
    assert (report.form, report.rows_read, report.rows_kept, report.rows_quarantined) == (
        "order_line",
        541_909,
        541_909,
        0,
    )
    assert retail_totals(workspace) == RETAIL
    assert report.rows_without_customer == 135_080
    assert "collect.rows_without_customer" in [message.code for message in report.messages]
    orders = summed(
        workspace, "orders", customers=lambda rows: rows.account_key.nunique(), orders=lambda rows: rows.count()
    )
    assert orders == {"customers": 4_372, "orders": 25_900}
    workspace.refresh(NOW)
    sale = summed(workspace, "sale", net=lambda rows: rows.net_revenue.sum(), returns=lambda rows: rows.is_return.sum())
    assert sale["net"] == RETAIL["amount"]
    assert sale["returns"] > 3_000


def as_spreadsheets_write_it(day: datetime) -> str:
    return f"{day.month}/{day.day}/{day.year} {day.hour}:{day.minute:02d}"


def test_online_retail_as_csv_with_text_dates(workspace: Workspace, shared_data: Path, tmp_path: Path) -> None:
    table = pq.read_table(shared_data / "online_retail" / "online_retail.parquet")
    days = table["InvoiceDate"].combine_chunks().dictionary_encode()
    written = pa.array([as_spreadsheets_write_it(day) for day in days.dictionary.to_pylist()])
    place = table.schema.get_field_index("InvoiceDate")
    path = tmp_path / "Online Retail.csv"
    pyarrow.csv.write_csv(table.set_column(place, "InvoiceDate", written.take(days.indices)), path)
    [look] = workspace.look(path)
    assert look.mapping.month_first
    [report] = workspace.import_files([look], NOW)
    assert (report.rows_read, report.rows_kept, report.rows_repaired, report.rows_quarantined) == (
        541_909,
        541_909,
        0,
        0,
    )
    assert "collect.usual_form" in [message.code for message in report.messages]
    assert retail_totals(workspace) == RETAIL
    span = summed(
        workspace, "order_line", first=lambda rows: rows.occurred_at.min(), last=lambda rows: rows.occurred_at.max()
    )
    assert span == {"first": pc.min(table["InvoiceDate"]).as_py(), "last": pc.max(table["InvoiceDate"]).as_py()}


def test_tmall_orders_count_though_nobody_is_named(workspace: Workspace, shared_data: Path) -> None:
    [report] = imported(workspace, shared_data / "cn_orders" / "tmall_order_report.csv")
    assert (report.rows_read, report.rows_kept, report.rows_without_customer) == (28_010, 28_010, 28_010)
    [told] = [message for message in report.messages if message.code == "collect.no_customer_key"]
    assert Decimal(str(told.params["amount"])) == report.amount_without_customer
    workspace.refresh(NOW)
    sale = published(workspace, "sale")
    assert len(sale) == 28_010
    assert sum(row["is_counted"] for row in sale) == 24_087
    assert sum(row["net_revenue"] for row in sale) == Decimal("1902487.15")
    assert {row["customer_id"] for row in sale} == {None}
    assert len({row["address"] for row in published(workspace, "orders", "address")} - {None}) == 31


def test_meal_orders_join_their_lines_and_hold_shared_phones(workspace: Workspace, shared_data: Path) -> None:
    folder = shared_data / "cn_orders"
    detail, info = imported(workspace, folder / "meal_order_detail.csv", folder / "meal_order_info.csv")
    assert (info.form, info.rows_read, info.rows_quarantined) == ("orders", 945, 0)
    assert (detail.form, detail.rows_read, detail.rows_quarantined) == ("order_line", 10_037, 0)
    orders = {row["order_no"]: row for row in published(workspace, "orders")}
    lines = {row["order_no"] for row in published(workspace, "order_line")}
    assert len(orders) == 945
    assert len(set(orders) - lines) == 3
    assert not lines - set(orders)
    without_most_tags(workspace).refresh(NOW)
    with (folder / "meal_order_info.csv").open(encoding="gbk", newline="") as stream:
        told = {(row["phone"], row["name"]) for row in csv.DictReader(stream)}
    shared = {phone for phone, times in Counter(phone for phone, _ in told).items() if times > 1}
    assert len(shared) == 79
    held = {row["identifier_value"] for row in published(workspace, "identity_hold")}
    assert shared <= held
    assert not [row for row in published(workspace, "identity_link") if row["identifier_value"] in shared]


def test_marketing_campaign_people(workspace: Workspace, shared_data: Path) -> None:
    [report] = imported(workspace, shared_data / "marketing_campaign" / "marketing_campaign.csv")
    assert (report.form, report.rows_read, report.rows_quarantined) == ("person", 2_240, 0)
    people = published(workspace, "person_record")
    assert len({row["account_key"] for row in people}) == 2_240
    assert sum(row["income_yearly"] is None for row in people) == 24
    assert report.repairs == {"birth_year/birth_date_implausible": 3}


def test_starbucks_survey_and_members(workspace: Workspace, shared_data: Path) -> None:
    survey, members = imported(
        workspace,
        shared_data / "starbucks" / "Starbucks satisfactory survey.csv",
        shared_data / "starbucks" / "profile.json",
    )
    assert (survey.form, survey.rows_read, survey.rows_quarantined) == ("survey", 122, 0)
    assert all(row["occurred_at"] is not None for row in published(workspace, "feedback"))
    assert (members.form, members.rows_read, members.rows_quarantined) == ("person", 17_000, 0)
    assert members.repairs["age_years_stated/age_implausible"] == 2_175
    assert sum(row["age_years_stated"] is None for row in published(workspace, "person_record")) == 2_175


def test_supermarket_workbook_nets_the_orders_of_its_second_sheet(workspace: Workspace, shared_data: Path) -> None:
    path = shared_data / "cn_orders" / "示例 - 超市.xls"
    looks = workspace.look(path)
    assert [(look.sheet, look.mapping.form) for look in looks] == [("订单", "order_line"), ("退货", "return_mark")]
    left = [message.params["sheet"] for message in looks[0].messages if message.code == "collect.sheet_not_understood"]
    assert left == ["销售人员"]
    orders, returns = workspace.import_files(looks, NOW)
    assert (orders.rows_read, orders.rows_quarantined) == (10_000, 0)
    assert (returns.rows_read, returns.rows_kept, returns.rows_already_there) == (296, 296, 0)
    customers = summed(workspace, "identifier", customers=lambda rows: rows.account_key.nunique())
    assert customers == {"customers": 790}
    without_most_tags(workspace).refresh(NOW)
    given_back, kept = by_hand(path)
    net = summed(workspace, "sale", net=lambda rows: rows.net_revenue.sum(), back=lambda rows: rows.is_return.sum())
    assert net["back"] == given_back
    assert abs(float(net["net"]) - kept) < 0.01


def by_hand(path: Path) -> tuple[int, float]:
    """How many orders of the workbook came back, and what the others sold for, added up by pandas."""
    sold = pd.read_excel(path, sheet_name="订单", engine="calamine")
    back = set(pd.read_excel(path, sheet_name="退货", engine="calamine")["订单 ID"]) & set(sold["订单 ID"])
    return len(back), float(sold.loc[~sold["订单 ID"].isin(back), "销售额"].sum())


def test_purchases_without_order_numbers(workspace: Workspace, shared_data: Path) -> None:
    folder = shared_data / "cn_orders"
    reports = imported(
        workspace, folder / "sam_tianchi_mum_baby_trade_history.csv", folder / "sam_tianchi_mum_baby.csv"
    )
    assert [(one.form, one.rows_read, one.rows_quarantined, one.rows_already_there) for one in reports] == [
        ("purchase", 29_971, 0, 0),
        ("person", 953, 0, 0),
    ]
    orders = summed(workspace, "orders", accounts=lambda rows: rows.account_key.nunique())
    assert orders == {"accounts": 29_944}
    babies = {row["account_key"] for row in published(workspace, "person_record")}
    assert len(babies & {row["account_key"] for row in published(workspace, "orders", "account_key")}) == 953


def test_a_file_without_header_is_read_by_a_mapping(workspace: Workspace, shared_data: Path) -> None:
    places = ("user_id", "product_no", "category", "event_name", "event_at")
    columns = {name: Match(header=f"column_{place}") for place, name in enumerate(places, 1)}
    mapping = Mapping(form="event", source="淘宝", columns=columns)
    [report] = workspace.import_files(workspace.look(shared_data / "events" / "UserBehavior.csv", mapping=mapping), NOW)
    assert (report.rows_read, report.rows_kept, report.rows_quarantined) == (4_321, 4_321, 0)
    rows = published(workspace, "event", "account_key", "event_name", "occurred_at")
    assert len({row["account_key"] for row in rows}) == 43
    assert {row["event_name"] for row in rows} == {"view", "cart", "favourite", "pay"}
    assert min(row["occurred_at"] for row in rows).year == 2017
