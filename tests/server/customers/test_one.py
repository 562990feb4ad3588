"""The page of one customer: masked, explained, as of a past day, revealed only with a reason that is logged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pyarrow as pa
import pytest

from huaxiang.ledger import Ledger
from huaxiang.model.tables import ELEMENTS
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
PARTS = ("", "tags/", "timeline/", "orders/", "alike/", "identity/", "counter/")
HX = {"HX-Request": "true"}
SECRETS = ("13611112222", "王小明", "wang@shop-mail.cn", "1990-02-03", "1990年2月3日")


def reveals(shop: Workspace) -> list[dict[str, object]]:
    """What the ledger says was shown."""
    with Ledger.open(shop.ledger_path) as ledger:
        return [{**entry.body, "actor": entry.actor} for entry in ledger.entries() if entry.kind == "reveal.shown"]


@pytest.mark.parametrize("headers", [{}, HX])
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_nothing_personal_stands_on_the_page(
    role: str, part: str, headers: dict[str, str], shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    answer = signed_in_client(role).get(f"/customers/{ids['M0001']}/{part}", headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 200
    for secret in SECRETS:
        assert secret not in page
    assert ("<html" in page) is not bool(headers) or part in ("", "counter/")


def text_of(page: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_five_elements_stand_on_one_page(shop: Workspace, ids: dict[str, str], signed_in_client: Browser) -> None:
    page = signed_in_client("viewer").get(f"/customers/{ids['M0001']}/").content.decode()
    text = text_of(page)
    for element in ("基本属性", "购买能力", "行为特征", "社交特征", "心理特征"):
        assert element in text
    assert re.findall(r'<section class="card element" data-element="(\w+)"', page) == list(ELEMENTS)
    assert "性别 ****" in text
    assert "城市 上海市" in text
    assert "近一年净消费 ¥600" in text
    assert "预计下次购买 2026年" in text
    assert "营销联系 可以联系" in text


def test_the_paragraph_is_bound_to_tags_and_says_what_is_not_known(
    shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    page = signed_in_client("viewer").get(f"/customers/{ids['M0001']}/").content.decode()
    clauses = re.findall(r'<span class="clause">(.*?)</span>', page, re.DOTALL)
    assert len(clauses) >= 4
    for clause in clauses:
        assert re.search(r"/why/\?tag=\w+", clause)
        assert not re.search(r"\d", re.sub(r"<a .*?</a>", "", clause, flags=re.DOTALL)), clause
    nobody = signed_in_client("viewer", "another").get(f"/customers/{ids['M0004']}/").content.decode()
    assert re.search(r"还不知道：.*最近满意度.*。", text_of(nobody))


def test_all_tags_say_value_and_basis_and_are_found(
    shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    browser, address = signed_in_client("viewer"), f"/customers/{ids['M0001']}/tags/"
    everything = browser.get(address, headers=HX).content.decode()
    text = text_of(everything)
    assert "累计净消费 ¥600" in text
    assert "累计订单数 3 单 至少自2026年6月30日 2026年6月20日 — 看到的行为" in text
    assert re.search(r"城市 上海市 至少自2026年6月30日 2025年1月5日 \d\d(\.\d)?% 本人或资料写明", text)
    assert "客单价 ¥200 至少自2026年6月30日 2026年6月20日 — 看到的行为" in text
    assert re.search(r"距上次下单天数 10 天 随日子变 ", text)
    assert re.search(r"生日 1990", text)
    assert re.search(r"还不知道的 \d+ 项.*婚姻状况", text)
    shown = shop.definitions.tags.values()
    assert everything.count('class="ask"') == sum(not tag.helper for tag in shown)
    found = browser.get(address, {"q": "累计净", "filter": "1"}, headers=HX).content.decode()
    assert re.findall(r'<th scope="row"[^>]*>(.*?)</th>', found) == ["累计净消费"]
    assert 'class="tabs"' not in found
    social = browser.get(address, {"element": "social"}, headers=HX).content.decode()
    assert set(re.findall(r'data-element="(\w+)"', social)) == {"social"}
    assert browser.get(address, {"element": "astral"}, headers=HX).status_code == 404


# By 男 the tag itself is found, whoever it is.
@pytest.mark.parametrize("asked", ["1990", "136", "王"])
def test_masked_values_cannot_be_searched(
    asked: str, shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    found = signed_in_client("viewer").get(f"/customers/{ids['M0001']}/tags/", {"q": asked, "filter": "1"}, headers=HX)
    assert "****" not in found.content.decode()


def test_similar_customers_say_in_what(shop: Workspace, ids: dict[str, str], signed_in_client: Browser) -> None:
    page = signed_in_client("viewer").get(f"/customers/{ids['M0001']}/alike/", headers=HX).content.decode()
    linked = re.findall(r'href="/customers/(c\w+)/"', page)
    assert len(linked) >= 2
    assert ids["M0001"] not in linked
    assert set(linked) <= set(ids.values())
    assert "相同或接近" in page
    assert "王小明" not in page
    assert "赵铁柱" not in page
    scoped = signed_in_client("viewer", "scoped", stores=["S2"]).get(f"/customers/{ids['M0001']}/alike/", headers=HX)
    assert set(re.findall(r'href="/customers/(c\w+)/"', scoped.content.decode())) <= {ids["M0002"]}


def test_the_counter_finds_by_number_and_tells_on_one_card(
    shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    browser = signed_in_client("viewer")
    assert browser.get("/counter/").status_code == 200
    for number in ("13611112222", "136 1111 2222", "M0001"):
        answer = browser.get("/counter/", {"q": number})
        assert (answer.status_code, answer["Location"]) == (302, f"/customers/{ids['M0001']}/counter/"), number
    text = text_of(browser.get(f"/customers/{ids['M0001']}/counter/").content.decode())
    assert "王*" in text
    assert "营销联系：可以联系" in text
    assert "2026年6月20日，下单并付款，¥300，S2" in text
    refused = text_of(browser.get(f"/customers/{ids['M0002']}/counter/").content.decode())
    assert "不可联系" in refused
    assert "没有找到" in text_of(browser.get("/counter/", {"q": "13999990000"}).content.decode())
    hidden = signed_in_client("viewer", "scoped", stores=["S2"])
    assert "没有找到" in text_of(hidden.get("/counter/", {"q": "M0003"}).content.decode())
    assert hidden.get(f"/customers/{ids['M0003']}/counter/").status_code == 404


def test_the_timeline_tells_every_kind_and_filters(
    shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    browser, address = signed_in_client("viewer"), f"/customers/{ids['M0001']}/timeline/"
    everything = browser.get(address, headers=HX).content.decode()
    kinds = set(re.findall(r'data-kind="(\w+)"', everything))
    assert kinds == {"order", "feedback", "consent"}
    orders = browser.get(address, {"kind": "order"}, headers=HX).content.decode()
    assert list(dict.fromkeys(re.findall(r"D10\d\d", orders))) == ["D1003", "D1002", "D1001"]
    earlier = browser.get(address, {"kind": "order", "before": "2026-06-20"}, headers=HX).content.decode()
    assert list(dict.fromkeys(re.findall(r"D10\d\d", earlier))) == ["D1002", "D1001"]
    assert "136****2222" in everything
    june = browser.get(
        address, {"kind": "order", "from": "2026-04-01", "to": "2026-05-31"}, headers=HX
    ).content.decode()
    assert set(re.findall(r"D10\d\d", june)) == {"D1002"}
    found = browser.get(address, {"text": "d1003"}, headers=HX).content.decode()
    assert set(re.findall(r'data-kind="(\w+)"', found)) == {"order"}
    assert "订单.csv 第 4 行" in found
    for hidden in ("13611112222", "1112"):
        assert "data-kind" not in browser.get(address, {"text": hidden}, headers=HX).content.decode()
    assert browser.get(address, {"kind": "dance"}, headers=HX).status_code == 404
    assert browser.get(address, {"before": "yesterday"}, headers=HX).status_code == 400


def test_orders_stand_with_their_file_and_row(shop: Workspace, ids: dict[str, str], signed_in_client: Browser) -> None:
    page = signed_in_client("viewer").get(f"/customers/{ids['M0002']}/orders/").content.decode()
    assert "订单.csv 第 5 行" in page
    assert "订单已取消" in page


@pytest.mark.parametrize("key", ["c0123456789abcdef", "collect", "c" + "0" * 300])
@pytest.mark.parametrize("part", [*PARTS, "why/?tag=city"])
def test_an_unknown_customer_is_not_found(key: str, part: str, shop: Workspace, signed_in_client: Browser) -> None:
    assert signed_in_client("viewer").get(f"/customers/{key}/{part}").status_code == 404


@pytest.mark.parametrize("part", [*PARTS, "why/?tag=city"])
def test_a_customer_of_another_store_is_not_found(
    part: str, shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    browser = signed_in_client("viewer", stores=["S2"])
    assert browser.get(f"/customers/{ids['M0003']}/{part}").status_code == 404
    assert browser.get(f"/customers/{ids['M0002']}/{part}").status_code == 200


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_kind_of_rule_and_every_personal_tag_says_why(
    lang: str, shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    browser, tags = signed_in_client("viewer", language=lang), shop.definitions.tags.values()
    by_kind = {(tag.rule.kind, getattr(tag.rule, "fact", "")): tag for tag in tags}
    for tag in [*by_kind.values(), *(tag for tag in tags if tag.sensitivity != "open")]:
        answer = browser.get(f"/customers/{ids['M0001']}/why/", {"tag": tag.key}, headers=HX)
        page = answer.content.decode()
        assert answer.status_code == 200, tag.key
        assert tag.name.say(lang) in page
        for secret in SECRETS:
            assert secret not in page, tag.key


def test_why_names_the_rows_of_the_files(shop: Workspace, ids: dict[str, str], signed_in_client: Browser) -> None:
    browser = signed_in_client("viewer")
    page = browser.get(f"/customers/{ids['M0001']}/why/", {"tag": "orders_total"}).content.decode()
    assert "依据 3 条订单" in page
    assert re.findall(r"(D10\d\d)", page) == ["D1003", "D1002", "D1001"]
    assert re.findall(r"订单\.csv 第 (\d) 行", page) == ["4", "3", "2"]
    derived = browser.get(f"/customers/{ids['M0001']}/why/", {"tag": "average_order_value"}).content.decode()
    assert "由这些标签得出" in derived
    unknown = browser.get(f"/customers/{ids['M0001']}/why/", {"tag": "orders_totl"})
    assert unknown.status_code == 404
    assert "orders_total" in unknown.content.decode()


def test_the_portrait_of_a_past_day(shop: Workspace, ids: dict[str, str], signed_in_client: Browser) -> None:
    browser, address = signed_in_client("viewer"), f"/customers/{ids['M0001']}/?as_of=2026-03-31"
    waiting = browser.get(address).content.decode()
    assert "正在计算" in waiting
    assert 'hx-trigger="load"' in waiting
    page = browser.get(f"{address}&compute=1").content.decode()
    text = text_of(page)
    assert "近一年净消费 ¥100 " in text
    assert "截至2026年3月31日" in text
    orders = browser.get(f"/customers/{ids['M0001']}/orders/?as_of=2026-03-31", headers=HX).content.decode()
    assert re.findall(r"D10\d\d", orders) == ["D1001"]
    now = browser.get(f"/customers/{ids['M0001']}/").content.decode()
    assert "近一年净消费 ¥600" in text_of(now)
    # Whoever else is looked at meanwhile is in nobody's past.
    told = browser.get(f"/customers/{ids['M0001']}/timeline/?as_of=2026-06-15", headers=HX).content
    assert browser.get(f"/customers/{ids['M0002']}/history/", {"tag": "orders_total"}, headers=HX).status_code == 200
    assert browser.get(f"/customers/{ids['M0002']}/tags/", headers=HX).status_code == 200
    assert browser.get(f"/customers/{ids['M0001']}/timeline/?as_of=2026-06-15", headers=HX).content == told


def test_the_history_of_a_tag_is_computed_for_every_month(
    shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    browser, address = signed_in_client("viewer"), f"/customers/{ids['M0001']}/history/"
    page = text_of(browser.get(address, {"tag": "orders_total"}, headers=HX).content.decode())
    assert "值一直没变：从2026年6月30日的更新开始记录。" in page
    assert "从“未知”到“3 单”，其间变了 3 次" in page
    moves = text_of(browser.get(address, {"tag": "days_since_last_order"}, headers=HX).content.decode())
    assert "这个数每天都在变" in moves
    assert re.search(
        r"2026年6月30日 3 单 2026年5月31日 2 单 2026年4月30日 2 单 2026年3月31日 1 单 2026年2月28日 未知", page
    )
    assert "<html" in browser.get(address, {"tag": "city"}).content.decode()
    masked = text_of(browser.get(address, {"tag": "gender"}, headers=HX).content.decode())
    assert "已打码" in masked
    assert browser.get(address, {"tag": "orders_totl"}).status_code == 404
    assert (
        signed_in_client("viewer", "scoped", stores=["S2"])
        .get(f"/customers/{ids['M0003']}/history/", {"tag": "city"})
        .status_code
        == 404
    )


@pytest.mark.parametrize("day", ["2026-07-01", "9999-12-31", "soon", "2026-02-30"])
def test_a_day_that_cannot_be_is_explained(
    day: str, shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    assert signed_in_client("viewer").get(f"/customers/{ids['M0001']}/?as_of={day}&compute=1").status_code == 400


@pytest.mark.parametrize("headers", [{}, HX])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "13611112222"),
        ("person_name", "王小明"),
        ("email", "wang@shop-mail.cn"),
        ("birth_date", "1990年2月3日"),
    ],
)
def test_a_value_is_shown_once_with_a_reason_and_logged(
    field: str, value: str, headers: dict[str, str], shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    browser, before = signed_in_client("analyst", "lin"), len(reveals(shop))
    asked = {"field": field, "reason": "回访投诉 13611112222"}
    answer = browser.post(f"/customers/{ids['M0001']}/reveal/", asked, headers=headers)
    assert value in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    entries = reveals(shop)[before:]
    assert [(entry["actor"], entry["customer_id"], entry["field"]) for entry in entries] == [
        ("lin", ids["M0001"], field)
    ]
    assert entries[0]["reason"] == "回访投诉 136****2222"


@pytest.mark.parametrize(
    ("role", "number", "stores", "asked", "status"),
    [
        ("viewer", "M0001", None, {"field": "phone", "reason": "x"}, 403),
        ("analyst", "M0001", None, {"field": "phone", "reason": "  "}, 400),
        ("analyst", "M0001", None, {"field": "phone"}, 400),
        ("analyst", "M0001", None, {"field": "net_revenue_total", "reason": "x"}, 400),
        ("analyst", "M0001", None, {"field": "customer_id", "reason": "x"}, 400),
        ("analyst", "M0003", None, {"field": "email", "reason": "x"}, 400),
        ("analyst", "M0003", ["S2"], {"field": "phone", "reason": "x"}, 404),
    ],
)
def test_a_refused_reveal_shows_and_logs_nothing(
    role: str,
    number: str,
    stores: list[str] | None,
    asked: dict[str, str],
    status: int,
    shop: Workspace,
    ids: dict[str, str],
    signed_in_client: Browser,
) -> None:
    before = reveals(shop)
    answer = signed_in_client(role, stores=stores).post(f"/customers/{ids[number]}/reveal/", asked)
    assert answer.status_code == status
    assert not re.search(r"1[3-9]\d{9}", answer.content.decode())
    assert reveals(shop) == before


@pytest.mark.parametrize("part", [*PARTS, "why/?tag=city", "why/?tag=satisfaction_latest"])
def test_markup_in_the_data_stays_text(
    part: str, shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    for number in ("M0003", "M0004"):
        page = signed_in_client("admin", f"{number}{part[:3]}").get(f"/customers/{ids[number]}/{part}").content.decode()
        assert not re.search(r"<img src=x|<script>window", page)


def test_what_each_page_costs_is_printed(
    shop: Workspace, ids: dict[str, str], signed_in_client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huaxiang.engine import DuckEngine

    asked: list[object] = []
    really = DuckEngine.arrow

    def counted(engine: DuckEngine, rows: ir.Table) -> pa.Table:
        asked.append(rows)
        return really(engine, rows)

    monkeypatch.setattr(DuckEngine, "arrow", counted)
    browser = signed_in_client("viewer")
    for address, most in pages(ids["M0001"]):
        browser.get(address, headers=HX if address != "/" else {})
        asked.clear()
        started = perf_counter()
        browser.get(address, headers=HX if address != "/" else {})
        print(f"{address}: {len(asked)} queries, {1000 * (perf_counter() - started):.0f} ms")
        assert len(asked) <= most, address


def pages(key: str) -> Iterator[tuple[str, int]]:
    """Each page with the most queries that it may ask for once it has been opened before."""
    yield "/", 3
    yield "/customers/", 8
    yield f"/customers/{key}/", 8
    yield f"/customers/{key}/timeline/", 5
    yield f"/customers/{key}/orders/", 6
    yield f"/customers/{key}/identity/", 8
    yield f"/customers/{key}/why/?tag=orders_total", 7
