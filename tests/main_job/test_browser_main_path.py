"""The whole main path in a real browser, in one sitting: from a GBK export to portrait, crowd, file and edition."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from tests.server.imports.test_browser_import import PATIENCE, page

__all__ = ["page"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: (order, phone, name, day, paid, status, branch): buyer n has n % 4 + 1 orders, every fifth cancelled the last.
ORDERS = [
    (
        f"D{buyer:02d}{place}",
        f"139{buyer:08d}",
        f"李{buyer}",
        f"2024-05-{buyer % 28 + 1:02d}",
        10 * (place + 1),
        status,
        "静安",
    )
    for buyer in range(30)
    for place in range(buyer % 4 + 1)
    for status in ["已取消" if buyer % 5 == 0 and place == buyer % 4 else "已完成"]
]
BUYERS = {
    phone: [Decimal(paid) for _, own, _, _, paid, status, _ in ORDERS if own == phone and status == "已完成"]
    for _, phone, *_ in ORDERS
}


def written(folder: Path) -> Path:
    """The export of the shop: no heading says that 录入 is the time of the order, nor what 网点 is."""
    head = "订单编号,手机号,收货人,录入,实付金额,订单状态,网点"
    lines = [head, *(",".join(map(str, order)) for order in ORDERS)]
    path = folder / "五月订单.csv"
    path.write_bytes("\n".join(lines).encode("gbk"))
    return path


def test_from_a_gbk_file_to_an_edition(page: Page, tmp_path: Path) -> None:
    import_and_refresh(page, written(tmp_path))
    open_the_best_customer(page)
    returning = sum(len(paid) >= 3 for paid in BUYERS.values())
    make_the_crowd(page, returning)
    rows = exported(page, tmp_path / "taken.xlsx")
    assert len(rows) - 1 == returning
    assert not any(str(cell).startswith("139") and str(cell).isdigit() for row in rows for cell in row)
    read_the_edition(page)


def import_and_refresh(page: Page, path: Path) -> None:
    page.goto("/imports/new/")
    page.set_input_files("#files", [path])
    page.click("[data-send]")
    sheet = page.locator("#sheet-0")
    expect(sheet).to_contain_text("用到 7 列中的 6 列")
    page.select_option("#field-0-6", "store_name")
    expect(sheet).to_contain_text("用到 7 列中的 7 列")
    page.get_by_role("button", name="先试算").click()
    expect(page.locator("#check")).to_contain_text(f"读到 {len(ORDERS)} 行，会收下 {len(ORDERS)} 行", timeout=PATIENCE)
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.locator(".job")).to_contain_text(f"新收下 {len(ORDERS)} 行", timeout=PATIENCE)
    page.get_by_role("link", name="去更新画像").click()
    page.fill("#as_of", "2024-06-30")
    page.get_by_role("button", name="开始更新").click()
    expect(page.locator(".job")).to_contain_text(f"{len(BUYERS)} 位客户，截至 2024年6月30日", timeout=PATIENCE)


def open_the_best_customer(page: Page) -> None:
    phone, paid = max(BUYERS.items(), key=lambda one: sum(one[1]))
    page.goto("/customers/")
    page.fill("input[name=q]", phone)
    page.press("input[name=q]", "Enter")
    page.locator("a[href^='/customers/c']:not([href$='/counter/'])").first.click()
    expect(page.locator(".lede")).to_contain_text(f"近一年买了 {len(paid)} 单、净消费 ¥{sum(paid):,}")
    assert phone not in page.content()


def make_the_crowd(page: Page, expected: int) -> None:
    page.goto("/crowds/new/")
    page.select_option("[name=tag-1]", "orders_total")
    page.wait_for_selector("[name=op-1]")
    page.select_option("[name=op-1]", ">=")
    page.fill("[name=value-1]", "3")
    page.locator("#sentence", has_text="累计订单数不小于3").wait_for()
    expect(page.locator("#count")).to_have_text(str(expected))
    page.fill("#id-zh", "买过三次的人")
    page.click("button[value=save]")
    expect(page.locator(".lede")).to_contain_text(f"“买过三次的人”有 {expected} 位客户")


def exported(page: Page, path: Path) -> list[tuple[object, ...]]:
    page.locator("form[action$='/export/'] button").click()
    with page.expect_download() as download:
        page.locator("a[href^='/crowds/files/']").click()
    download.value.save_as(path)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


def read_the_edition(page: Page) -> None:
    page.goto("/editions/")
    page.get_by_role("button", name="发布新一版").click()
    expect(page.locator(".job")).to_contain_text("第 1 版已发布", timeout=PATIENCE)
    page.get_by_role("link", name="查看画像管理文档").click()
    page.get_by_role("link", name="打开阅读").click()
    text = page.inner_text("body")
    revenue = sum((sum(paid, Decimal(0)) for paid in BUYERS.values()), Decimal(0))
    assert re.search(rf"{len(BUYERS)}\s*位", text)
    assert f"¥{revenue:,}" in text
