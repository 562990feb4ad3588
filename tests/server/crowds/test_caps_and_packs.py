"""A cap lets the same customers through everywhere; packs are the same on the page, in files and for programs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.server.api.conftest import _fresh_rates, program
from tests.server.crowds.shop import AS_OF, NOW, member
from tests.server.crowds.test_export import exported
from tests.server.crowds.test_pages import add, text_of

from huaxiang.engine.interface import only
from huaxiang.ledger import Ledger
from huaxiang.model.packs import Packs
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

__all__ = ["_fresh_rates", "program"]
Browser = Callable[..., "Client"]
Program = Callable[..., "Client"]
PEOPLE = [member(number) for number in range(1, 41)]
ALL = ("crowd:read", "crowd:members", "rules:write")
#: The seven who spent most, reckoned from the files.
SPENT = {one["member_no"]: sum(100 * number + order for number, order in one["orders"]) for one in PEOPLE}
BEST = sorted(SPENT, key=lambda key: -SPENT[key])[:7]
RULE = "top 7 by net_revenue_total of (everyone)"


def ids(shop: Workspace, numbers: list[str]) -> list[str]:
    """The customers of these member numbers, in the order of their ids."""
    return sorted(shop.customer_id_of(one) for one in numbers)


def members(ask: Client, query: str = "") -> list[dict[str, Any]]:
    """The members that a program gets."""
    answer = ask.get(f"/api/v1/crowds/best/members?purpose=analysis&limit=100{query}")
    assert answer.status_code == 200, answer.content.decode()
    found: list[dict[str, Any]] = answer.json()["members"]
    return found


def test_the_same_customers_are_let_through_everywhere(
    shop: Workspace, signed_in_client: Browser, program: Program
) -> None:
    add(shop, "best", RULE)
    add(shop, "best_of_s1", "crowd best and favourite_store is known")
    ask, expected = program(*ALL, role="analyst"), ids(shop, BEST)
    browser = signed_in_client("analyst")
    page = text_of(browser.get("/crowds/saved/best/").content.decode())
    assert "有 7 位客户" in page
    assert "只取其中累计净消费最高的 7 位" in page
    assert ask.get("/api/v1/crowds/best/count").json()["customers"] == 7
    assert [one["customer_id"] for one in members(ask)] == expected
    _, file = exported(browser, "best")
    assert len(list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))) == 7
    again = Workspace.open(shop.folder)
    assert sorted(again.segment("best").column("customer_id").to_pylist()) == expected
    again.refresh(NOW, as_of=AS_OF)
    with again.reading() as engine:
        kept = engine.table("crowd_member")
        run = only(engine.arrow(kept.filter(kept.crowd == "best").select("customer_id").order_by("customer_id")))
    assert [row["customer_id"] for row in run] == expected


def test_a_store_sees_its_own_among_the_best_of_everybody(shop: Workspace, program: Program) -> None:
    add(shop, "best", RULE)
    own = [one["member_no"] for one in PEOPLE if one["store"] == "S1" and one["member_no"] in BEST]
    assert 0 < len(own) < 7
    scoped = program(*ALL, role="analyst", stores=("S1",))
    assert [one["customer_id"] for one in members(scoped)] == ids(shop, own)
    told = {who: scoped.get(f"/api/v1/crowds/best/members/{who}").json() for who in (own[0], "M0001")}
    assert told[own[0]]["inside"]
    assert told[own[0]]["tests"][-1]["sentence"] == "所有人，只取其中累计净消费最高的 7 位"


def test_programs_save_caps_and_hear_what_is_wrong_with_them(shop: Workspace, program: Program) -> None:
    ask = program(*ALL, role="analyst")
    rule = {
        "cap": {"customers": 3, "by": "orders_total", "seed": "s"},
        "of": {"field": "city", "op": "=", "value": "上海市"},
    }
    made = ask.post("/api/v1/crowds", {"rule": rule, "en": "three", "zh": "三位"}, content_type="application/json")
    assert (made.status_code, made.json()["text"]) == (201, "top 3 by orders_total seed s of (city = 上海市)")
    saved = Workspace.open(shop.folder).definitions.segments["three"]
    assert shop.folder.joinpath("definitions/segments/three.yaml").read_text("utf-8").count("cap:") == 1
    assert saved.meaning_zh == "城市为上海市，只取其中累计订单数最高的 3 位"
    for wrong, at in (({"cap": {"customers": 0}, "of": {"all": []}}, "/rule/cap"),
                      ({"cap": {"customers": 3}, "of": {"field": "citty", "op": "is known"}}, "/rule/of")):  # fmt: skip
        answer = ask.post("/api/v1/rules/validate", {"rule": wrong}, content_type="application/json")
        assert (answer.status_code, answer.json()["at"]) == (400, at)


def test_packs_are_one_on_the_page_in_files_and_for_programs(
    shop: Workspace, signed_in_client: Browser, program: Program
) -> None:
    add(shop, "best", "everyone", packs=Packs(seed="春", shares={"试验": 45, "对照": 45, "其余": 10}))  # type: ignore[arg-type]
    ask = program(*ALL, role="analyst")
    told = ask.get("/api/v1/crowds/best/packs").json()
    sizes = {one["pack"]: one["customers"] for one in told["packs"]}
    assert (told["seed"], list(sizes), sum(sizes.values())) == ("春", ["试验", "对照", "其余"], 40)
    rows = members(ask)
    assert {name: sum(row["pack"] == name for row in rows) for name in sizes} == sizes
    only_test = members(ask, "&pack=对照")
    assert [row["customer_id"] for row in only_test] == [row["customer_id"] for row in rows if row["pack"] == "对照"]
    counted = ask.post("/api/v1/rules/evaluate", {"rule": told["packs"][1]["rule"]}, content_type="application/json")
    assert counted.json()["customers"] == sizes["对照"]
    browser = signed_in_client("analyst")
    page = text_of(browser.get("/crowds/saved/best/split/").content.decode())
    assert all(f"{name} {size} " in page for name, size in sizes.items())
    _, file = exported(browser, "best", packs="试验=45,对照=45,其余=10", seed="春")
    listed = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
    assert {name: sum(row["分组"] == name for row in listed) for name in sizes} == sizes
    form = {"purpose": "analysis", "format": "csv", "packs": "试验=45,对照=45,其余=10", "seed": "春", "files": "each"}
    answer = browser.post("/crowds/saved/best/export/", form).content.decode()
    assert "3 个文件里一共有 40 位客户" in answer
    assert all(f"下载“{name}”（{size} 位）" in answer for name, size in sizes.items())
    files = [browser.get(link) for link in re.findall(r'href="(/crowds/files/[^"]+)"', answer)]
    each = [b"".join(file.streaming_content).decode("utf-8-sig") for file in files]  # type: ignore[attr-defined]
    found = [list(csv.DictReader(io.StringIO(text))) for text in each]
    assert [{row["分组"] for row in part} for part in found] == [{name} for name in sizes]
    assert [row for part in found for row in part] == sorted(listed, key=lambda row: list(sizes).index(row["分组"]))
    with Ledger.open(shop.ledger_path) as ledger:
        logged = [entry.body["rows"] for entry in ledger.entries("export.created")]
    assert logged[-4:] == [40, *sizes.values()]
    _, plain = exported(browser, "best")
    assert "分组" not in plain.decode("utf-8-sig")


def test_wrong_packs_are_said_beside_the_form(shop: Workspace, signed_in_client: Browser, program: Program) -> None:
    add(shop, "best", "everyone")
    page = signed_in_client("viewer").get("/crowds/saved/best/split/?packs=a=50,b=40").content.decode()
    assert "合计是 90%" in page
    ask = program(*ALL, role="analyst")
    assert ask.get("/api/v1/crowds/best/packs").json()["code"] == "packs.missing"
    for query, code in (
        ("packs=a", "packs.text"),
        ("packs=a=50,b=50&pack=c", "packs.unknown"),
        ("pack=a", "packs.missing"),
    ):
        answer = ask.get(f"/api/v1/crowds/best/members?purpose=analysis&{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, code)
