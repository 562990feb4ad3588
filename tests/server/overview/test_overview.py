"""The overview against the small shop, counted by hand; and what it says before there are data."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.server.customers.shop import NOW, ORDERS

from huaxiang.server.overview.figures import figures
from huaxiang.server.overview.story import findings
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]


def text_of(page: str) -> str:
    """What people read."""
    return re.sub(r"\s+", " ", re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL))


def test_the_answer_and_the_numbers_are_those_of_the_files(shop: Workspace, signed_in_client: Browser) -> None:
    text = text_of(signed_in_client("viewer").get("/").content.decode())
    # 600 + 80 + 60 of customers; of the three buyers the first one spent 600 of 740.
    assert "共有 4 位客户，近一年净消费 ¥740；其中花得最多的 1 位" in text
    assert "贡献了 81.1%" in text
    # June: D1003 300, D1004 80, the guest's 40; 31 May and the 29 days before: nothing but D1006 of 5 May.
    assert "近 30 天净消费 ¥420，比之前 30 天多 600%" in text
    assert "近 30 天首次购买 1 人" in text
    assert "6 张订单中有 16.7% 不知道是谁买的，占净消费的 5.1%" in text
    assert "导入 3 批，共 13 行" in text


def test_the_months_and_bars_add_up(shop: Workspace, signed_in_client: Browser) -> None:
    text = text_of(signed_in_client("viewer").get("/").content.decode())
    assert "2026-03 ¥100 ¥0 1 2026-04 ¥200 ¥0 1 2026-05 ¥60 ¥0 1 2026-06 ¥380 ¥40 3" in text
    assert re.search(r"生命周期 基于 4 位客户 未购买 1 25% 新客 1 25% 活跃 2 50%", text)
    assert re.search(r"满意状态 基于 4 位客户 不满意 1 25% 满意 1 25% 未知 2 50%", text)


def test_who_sees_some_stores_sees_their_customers_only(shop: Workspace, signed_in_client: Browser) -> None:
    text = text_of(signed_in_client("viewer", stores=["S2"]).get("/").content.decode())
    assert "共有 2 位客户，近一年净消费 ¥680" in text
    assert "2026-06 ¥380 ¥0 2" in text


def test_no_store_at_all_is_nobody_and_no_error(shop: Workspace, signed_in_client: Browser) -> None:
    text = text_of(signed_in_client("viewer", stores=[]).get("/").content.decode())
    assert "共有 0 位客户" in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_word_of_the_other_language(lang: str, shop: Workspace, signed_in_client: Browser) -> None:
    text = text_of(signed_in_client("viewer", language=lang).get("/").content.decode())
    words = set(re.findall(r"[A-Za-z]{2,}", text)) if lang == "zh" else set(re.findall(r"[\u4e00-\u9fff]+", text))
    assert words <= ({"RFM", "CNY", "English", "the", "viewer"} if lang == "zh" else {"中文", "小店"})


def test_before_the_first_import_and_the_first_refresh(
    tmp_path: Path, workspace: Path, signed_in_client: Browser
) -> None:
    from django.test import override_settings

    empty = Workspace.init(tmp_path / "ws", threads=1)
    with override_settings(HUAXIANG_WORKSPACE=empty.folder):
        browser = signed_in_client("admin")
        assert "从导入一份文件开始" in browser.get("/").content.decode()
        (tmp_path / "订单.csv").write_text(ORDERS, encoding="utf-8")
        empty.import_files(empty.look(tmp_path / "订单.csv"), NOW)
        assert "数据已经导入，还差一步" in browser.get("/").content.decode()


def test_currencies_that_are_not_added_up_are_told(shop: Workspace) -> None:
    with shop.reading() as engine:
        found = figures(engine, None)
    mixed = replace(found, health=replace(found.health, main_currency="USD", other_currencies={"EUR": 3, "CNY": 2}))
    assert [each.text for each in findings(found, "zh", "CNY") if "金额" in each.text] == []
    told = {each.text: each.to_do for each in findings(mixed, "zh", "CNY")}
    assert told["多数订单是 USD，金额却标成 CNY。请在 huaxiang.yaml 里把 currency 改成 USD。"]
    assert not told["金额只加最多的币种 USD：另有 3 笔 EUR、2 笔 CNY，只计笔数，不加金额。"]
