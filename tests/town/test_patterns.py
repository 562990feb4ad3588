"""What was planted can be found again in the raw files."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from statistics import mean
from typing import Any

import openpyxl
import pyarrow.parquet as pq
from tests.town.plain_reading import cents, good_rows, instant

from huaxiang.town import TownReport


def _truth(town: TownReport, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(town.folder / "truth" / f"{table}.parquet").to_pylist()
    return rows


def test_android_loses_twice_as_many_carts(town: TownReport) -> None:
    steps: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in good_rows(town.folder / "raw" / "网站与App行为.csv"):
        if len(row["事件ID"]) == 12:
            steps[row["平台"]][row["事件名"]].add(row["会话ID"])
    truth = json.loads((town.folder / "truth" / "funnel.json").read_text(encoding="utf-8"))
    for planted in truth:
        found = steps[planted["platform"]]
        assert {step: len(found[step]) for step in planted["sessions_reaching"]} == planted["sessions_reaching"]
        lost = 1 - len(found["提交订单"]) / len(found["加入购物车"])
        assert abs(lost - planted["planted_cart_loss"]) < 0.05


def test_accounts_register_once_and_on_the_web(town: TownReport) -> None:
    everything = list(good_rows(town.folder / "raw" / "网站与App行为.csv"))
    devices = {row["account_id"] for row in _truth(town, "accounts") if row["source"] == "device"}
    assert {row["设备ID"] for row in everything} <= devices
    events = [row for row in everything if row["事件名"] == "注册"]
    registered = Counter(row["买家账号"] for row in events if len(row["事件ID"]) == 12)
    joined = {row["买家账号"]: instant(row["注册时间"]) for row in good_rows(town.folder / "raw" / "商城账号.csv")}
    assert max(registered.values()) == 1
    assert all(instant(row["事件时间"]) == joined[row["买家账号"]] for row in events if len(row["事件ID"]) == 12)
    assert len(registered) > 300


def test_planted_rules_stand_out(town: TownReport) -> None:
    baskets: dict[str, set[str]] = defaultdict(set)
    for name, key in (("门店销售", "小票号"), ("商城订单明细", "订单编号")):
        for row in good_rows(town.folder / "raw" / f"{name}.csv"):
            baskets[row[key]].add(row["商品编码"])
    for rule in json.loads((town.folder / "truth" / "rules.json").read_text(encoding="utf-8")):
        bought = [basket for basket in baskets.values() if rule["bought"] in basket]
        chance = mean(rule["also"] in basket for basket in bought)
        base = mean(rule["also"] in basket for basket in baskets.values())
        assert chance > 3 * base
        assert abs(chance - rule["planted_chance"]) < 0.15


def test_refunds_sour_the_answers(town: TownReport) -> None:
    orders = _truth(town, "orders")
    refunded = {row["person_id"] for row in orders if row["source"] == "web" and row["refund_cents"] > 0}
    owner = {row["account_id"]: row["person_id"] for row in _truth(town, "accounts")}
    scores: dict[bool, list[int]] = defaultdict(list)
    for row in good_rows(town.folder / "raw" / "满意度问卷.csv"):
        if row["会员号"]:
            scores[owner[row["会员号"]] in refunded].append(int(row["推荐意愿"]))
    assert mean(scores[True]) < mean(scores[False]) - 0.3


def test_regular_rhythms_differ_from_impulse(town: TownReport) -> None:
    kind = {row["person_id"]: row["archetype"] for row in _truth(town, "persons")}
    orders = Counter(kind[row["person_id"]] for row in _truth(town, "orders")
                     if row["person_id"] and row["gross_cents"] > 0)  # fmt: skip
    people = Counter(kind.values())
    assert orders["one_timer"] == people["one_timer"]
    assert orders["weekly_fresh_mum"] / people["weekly_fresh_mum"] > 3 * orders["sleeper"] / people["sleeper"]
    assert 4 < sum(orders.values()) / sum(people.values()) < 9


def test_promotion_response_shows_in_coupons(town: TownReport) -> None:
    owner = {row["account_id"]: row["person_id"] for row in _truth(town, "accounts")}
    coupons = good_rows(town.folder / "raw" / "优惠券发放.csv")
    used = Counter(owner[row["会员号"]] for row in coupons if row["使用订单号"])
    bought = Counter(row["person_id"] for row in _truth(town, "orders") if row["gross_cents"] > 0)
    members = {owner[card] for card in owner if card.startswith("6") and len(card) == 10}
    keen: dict[bool, list[float]] = defaultdict(list)
    for person in _truth(town, "persons"):
        if person["person_id"] in members and bought[person["person_id"]]:
            keen[person["promotion_response"] > 0.5].append(used[person["person_id"]] / bought[person["person_id"]])
    assert mean(keen[True]) > 1.4 * mean(keen[False])


def test_who_minds_the_price_buys_cheaper_things(town: TownReport) -> None:
    owner = {row["account_id"]: row["person_id"] for row in _truth(town, "accounts") if row["source"] == "会员资料"}
    minds = {row["person_id"]: row["price_sensitivity"] > 0.5 for row in _truth(town, "persons")
             if row["archetype"] in {"one_timer", "bargain_hunter", "loyal_regular"}}  # fmt: skip
    shelf: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for row in good_rows(town.folder / "raw" / "门店销售.csv"):
        price, person = cents(row["吊牌价"]), owner.get(row["会员号"])
        if price and person in minds:
            shelf[row["品类"], minds[person]].append(price)
    kinds = {category for category, _ in shelf}
    cheaper = [mean(shelf[kind, True]) < mean(shelf[kind, False]) for kind in kinds if len(shelf[kind, True]) > 30]
    assert sum(cheaper) >= 0.75 * len(cheaper) > 3


def test_nobody_buys_after_losing_interest(town: TownReport) -> None:
    churned = {row["person_id"]: row["churn_date"] for row in _truth(town, "persons")
               if row["churn_date"] and row["archetype"] != "one_timer"}  # fmt: skip
    late = [row for row in _truth(town, "orders") if row["person_id"] in churned and row["gross_cents"] > 0
            and row["ordered_at"][:10] > churned[row["person_id"]]]  # fmt: skip
    assert churned
    assert not late


def test_texts_are_varied(town: TownReport) -> None:
    texts = [row["意见建议"] for row in good_rows(town.folder / "raw" / "满意度问卷.csv") if row["意见建议"]]
    assert len(set(texts)) > 0.9 * len(texts)
    assert any("\n" in text for text in texts)


def test_identity_traps_are_in_the_registers(town: TownReport) -> None:
    sheet = openpyxl.load_workbook(town.folder / "raw" / "会员资料.xlsx").active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2, max_col=4, values_only=True))
    cards = {row[0]: row[3] for row in rows if row[0]}
    owner = {row["account_id"]: row["person_id"] for row in _truth(town, "accounts") if row["source"] == "会员资料"}
    traps = defaultdict(list)
    for trap in _truth(town, "identity_traps"):
        traps[trap["kind"]].append(trap)
    assert set(cards) == set(owner)
    assert all(owner[trap["identifier"]] == trap["person_id"] for trap in traps["second_member_no"])
    assert len({trap["person_id"] for trap in traps["family_shared_phone"]}) == len(traps["family_shared_phone"]) > 20
    wrong = {trap["person_id"]: trap["identifier"] for trap in traps["mistyped_phone"]}
    assert all(cards[card] != wrong[person] for card, person in owner.items() if person in wrong)
    tills = Counter(row["手机号"] for row in good_rows(town.folder / "raw" / "门店销售.csv"))
    assert all(tills[trap["identifier"]] > 100 for trap in traps["staff_phone"])
    assert traps["staff_phone"]
