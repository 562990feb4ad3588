"""The rows that wait: masked, mended, given up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from tests.server.imports.test_report_pages import keys

from huaxiang.ledger import Ledger

if TYPE_CHECKING:
    from django.test import Client

    from huaxiang.workspace import Workspace

SignIn = Callable[..., "Client"]


def waiting(shop: Workspace, import_id: str) -> list[int]:
    """The numbers of the rows that wait."""
    return [row["source_row"] for row in shop.quarantine(import_id).to_pylist()]


def test_rows_are_shown_masked_with_their_reason(shop: Workspace, signed_in_client: SignIn) -> None:
    text = signed_in_client("viewer").get("/quarantine/").content.decode()
    assert "有 3 行因为有问题没有收下" in text
    assert "订单.csv · 第 4 行" in text
    assert "日期不存在" in text
    assert "M004" not in text
    assert "/mend/" not in text
    assert "改这一行" not in text
    assert "改这一行" in signed_in_client("analyst").get("/quarantine/").content.decode()


def test_rows_are_filtered_by_import_and_reason(shop: Workspace, signed_in_client: SignIn) -> None:
    browser, orders = signed_in_client("viewer"), keys(shop)["订单.csv"]
    assert browser.get(f"/quarantine/?import={orders}").content.decode().count("<article") == 1
    assert browser.get("/quarantine/?reason=subtotal_row").content.decode().count("<article") == 1
    assert "没有等待处理的行" in browser.get("/quarantine/?import=x&reason=<b>").content.decode()


def test_an_empty_quarantine_is_good_news(empty_shop: Workspace, signed_in_client: SignIn) -> None:
    assert "这里是空的" in signed_in_client("viewer").get("/quarantine/").content.decode()


def test_whoever_sees_some_stores_only_is_told_why_not(shop: Workspace, signed_in_client: SignIn) -> None:
    key = keys(shop)["订单.csv"]
    browser = signed_in_client("analyst", stores=["S1"])
    assert browser.get("/quarantine/").status_code == 403
    assert browser.post(f"/quarantine/{key}/4/").status_code == 403


def test_a_row_is_shown_in_full_only_with_a_log_entry_before(own_shop: Workspace, signed_in_client: SignIn) -> None:
    key = keys(own_shop)["订单.csv"]
    assert signed_in_client("viewer").post(f"/quarantine/{key}/4/").status_code == 403
    text = signed_in_client("analyst", "li").post(f"/quarantine/{key}/4/").content.decode()
    assert 'value="2024-13-45 09:00:00"' in text
    assert 'value="M001"' in text
    with Ledger.open(own_shop.ledger_path) as ledger:
        shown = [(entry.actor, entry.body["customer_id"]) for entry in ledger.entries("reveal.shown")]
    assert shown == [("li", f"{key}/4")]


def test_a_mended_row_is_read_again_and_waits_no_more(
    own_shop: Workspace, signed_in_client: SignIn, at_once: list[int]
) -> None:
    key, browser = keys(own_shop)["订单.csv"], signed_in_client("analyst", "li")
    cells = {"cell-0": "D3", "cell-1": "M001", "cell-2": "2024-05-03 09:00:00", "cell-3": "20.00", "cell-4": "交易成功"}
    answer = browser.post(f"/quarantine/{key}/4/mend/", cells)
    assert answer.headers["Location"] == f"/jobs/{at_once[0]}/"
    assert "重新读了 1 行：收下 1 行，0 行仍在待处理区" in browser.get(answer.headers["Location"]).content.decode()
    assert waiting(own_shop, key) == []
    assert "读到 3 行，新收下 3 行，没有遗漏" in browser.get(f"/imports/{key}/").content.decode()
    assert browser.post(f"/quarantine/{key}/4/").status_code == 404
    with Ledger.open(own_shop.ledger_path) as ledger:
        fixed = [(entry.actor, list(entry.body["headers"])) for entry in ledger.entries("quarantine.fixed")]
    assert fixed == [("li", ["下单时间"])]


def test_a_broken_line_is_mended_cell_by_cell(
    own_shop: Workspace, signed_in_client: SignIn, at_once: list[int]
) -> None:
    key, browser = keys(own_shop)["会员.csv"], signed_in_client("analyst")
    row = waiting(own_shop, key)[0]
    assert "M004" in browser.post(f"/quarantine/{key}/{row}/").content.decode()
    browser.post(f"/quarantine/{key}/{row}/mend/", {"cell-0": "M004", "cell-1": "13712345678"})
    assert len(waiting(own_shop, key)) == 1


def test_mending_nothing_is_refused(shop: Workspace, signed_in_client: SignIn, not_spawned: None) -> None:
    from huaxiang.server.jobs.models import Job

    key = keys(shop)["订单.csv"]
    cells = {"cell-0": "D3", "cell-1": "M001", "cell-2": "2024-13-45 09:00:00", "cell-3": "20.00", "cell-4": "交易成功"}
    for unchanged in (cells, {}):
        answer = signed_in_client("analyst", f"a{len(unchanged)}").post(f"/quarantine/{key}/4/mend/", unchanged)
        assert answer.status_code == 400
    assert Job.objects.count() == 0


def test_a_row_given_up_is_gone_from_the_list_and_stands_in_the_log(
    own_shop: Workspace, signed_in_client: SignIn
) -> None:
    key, browser = keys(own_shop)["会员.csv"], signed_in_client("analyst", "li")
    row = waiting(own_shop, key)[1]
    assert browser.post(f"/quarantine/{key}/{row}/discard/", {"reason": "  "}).status_code == 400
    answer = browser.post(f"/quarantine/{key}/{row}/discard/", {"reason": "合计行，问 13812345678"})
    assert answer.headers["Location"] == f"/quarantine/?import={key}"
    text = browser.get("/quarantine/").content.decode()
    assert "有 2 行因为有问题" in text
    assert "另有 1 行已决定不要" in text
    with Ledger.open(own_shop.ledger_path) as ledger:
        entry = next(iter(ledger.entries("quarantine.discarded")))
    assert (entry.subject, entry.actor) == (f"{key}/{row}", "li")
    assert "13812345678" not in str(entry.body)
    assert row not in own_shop.quarantine(key)["source_row"].to_pylist()


@pytest.mark.parametrize("action", ["", "mend/", "discard/"])
def test_a_row_that_does_not_wait_is_explained(action: str, shop: Workspace, signed_in_client: SignIn) -> None:
    answer = signed_in_client("analyst").post(f"/quarantine/000001-x/2/{action}", {"reason": "x"})
    assert answer.status_code == 404
    assert "不在待处理区" in answer.content.decode()
