"""What the town really is comes out of its raw files: revenue to the cent, every planted fault, who is who."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from tests.main_job.conftest import Job

from huaxiang.model.mapping import Mapping

pytestmark = pytest.mark.slow

SOURCES = {"store": "门店销售", "web": "商城订单"}
NAMESPACES = {"会员资料": "member_no", "商城账号": "shop_account", "openid": "openid", "device": "device_id"}
#: The reasons for which each kind of planted dirt may wait.
WAITS_FOR = {
    "impossible_date": {"time_impossible"},
    "unparsable_amount": {"amount_unreadable"},
    "missing_key": {"required_missing"},
    "too_few_fields": {"reading.too_few_fields"},
    "too_many_fields": {"reading.too_many_fields"},
    "subtotal_row": {"subtotal_row"},
}
Dirt = dict[str, Any]


def dirt(job: Job, *handlings: str) -> list[Dirt]:
    """The planted faults of cells and rows that are handled so."""
    return [
        one for one in job.truth("dirty_rows") if one["handling"] in handlings and one["reason"] != "header_whitespace"
    ]


@pytest.fixture(scope="module")
def mappings(job: Job) -> dict[str, Mapping]:
    """How each file was read."""
    return {row["file_name"]: Mapping.model_validate(json.loads(row["mapping"])) for row in job.rows("import")}


@pytest.fixture(scope="module")
def main_rows(job: Job) -> dict[tuple[str, int], dict[str, Any]]:
    """Every row of a main table by file and row number."""
    names = {report.import_id: name for name, report in job.reports.items()}
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for table in {report.table for report in job.reports.values()}:
        for row in job.rows(table):
            if job.reports[names[row["import_id"]]].table == table:
                found[names[row["import_id"]], row["source_row"]] = row
    return found


def field_of(mapping: Mapping, header: str) -> str:
    """The field that a header was taken for."""
    [field] = [name for name, match in mapping.columns.items() if match.header == header]
    return field


# --- revenue


def test_every_order_nets_to_the_cent(job: Job) -> None:
    truth = {
        (SOURCES[row["source"]], row["order_no"]): row["net_cents"]
        for row in job.truth("orders")
        if row["not_counted_reason"] != "test"
    }
    found = {(row["source"], row["order_no"]): row["net_revenue"] * 100 for row in job.rows("sale")}
    assert found == truth


def test_the_totals_are_those_of_the_summary(job: Job) -> None:
    summary = json.loads((job.town / "truth" / "summary.json").read_text(encoding="utf-8"))
    net: Counter[str] = Counter()
    for row in job.rows("sale"):
        net[row["source"]] += row["net_revenue"] * 100
    assert {name: net[source] for name, source in SOURCES.items()} == summary["net_revenue_cents_by_source"]
    assert sum(net.values()) == summary["net_revenue_cents"]


def test_orders_count_or_do_not_for_the_true_reason(job: Job) -> None:
    expected = {
        None: {"paid", "returned"},
        "unpaid": {"unpaid"},
        "cancelled": {"cancelled"},
        "closed": {"cancelled"},
        "test": {"test"},
    }
    status = {row["order_no"]: row["order_status"] for row in job.rows("orders")}
    wrong = [row for row in job.truth("orders") if status[row["order_no"]] not in expected[row["not_counted_reason"]]]
    assert not wrong
    assert {row["not_counted_reason"] for row in job.truth("orders")} == set(expected)


# --- dirt


def test_every_report_adds_up_and_counts_the_rows_of_the_file(job: Job) -> None:
    summary = json.loads((job.town / "truth" / "summary.json").read_text(encoding="utf-8"))
    assert set(job.reports) == set(summary["rows"])
    for name, report in job.reports.items():
        assert report.adds_up, name
        assert report.rows_read + report.rows_blank == summary["rows"][name], name


def test_bad_rows_wait_for_the_right_reason(job: Job) -> None:
    names = {report.import_id: name for name, report in job.reports.items()}
    waiting = {(names[row["import_id"]], row["source_row"]): row for row in job.rows("quarantine")}
    planted = {
        (one["file"], one["row_number"]): one for one in dirt(job, "quarantined") if one["reason"] != "duplicate_row"
    }
    assert set(waiting) == set(planted)
    wrong = [
        (place, one["reason"], waiting[place]["reason"])
        for place, one in planted.items()
        if waiting[place]["reason"] not in WAITS_FOR[one["reason"]]
    ]
    assert not wrong
    assert {one["reason"] for one in planted.values()} == set(WAITS_FOR)


def test_bad_rows_wait_with_their_text(job: Job) -> None:
    names = {report.import_id: name for name, report in job.reports.items()}
    waiting = {(names[row["import_id"]], row["source_row"]): row["raw_text"] for row in job.rows("quarantine")}
    for one in dirt(job, "quarantined"):
        if one["reason"] != "duplicate_row":
            assert one["written"] in waiting[one["file"], one["row_number"]]


def test_rows_exported_twice_add_nothing(job: Job, main_rows: dict[tuple[str, int], dict[str, Any]]) -> None:
    twice = [one for one in dirt(job, "quarantined") if one["reason"] == "duplicate_row"]
    assert not [one for one in twice if (one["file"], one["row_number"]) in main_rows]
    assert {
        name: report.rows_already_there for name, report in job.reports.items() if report.rows_already_there
    } == Counter(one["file"] for one in twice)


def test_blank_rows_are_no_rows(job: Job) -> None:
    assert {name: report.rows_blank for name, report in job.reports.items() if report.rows_blank} == Counter(
        one["file"] for one in dirt(job, "skipped")
    )


def plain_value(text: str) -> datetime | Decimal | str | None:
    """A clean cell of the town by the standard library: a time in one of its two forms, an amount, else the text."""
    for form in ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d"):
        if re.fullmatch(r"\d{4}[-/]\d.*", text):
            try:
                return datetime.strptime(text, form)
            except ValueError:
                continue
    return Decimal(text) if re.fullmatch(r"-?\d+\.\d+", text) else text or None


def test_repaired_cells_have_the_value_that_was_meant(
    job: Job, main_rows: dict[tuple[str, int], dict[str, Any]], mappings: dict[str, Mapping]
) -> None:
    orders = {row["order_no"]: row["account_key"] for row in job.rows("orders")}
    known: dict[tuple[str | None, str], set[str]] = defaultdict(set)
    for row in job.rows("identifier"):
        known[row["account_key"], row["identifier_type"]].add(row["identifier_value"])
    checked: Counter[str] = Counter()
    for one in dirt(job, "repaired"):
        row, mapping = main_rows[one["file"], one["row_number"]], mappings[one["file"]]
        field = field_of(mapping, one["column"])
        account = row["account_key"] if "account_key" in row else orders[row["order_no"]]
        if field in ("phone", "email"):
            values = known[account, field]
            assert one["meant"] in values if one["meant"] else one["written"] not in values, one
        elif field == "member_no":
            assert account != f"member_no:{one['written']}", one
        else:
            assert as_found(value_of(row, field)) == plain_value(one["meant"]), one
        checked[one["reason"]] += 1
    assert set(checked) == {"date_form", "amount_form", "phone_form", "missing_word"}
    assert sum(checked.values()) > 1_000


def value_of(row: dict[str, Any], field: str) -> Any:
    """What stands in a main row for a field."""
    times = ("ordered_at", "event_at", "feedback_at", "granted_at", "refunded_at")
    column = "occurred_at" if field in times else {"refund_amount": "amount"}.get(field, field)
    return row[column]


def as_found(value: Any) -> Any:
    """Dates as the midnight that begins them."""
    return value if isinstance(value, datetime | Decimal | str | None) else datetime(value.year, value.month, value.day)


def test_mended_times_and_amounts_are_listed_with_what_stood_there(job: Job, mappings: dict[str, Mapping]) -> None:
    names = {report.import_id: name for name, report in job.reports.items()}
    listed = {
        (names[row["import_id"]], row["source_row"], row["field"]): row["raw_value"] for row in job.rows("cell_issue")
    }
    for one in dirt(job, "repaired"):
        if one["reason"] in ("date_form", "phone_form") and not re.fullmatch(r"\s*1\d{10}\s*", one["written"]):
            place = (one["file"], one["row_number"], field_of(mappings[one["file"]], one["column"]))
            assert place in listed, one


def test_good_rows_with_a_bad_cell_are_kept_without_the_cell(
    job: Job, main_rows: dict[tuple[str, int], dict[str, Any]]
) -> None:
    values = {row["identifier_value"] for row in job.rows("identifier")}
    for one in dirt(job, "kept"):
        assert (one["file"], one["row_number"]) in main_rows, one
        if one["reason"] == "phone_length":
            assert one["written"] not in values, one
        if one["reason"] == "implausible_birthday":
            assert main_rows[one["file"], one["row_number"]]["birth_date"] is None, one


# --- identity


def pairs(owner: dict[str, str], among: set[str]) -> set[tuple[str, str]]:
    """Every unordered pair of keys ``among`` those given that have the same owner."""
    groups: dict[str, list[str]] = defaultdict(list)
    for key in sorted(among & set(owner)):
        groups[owner[key]].append(key)
    return {pair for group in groups.values() for pair in combinations(group, 2)}


@pytest.mark.parametrize(
    ("namespaces", "precision", "recall"),
    [(("member_no", "shop_account", "openid"), 0.995, 0.75), (tuple(NAMESPACES.values()), 0.995, 0.7)],
)
def test_accounts_meet_their_people(job: Job, namespaces: tuple[str, ...], precision: float, recall: float) -> None:
    customer = {row["account_key"]: row["customer_id"] for row in job.rows("account") if row["namespace"] in namespaces}
    person = {f"{NAMESPACES[row['source']]}:{row['account_id']}": row["person_id"] for row in job.truth("accounts")}
    joined = pairs(customer, set(person))
    true = pairs(person, set(customer))
    right = len(joined & true)
    print(f"{namespaces}: {len(true)} true pairs, precision {right / len(joined):.4f}, recall {right / len(true):.4f}")
    assert right >= precision * len(joined)
    assert right >= recall * len(true)


def test_families_with_one_phone_stay_apart(job: Job) -> None:
    customer = {row["account_key"]: row["customer_id"] for row in job.rows("account")}
    cards: dict[str, set[str]] = defaultdict(set)
    for row in job.truth("accounts"):
        key = f"{NAMESPACES[row['source']]}:{row['account_id']}"
        if key in customer:
            cards[row["person_id"]].add(customer[key])
    families: dict[str, set[str]] = defaultdict(set)
    for trap in job.truth("identity_traps"):
        if trap["kind"] == "family_shared_phone":
            families[trap["identifier"]].add(trap["person_id"])
    assert families
    for people in families.values():
        one, other = (cards[person] for person in sorted(people))
        assert not one & other


def test_the_cashiers_phone_joins_nobody(job: Job) -> None:
    staff = {trap["identifier"] for trap in job.truth("identity_traps") if trap["kind"] == "staff_phone"}
    assert staff
    assert not [row for row in job.rows("identity_link") if row["identifier_value"] in staff]
    users = {row["account_key"] for row in job.rows("identifier") if row["identifier_value"] in staff}
    flags = {row["account_key"]: row["is_staff"] for row in job.rows("account")}
    assert users
    assert all(flags[key] for key in users)


def test_placeholders_join_nobody(job: Job) -> None:
    placeholders = {one["written"] for one in dirt(job, "kept") if one["reason"] == "placeholder_phone"}
    assert placeholders
    assert not [row for row in job.rows("identity_link") if row["identifier_value"] in placeholders]
