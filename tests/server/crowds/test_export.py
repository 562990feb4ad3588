"""A segment as a file: what the page says, the file holds, and the ledger knows are one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import openpyxl
import pytest
from tests.server.crowds.shop import FORMULA, member
from tests.server.crowds.test_pages import add

from huaxiang.ledger import Entry, Ledger
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
PEOPLE = [member(number) for number in range(1, 41)]


def exported(browser: Client, key: str, **form: str) -> tuple[str, bytes]:
    """Export by the form, then take the file: the page's text and the file."""
    answer = browser.post(f"/crowds/saved/{key}/export/", {"purpose": "analysis", "format": "csv", **form})
    assert answer.status_code == 200, answer.content.decode()
    link = re.search(r'href="(/crowds/files/[^"]+)"', answer.content.decode())
    assert link is not None
    file = browser.get(link[1])
    assert file.status_code == 200
    # Reading a streamed answer to its end closes it.
    return answer.content.decode(), b"".join(file.streaming_content)  # type: ignore[attr-defined]


def entry_of(shop: Workspace) -> Entry:
    """The one export that the ledger knows."""
    with Ledger.open(shop.ledger_path) as ledger:
        (entry,) = ledger.entries("export.created")
    return entry


def test_page_file_and_ledger_agree(shop: Workspace, signed_in_client: Browser) -> None:
    add(shop, "townspeople", "city = 上海市")
    browser = signed_in_client("analyst")
    expected = sum(one["city"] == "上海市" for one in PEOPLE)
    page, file = exported(browser, "townspeople")
    rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
    entry = entry_of(shop)
    assert f"文件里有 {expected} 位客户" in page
    assert len(rows) == entry.body["rows"] == expected
    assert (entry.actor, entry.body["purpose"]) == ("the-analyst", "analysis")
    assert entry.body["export_id"] in page
    assert {row["手机号"] for row in rows} == {
        f"136****{one['phone'][-4:]}" for one in PEOPLE if one["city"] == "上海市"
    }


def test_marketing_takes_only_those_who_agreed(shop: Workspace, signed_in_client: Browser) -> None:
    add(shop, "all_of_them", "everyone")
    page, file = exported(signed_in_client("analyst"), "all_of_them", purpose="marketing", format="xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(file)).active
    assert sheet is not None
    agreed = sum(one["consent"] == "是" for one in PEOPLE)
    assert sheet.max_row - 1 == agreed
    assert f"有 {40 - agreed} 位客户没有同意" in page
    assert entry_of(shop).body["without_consent"] == 40 - agreed


def test_nobody_agreed_to_personalisation_so_the_file_is_empty(shop: Workspace, signed_in_client: Browser) -> None:
    add(shop, "all_of_them", "everyone")
    page, _ = exported(signed_in_client("analyst"), "all_of_them", purpose="personalisation")
    assert "文件里有 0 位客户" in page


def test_only_an_administrator_takes_raw_values_and_formulas_stay_text(
    shop: Workspace, signed_in_client: Browser
) -> None:
    add(shop, "all_of_them", "everyone")
    refused = signed_in_client("analyst").post(
        "/crowds/saved/all_of_them/export/", {"purpose": "analysis", "format": "csv", "raw": "1"}
    )
    assert refused.status_code == 403
    _, file = exported(signed_in_client("admin"), "all_of_them", raw="1")
    rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
    phones = {row["手机号"] for row in rows}
    assert phones == {one["phone"] for one in PEOPLE}
    levels = {row["会员等级"] for row in rows}
    assert f"'{FORMULA}" in levels
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())
    assert entry_of(shop).body["raw"] is True


def test_a_store_managers_file_holds_the_stores_customers_only(shop: Workspace, signed_in_client: Browser) -> None:
    add(shop, "all_of_them", "everyone")
    _, file = exported(signed_in_client("analyst", stores=["S2"]), "all_of_them")
    rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
    inside = [one for one in PEOPLE if one["orders"] and one["store"] == "S2"]
    assert {row["手机号"] for row in rows} == {f"136****{one['phone'][-4:]}" for one in inside}


def test_a_file_is_taken_only_by_who_made_it(shop: Workspace, signed_in_client: Browser) -> None:
    add(shop, "all_of_them", "everyone")
    maker = signed_in_client("analyst")
    page, _ = exported(maker, "all_of_them")
    link = re.search(r'href="(/crowds/files/[^"]+)"', page)
    assert link is not None
    assert signed_in_client("admin").get(link[1]).status_code == 404
    assert maker.get("/crowds/files/..%2Fsecrets%2Fdjango.key/").status_code == 404


@pytest.mark.parametrize("form", [{"format": "exe"}, {"format": ""}, {"purpose": "fun"}, {"purpose": ""}])
def test_an_unknown_format_or_purpose_is_refused(
    form: dict[str, str], shop: Workspace, signed_in_client: Browser
) -> None:
    answer = signed_in_client("analyst").post(
        "/crowds/saved/first_order/export/", {"purpose": "analysis", "format": "csv", **form}
    )
    assert answer.status_code in (400, 404)
    assert list((shop.folder / "exports").iterdir()) == []
