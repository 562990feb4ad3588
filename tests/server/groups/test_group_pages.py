"""The pages of a group: counts as Python counts them, bars that become crowds, roles, scope, and both languages."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from tests.server.crowds.shop import NOW
from tests.server.crowds.shop import member as small_member
from tests.server.crowds.test_pages import add, text_of
from tests.server.groups.many import COUNT, PEOPLE

from huaxiang.analyse.portrait import rfm_fields
from huaxiang.analyse.registry import analysis_named
from huaxiang.prepare.facts import kept_facts
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
GOLD = [one for one in PEOPLE if one["level"] == "金卡"]
TABS = ("", "cross/", "measures/", "regions/", "movement/", "overlap/", "rule/")


def asked(browser: Client, address: str, **query: Any) -> str:
    """The page of an address, which answers."""
    answer = browser.get(address, query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def links(page: str) -> list[str]:
    """The rules of the crowds that the page leads to."""
    found = re.findall(r'href="(/crowds/new/\?rule=[^"]+)"', page)
    return [parse_qs(urlsplit(address.replace("&amp;", "&")).query)["rule"][0] for address in found]


def test_the_portrait_counts_like_python_and_says_so(many: Workspace, signed_in_client: Browser) -> None:
    page = text_of(asked(signed_in_client("analyst"), "/groups/", crowd="gold", tags="province"))
    inside = sum(one["province"] == "广东省" for one in GOLD)
    total = sum(one["province"] == "广东省" for one in PEOPLE)
    assert f"“人群 gold”{len(GOLD)} 人" in page
    assert f"广东省 {100 * inside / len(GOLD):.4g}% ({inside})" in page
    assert f"{100 * total / COUNT:.1f}%" in page
    assert "规则本身就这么说" in page


def test_every_bar_leads_to_the_crowd_that_it_counts(many: Workspace, signed_in_client: Browser) -> None:
    """For each linked bar of the table, the builder counts the customers of the bar."""
    browser = signed_in_client("analyst")
    page = asked(browser, "/groups/", crowd="gold", tags=["province", "orders_total", "registered_on"])
    rows = re.findall(
        r'<th scope="row"><a href="(/crowds/new/\?rule=[^"]+)">[^<]*</a></th><td class="num">[^(]*\(([\d,]+)\)', page
    )
    assert len(rows) >= 5
    for address, count in rows:
        built = asked(browser, address.replace("&amp;", "&"))
        assert f'id="count">{count}<' in built, address


def test_bars_of_the_chart_lead_where_the_table_leads(many: Workspace, signed_in_client: Browser) -> None:
    page = asked(signed_in_client("analyst"), "/groups/", crowd="gold", tags="province")
    (option,) = re.findall(r'id="chart-option-province"[^>]*>(.*?)</script>', page)
    drawn = {each["address"] for series in json.loads(option)["series"] for each in series["data"] if "address" in each}
    assert {parse_qs(urlsplit(address).query)["rule"][0] for address in drawn} <= set(links(page))
    assert "member_level = 金卡 and province is unknown" in links(
        page
    ) or "member_level = 金卡 and province = 广东省" in links(page)


def test_a_base_and_the_share_of_known_values_are_chosen(many: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    rest = text_of(asked(browser, "/groups/", crowd="gold", base="rest", tags="province"))
    assert "其余客户" in rest
    other = text_of(asked(browser, "/groups/", crowd="buyers", base="gold", tags="province"))
    shared = sum(one["orders"] >= 2 for one in GOLD)
    assert f"“人群 gold”里有 {shared} 位也在这群人里" in other
    known = text_of(asked(browser, "/groups/", known="1", tags="member_level"))
    levels = [one["level"] for one in PEOPLE if one["level"]]
    assert f"金卡 {100 * len(GOLD) / len(levels):.1f}% ({len(GOLD)})" in known


def test_a_rule_in_the_address_is_for_those_who_may_write_rules(many: Workspace, signed_in_client: Browser) -> None:
    rule = {"rule": "province = 上海市"}
    page = text_of(asked(signed_in_client("analyst"), "/groups/", **rule))
    assert f"“这些人”{sum(one['province'] == '上海市' for one in PEOPLE)} 人" in page
    for tab in TABS:
        assert signed_in_client("viewer", f"viewer-{tab[:3]}").get(f"/groups/{tab}", rule).status_code == 403


def test_a_viewer_sees_no_small_counts_and_makes_no_crowds(shop: Workspace, signed_in_client: Browser) -> None:
    """In the small shop every level of some buyers has fewer than five; totals do not give them back."""
    add(shop, "some", "net_revenue_total >= 4000")
    people = [small_member(number) for number in range(1, 41)]
    some = [one for one in people if sum(100 * n + o for n, o in one["orders"]) >= 4000]
    assert 5 <= len(some) < 30
    page = asked(signed_in_client("viewer"), "/groups/", crowd="some", tags="city")
    shown = [int(count) for count in re.findall(r'<td class="num">[^<(]*\((\d+)\)', page)]
    assert not [count for count in shown if 0 < count < 5]
    assert "不到 5 人的数不显示" in page
    assert links(page) == []
    assert links(asked(signed_in_client("analyst"), "/groups/", crowd="some", tags="city"))


def test_a_viewer_cannot_compute_a_hidden_count_from_what_measures_and_overlaps_show(
    shop: Workspace, signed_in_client: Browser
) -> None:
    """Four of fourteen buyers live in the town: their number follows neither from the size of the group nor from those
    of both crowds, and the sentence does not tell it either."""
    people = [small_member(number) for number in range(1, 41)]
    add(shop, "town", "city = 上海市")
    add(shop, "rich", "net_revenue_total >= 5500")
    rich = [one for one in people if sum(100 * n + o for n, o in one["orders"]) >= 5500]
    both = [one for one in rich if one["city"] == "上海市"]
    assert 0 < len(both) < 5 < len(rich), (len(both), len(rich))
    page = asked(signed_in_client("viewer"), "/groups/overlap/", crowd="town", **{"with": "rich"})
    assert re.findall(r'<td class="num">([^<]*)</td>', page) == ["—"] * 6, "three parts, and three figures of the pair"
    assert "人数少，不写出来" in page
    assert f"{len(both)} 人" not in text_of(page)
    seen = asked(signed_in_client("viewer", "again"), "/groups/measures/", crowd="rich", tag="city", format="csv")
    counts = [line.split(",")[1] for line in seen.splitlines()[1:]]
    assert counts.count("不显示") != 1, "one alone would follow from the size of the group"


def test_fewer_than_the_smallest_cell_have_no_portrait(shop: Workspace, signed_in_client: Browser) -> None:
    add(shop, "few", "net_revenue_total >= 11000")
    for tab in ("", "cross/", "measures/", "regions/"):
        page = asked(signed_in_client("admin", f"admin-{tab[:3]}"), f"/groups/{tab}", crowd="few")
        assert "不到 5 人" in page
        assert "data-chart" not in page
    part = asked(signed_in_client("viewer"), "/groups/highlights/", crowd="few")
    assert "人数不到 5" in part


def test_a_store_manager_compares_within_the_stores(shop: Workspace, signed_in_client: Browser) -> None:
    page = text_of(asked(signed_in_client("analyst", stores=["S1"]), "/groups/"))
    people = [small_member(number) for number in range(1, 41)]
    inside = [one for one in people if one["orders"] and one["store"] == "S1"]
    assert f"“全部客户”{len(inside)} 人" in page
    assert "您负责的门店" in page


def test_cells_of_the_cross_table_are_crowds(many: Workspace, signed_in_client: Browser) -> None:
    page = asked(signed_in_client("analyst"), "/groups/cross/", down="member_level", across="province")
    met = sum(one["province"] == "广东省" for one in GOLD)
    assert "member_level = 金卡 and province = 广东省" in links(page)
    assert re.search(rf'cell-more-\d" title="[^"]*"><a href="[^"]*">{met}</a>', page)
    assert "更常碰在一起" in page


def test_measures_add_up(many: Workspace, signed_in_client: Browser) -> None:
    page = text_of(asked(signed_in_client("analyst"), "/groups/measures/", tag="member_level"))
    orders = sum(one["orders"] for one in GOLD)
    assert re.search(rf"金卡 {len(GOLD)} \S+ \S+ \S+ \S+ \(\S+\) {orders} \S+ \(\S+\)", page)


def test_the_map_names_provinces_and_lists_what_lies_elsewhere(many: Workspace, signed_in_client: Browser) -> None:
    page = asked(signed_in_client("analyst"), "/groups/regions/", crowd="gold")
    both = sum(one["written"] in ("广东", "广东省") for one in GOLD)
    assert f"({both})" in page
    assert any("province = 广东省" in rule for rule in links(page))
    everyone = asked(signed_in_client("admin"), "/groups/regions/")
    assert "不在图上的（见表格）： Queensland" in text_of(everyone)
    unknown = sum(not one["province"] for one in PEOPLE)
    assert f"省份未知的有 {unknown} 人，占 {100 * unknown / COUNT:.3g}%，不在图上。" in text_of(everyone)
    assert "province is unknown" in links(asked(signed_in_client("analyst", "other"), "/groups/regions/", known="1"))
    assert "人，不在图上" not in text_of(page), "everybody with a gold card has a province"
    (option,) = re.findall(r'id="chart-option-regions"[^>]*>(.*?)</script>', everyone)
    assert len(json.loads(option)["series"][0]["data"]) == 34


def test_overlap_counts_exactly_and_leads_to_each_part(many: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    page = asked(browser, "/groups/overlap/", **{"with": ["gold", "buyers"]})
    gold_only = sum(one["orders"] < 2 for one in GOLD)
    assert "member_level = 金卡 and not orders_total >= 2" in links(page)
    assert re.search(rf"人群 gold</a></th><td class=\"num\">{gold_only}<", page)
    assert "选 2 到 6 个人群" in asked(browser, "/groups/overlap/")
    many_crowds = ["gold", "buyers", "yunnan", "first_order", "referrers", "birthday_soon", "frequent_returns"]
    assert browser.get("/groups/overlap/", {"with": many_crowds}).status_code == 400


def test_movement_is_counted_from_a_past_day(many: Workspace, signed_in_client: Browser) -> None:
    """Members with nothing up to the first day are new since, and no part of those there on both days."""
    browser = signed_in_client("analyst")
    page = asked(browser, "/groups/movement/", **{"tag": "lifecycle", "from": "2026-03-31"})
    new = sum(one["first"] > "2026-03-31" and not ordered_by(one, month=3) for one in PEOPLE)
    assert f"两天都在的 {COUNT - new} 人里" in page
    assert f"另有 {new} 人在前一天还没有任何记录" in page
    table = csv_rows(browser, "/groups/movement/", **{"tag": "lifecycle", "from": "2026-03-31"})
    assert sum(int(cell) for row in table[1:] for cell in row[1:]) == COUNT
    assert [sum(map(int, row[1:])) for row in table if row[0] == "之后新来的"] == [new]
    assert "之后新来的" not in table[0]
    moved = [int(cell) for row in table[1:] for name, cell in zip(table[0][1:], row[1:], strict=True) if name != row[0]]
    assert sum(moved) > 0, "the past day is another one"
    for day in ("2026-06-30", "2027-01-01", "yesterday"):
        assert browser.get("/groups/movement/", {"tag": "lifecycle", "from": day}).status_code == 400
    assert browser.get("/groups/movement/", {"rule": "rfm_class is known", "from": "2026-03-31"}).status_code == 200


def test_classes_of_rfm_move_as_they_were_on_either_day(many: Workspace, signed_in_client: Browser) -> None:
    """Each line adds up to those whom the analysis put into the class on the first day, by the orders until then.

    Before anybody ordered there is no class at all.
    """
    browser, day = signed_in_client("analyst"), date(2026, 3, 31)
    table = csv_rows(browser, "/groups/movement/", **{"tag": "rfm_class", "from": day.isoformat()})
    with many.reading() as engine:
        facts = kept_facts(engine, engine.table("account"), day, "then") | {"customer": engine.table("customer")}
        members = analysis_named("rfm").on(engine, facts, {}, day).members
        assert members is not None
        then = Counter(engine.arrow(members).column("rfm_class").to_pylist())
    lines = {row[0]: sum(map(int, row[1:])) for row in table[1:]}
    named = {rfm_fields()["rfm_class"].values[key].zh: count for key, count in then.items()}
    assert named.items() <= lines.items()
    assert sum(lines.values()) == COUNT
    early = csv_rows(browser, "/groups/movement/", **{"tag": "rfm_class", "from": "2025-12-31", "to": "2026-01-31"})
    assert {row[0] for row in early[1:] if sum(map(int, row[1:]))} == {"未知", "之后新来的"}


def test_who_went_from_one_state_to_another_is_kept_as_a_list(many: Workspace, signed_in_client: Browser) -> None:
    """Those who were there at the end of March and ordered only later, once, by what the files say."""
    browser = signed_in_client("analyst")
    query = {"tag": "orders_total", "from": "2026-03-31", "to": "2026-06-30"}
    page = asked(browser, "/groups/movement/", **query)
    ((place, count),) = re.findall(r'<option value="(\d+-\d+)">0 → 1 \((\d+)\)', page)
    moved = [one for one in PEOPLE if one["orders"] == 1 and not ordered_by(one, month=3)]
    there = [f"G{one['number']:05d}" for one in moved if one["first"] <= "2026-03-31"]
    assert int(count) == len(there)
    expected = {many.customer_id_of(one) for one in there}
    address = f"/groups/movement/keep/?{urlencode(query)}"
    answer = browser.post(address, {"flow": place, "name": "三月后第一次买"})
    assert answer.status_code == 302
    rule = parse_qs(urlsplit(answer.headers["Location"]).query)["rule"][0]
    found = Workspace.open(many.folder).segment(rule)
    assert set(found.column("customer_id").to_pylist()) == expected
    for wrong in ({"flow": "9-9", "name": "x"}, {"flow": place, "name": "三月后第一次买"}, {"flow": place, "name": ""}):
        assert browser.post(address, wrong).headers["Location"].startswith("/groups/movement/?")
    store = signed_in_client("analyst", "store", stores=["S1"])
    assert store.post(address, {"flow": place, "name": "y"}).status_code == 403
    assert "keep/" not in asked(store, "/groups/movement/", **query)
    # The shop is that of the tests that follow.
    Workspace.open(many.folder).forget_list(rule.removeprefix("list "), NOW, actor="kim")


def ordered_by(one: dict[str, Any], *, month: int) -> bool:
    """Whether the first order of a member lies in the first months of 2026; order 0 is in month 1 + number % 6."""
    return any(1 + (one["number"] + order) % 6 <= month for order in range(one["orders"]))


def csv_rows(browser: Client, address: str, **query: Any) -> list[list[str]]:
    """The rows of a table taken as a file."""
    answer = browser.get(address, {**query, "format": "csv"})
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_tables_are_taken_as_files_that_run_nothing(shop: Workspace, signed_in_client: Browser) -> None:
    """A member level that is a formula comes out as text."""
    rows = csv_rows(signed_in_client("admin"), "/groups/", tags="member_level", chart="member_level")
    names = [row[0] for row in rows]
    assert any(name.startswith("'=HYPERLINK") for name in names)
    assert csv_rows(signed_in_client("analyst"), "/groups/cross/", down="member_level", across="city")


def test_a_rule_is_suggested_for_a_crowd_and_for_a_list(many: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    page = asked(browser, "/groups/rule/", crowd="gold")
    (rule,) = links(page)
    # 广东 is a province, has its cities, and makes up the south.
    assert any(tag in rule for tag in ("province", "city", "region"))
    assert "member_level" not in rule
    listed = "\n".join(
        [f"G{one['number']:05d}" for one in PEOPLE if one["province"] == "云南省"] + ["nobody", "137 0000 0001"]
    )
    answer = browser.post("/groups/rule/", {"people": listed}).content.decode()
    (rule,) = links(answer)
    # Those of 云南 are also the only ones who registered so late.
    assert any(tag in rule for tag in ("province", "city", "region", "registered_on >= 2026-04-11")), rule
    assert "其中 1 行没有找到客户" in answer
    assert signed_in_client("viewer").get("/groups/rule/").status_code == 403


def test_a_few_customers_are_explained_with_care_and_too_few_not_at_all(
    many: Workspace, signed_in_client: Browser
) -> None:
    browser = signed_in_client("analyst")
    numbers = [f"G{one['number']:05d}" for one in PEOPLE if one["province"] == "云南省"]
    answer = browser.post("/groups/rule/", {"people": "\n".join(numbers[:24])})
    assert answer.status_code == 200
    page = text_of(answer.content.decode())
    assert "只有 24 位可以比较，准不准还说不太定" in page
    assert "人少，规则在全部客户上找出，最多两个条件" in page
    few = browser.post("/groups/rule/", {"people": "G00001\nG00002"})
    assert few.status_code == 200
    assert "太少，说不出" in few.content.decode()


def test_bars_segments_and_rules_lead_to_their_explanation(many: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    page = asked(browser, "/groups/", crowd="gold", tags="province")
    (bar,) = re.findall(r'href="(/groups/rule/\?rule=[^"]*%E5%B9%BF%E4%B8%9C[^"]*)"', page)
    explained = asked(browser, bar.replace("&amp;", "&"))
    assert "推荐的规则" in explained
    viewer = asked(signed_in_client("viewer"), "/groups/", tags="province")
    assert "/groups/rule/?rule=" not in viewer
    assert 'href="/groups/rule/?crowd=gold"' in asked(browser, "/crowds/saved/gold/")
    built = browser.get("/crowds/new/", {"rule": "member_level = 金卡"}).content.decode()
    assert "/groups/rule/?rule=member_level" in built


def test_an_uploaded_list_is_a_group_as_well(many: Workspace, tmp_path: Path, signed_in_client: Browser) -> None:
    path = tmp_path / "yunnan.csv"
    wanted = [one["number"] for one in PEOPLE if one["province"] == "云南省"]
    path.write_text("会员号\n" + "\n".join(f"G{number:05d}" for number in wanted) + "\n", encoding="utf-8")
    key = many.upload_list(path, "云南名单", "Yunnan list", NOW, actor="the-analyst").list.key
    try:
        browser = signed_in_client("analyst")
        page = asked(browser, "/groups/rule/", crowd=f"list:{key}")
        assert f'<option value="list:{key}" selected>云南名单</option>' in page
        (rule,) = links(page)
        assert any(tag in rule for tag in ("province", "city", "region", "registered_on >= 2026-04-11")), rule
        assert f"“云南名单”{len(wanted)} 人" in text_of(
            asked(browser, "/groups/", crowd=f"list:{key}", tags="province")
        )
        assert browser.get("/groups/", {"crowd": "list:none"}).status_code == 404
        viewer = signed_in_client("viewer")
        assert "云南名单" not in asked(viewer, "/groups/")
        assert viewer.get("/groups/", {"crowd": f"list:{key}"}).status_code == 403
    finally:
        many.forget_list(key, NOW, actor="the-analyst")


def test_the_page_of_a_segment_brings_its_highlights(many: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("viewer")
    assert 'hx-get="/groups/highlights/?crowd=gold"' in asked(browser, "/crowds/saved/gold/")
    part = asked(browser, "/groups/highlights/", crowd="gold")
    assert "<html" not in part
    assert "/groups/?crowd=gold" in part


@pytest.mark.parametrize("tab", TABS)
def test_before_the_first_refresh_the_page_teaches_the_next_step(
    tab: str, empty_shop: Workspace, signed_in_client: Browser
) -> None:
    assert "先导入数据" in asked(signed_in_client("admin"), f"/groups/{tab}")


@pytest.mark.parametrize("tab", TABS)
def test_pages_in_english_hold_no_chinese_but_what_the_files_say(
    tab: str, many: Workspace, signed_in_client: Browser
) -> None:
    query = {"crowd": "gold", "tags": ["province", "lifecycle"], "with": "buyers", "from": "2026-03-31"}
    page = asked(signed_in_client("admin", language="en"), f"/groups/{tab}", **query)
    found = set(re.findall(r"[\u4e00-\u9fff]+", text_of(page.split("<main")[1])))
    assert found <= {"广东", "广东省", "上海市", "云南省", "金卡", "普通会员", "广州市", "深圳市", "昆明市"}, found


@pytest.mark.parametrize("tab", TABS)
def test_what_makes_no_sense_is_answered_with_what_would(tab: str, many: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("admin")
    address = f"/groups/{tab}"
    assert browser.get(address, {"crowd": "gould"}).status_code == 404
    assert browser.get(address, {"rule": "citty = x"}).status_code == 400
    assert browser.get(address, {"base": "gould"}).status_code == 404
    odd = {
        "tags": ["\x00", "no_such_tag"],
        "down": "\u202e",
        "across": "x",
        "tag": "?",
        "with": "",
        "chart": "x",
        "known": "9",
    }
    assert browser.get(address, odd).status_code in (200, 400)
