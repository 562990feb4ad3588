"""Building, saving, changing and deleting segments."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.server.crowds.shop import NOW, member

from huaxiang.ledger import Ledger
from huaxiang.model.operators import OPERATORS
from huaxiang.release.roles import Access
from huaxiang.server.crowds.boxes import KINDS, ROLES
from huaxiang.server.crowds.saved import bring_back, shelf
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
PEOPLE = [member(number) for number in range(1, 41)]
RULE = {
    "box": ["1", "2"],
    "kind-1": "test",
    "kind-2": "test",
    "tag-1": "city",
    "op-1": "=",
    "value-1": "上海市",
    "tag-2": "orders_total",
    "op-2": ">=",
}
SAVE = {**RULE, "value-2": "2", "zh": "上海回头客", "act": "save"}


def saved(shop: Workspace, browser: Client, **changes: Any) -> str:
    """Save a segment by the form and give its key."""
    answer = browser.post("/crowds/new/", {**SAVE, **changes})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"].strip("/").split("/")[-1])


def entries(shop: Workspace) -> list[tuple[str, int, str]]:
    """What the ledger knows of definitions."""
    with Ledger.open(shop.ledger_path) as ledger:
        found = list(ledger.entries("definition.saved"))
    return [(entry.body["definition_id"], entry.body["version"], entry.body["change"]) for entry in found]


def test_the_preview_counts_exactly_and_says_the_rule(shop: Workspace, signed_in_client: Browser) -> None:
    page = signed_in_client("analyst").post("/crowds/preview/", {**RULE, "value-2": "2"}).content.decode()
    expected = sum(one["city"] == "上海市" and len(one["orders"]) >= 2 for one in PEOPLE)
    assert f'id="count">{expected}<' in page
    assert "城市为上海市，并且累计订单数不小于2" in page


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"box": "1", "kind-1": "test", "tag-1": "city", "op-1": "in", "value-1": "上海市，北京市"}, 27),
        ({"box": "1", "kind-1": "test", "tag-1": "city", "op-1": "=", "value-1": "上海市", "not-1": "1"}, 27),
        ({"box": "1", "kind-1": "test", "tag-1": "coupon_use_share", "op-1": "<=", "value-1": "0"}, 0),
        ({"box": "1", "kind-1": "test", "tag-1": "marketing_consent", "op-1": "=", "value-1": "true"}, 13),
        (
            {
                "box": "1",
                "kind-1": "test",
                "tag-1": "registered_on",
                "op-1": "between",
                "value-1": ["2025-01-01", "2025-01-31"],
            },
            40,
        ),
        ({"box": "1", "kind-1": "test", "tag-1": "city", "op-1": "is unknown"}, 0),
        ({"box": "1", "kind-1": "test", "tag-1": "net_revenue_total", "op-1": ">=", "value-1": "１,０００"}, None),
        ({"mode": "text", "text": "city = 上海市 或 city = 北京市"}, 27),
        ({"mode": "text", "text": ""}, 40),
        ({}, 40),
    ],
)
def test_every_kind_of_value_is_read(
    form: dict[str, Any], expected: int | None, shop: Workspace, signed_in_client: Browser
) -> None:
    if expected is None:
        expected = sum(sum(100 * number + order for number, order in one["orders"]) >= 1000 for one in PEOPLE)
    page = signed_in_client("analyst").post("/crowds/preview/", form).content.decode()
    assert f'id="count">{expected}<' in page, page


def test_a_group_in_the_rule_is_joined_its_own_way(shop: Workspace, signed_in_client: Browser) -> None:
    form = {
        "box": ["1", "2", "3", "4"],
        "join-0": "all",
        "kind-1": "test",
        "tag-1": "orders_total",
        "op-1": ">=",
        "value-1": "1",
        "kind-2": "group",
        "join-2": "any",
        "kind-3": "test",
        "in-3": "2",
        "tag-3": "city",
        "op-3": "=",
        "value-3": "上海市",
        "kind-4": "test",
        "in-4": "2",
        "tag-4": "member_level",
        "op-4": "=",
        "value-4": "金卡",
    }
    page = signed_in_client("analyst").post("/crowds/preview/", form).content.decode()
    inside = [one for one in PEOPLE if one["orders"] and (one["city"] == "上海市" or one["member_level"] == "金卡")]
    assert f'id="count">{len(inside)}<' in page


DID = {"box": ["1", "2"], "kind-1": "did", "fact-1": "sale", "kind-2": "test", "in-2": "1", "role-2": "where"}
STORE = {**DID, "tag-2": "store_no", "op-2": "=", "value-2": "S1"}


@pytest.mark.parametrize(
    ("form", "is_inside"),
    [
        (STORE, lambda one: one["orders"] and one["store"] == "S1"),
        ({**STORE, "how-1": "did_not"}, lambda one: not (one["orders"] and one["store"] == "S1")),
        (
            {**STORE, "measure-1": "count", "op-1": ">=", "value-1": "2", "during-1": "fixed", "from-1": "2026-01-01"},
            lambda one: len(one["orders"]) >= 2 and one["store"] == "S1",
        ),
        ({"box": "1", "kind-1": "crowd", "key-1": "agreed_to_marketing"}, lambda one: one["consent"] == "是"),
    ],
)
def test_events_and_other_crowds_are_counted(
    form: dict[str, Any], is_inside: Callable[[Any], bool], shop: Workspace, signed_in_client: Browser
) -> None:
    """What a customer did, did not do, did so often; who is in another crowd."""
    page = signed_in_client("analyst").post("/crowds/preview/", form).content.decode()
    assert f'id="count">{sum(bool(is_inside(one)) for one in PEOPLE)}<' in page


def test_the_curve_has_the_size_of_the_crowd_at_every_stop(shop: Workspace, signed_in_client: Browser) -> None:
    """The stop that the rule stands on is marked, and every other one is what the preview would count there."""
    browser = signed_in_client("analyst")
    form = {**RULE, "value-2": "2"}
    page = browser.post("/crowds/curve/2/value/", form).content.decode()
    stops = re.findall(r'data-typed="(\d+)" data-words="[^"]*" data-customers="(\d+)"', page)
    assert [cut for cut, _ in stops] == sorted({cut for cut, _ in stops}, key=int)
    assert len(stops) > 2
    for cut, customers in stops:
        counted = browser.post("/crowds/preview/", {**form, "value-2": cut}).content.decode()
        assert f'id="count">{customers}<' in counted
    assert re.search(r'data-typed="2"[^>]* aria-current="true"', page)
    assert browser.post("/crowds/curve/1/value/", form).status_code == 204
    ordered = {**STORE, "measure-1": "count", "op-1": ">=", "value-1": "1", "during-1": "last", "days-1": "60"}
    days = browser.post("/crowds/curve/1/days/", ordered).content.decode()
    assert 'data-input="days-1"' in days
    for cut, customers in re.findall(r'data-typed="(\d+)" data-words="[^"]*" data-customers="(\d+)"', days)[::6]:
        counted = browser.post("/crowds/preview/", {**ordered, "days-1": cut}).content.decode()
        assert f'id="count">{customers}<' in counted
    assert 'data-input="value-1"' in browser.post("/crowds/curve/1/value/", ordered).content.decode()


TWICE = {"box": ["1", "2", "3"], "kind-1": "sequence", "kind-2": "step", "in-2": "1", "fact-2": "sale",
         "kind-3": "step", "in-3": "1", "fact-3": "sale", "gap-3": "70"}  # fmt: skip
LAST = {"box": ["1", "2"], "kind-1": "edge", "edge-1": "last", "fact-1": "sale", "kind-2": "test", "in-2": "1",
        "role-2": "has", "tag-2": "paid_amount", "op-2": ">=", "value-2": "1000"}  # fmt: skip


@pytest.mark.parametrize(
    ("form", "part", "name"),
    [
        (TWICE, "3/gap", "gap-3"),
        (LAST, "2/value", "value-2"),
        ({**RULE, "value-2": "1", "cap_customers": "5", "cap_by": "orders_total"}, "0/cap", "cap_customers"),
        ({**RULE, "value-2": "2", "cap_customers": "5", "cap_by": "orders_total"}, "2/value", "value-2"),
    ],
)
def test_steps_first_and_last_times_and_caps_are_moved(
    form: dict[str, Any], part: str, name: str, shop: Workspace, signed_in_client: Browser
) -> None:
    """Every stop is what the preview counts there, and a slider stands where it can be moved."""
    browser = signed_in_client("analyst")
    page = browser.post(f"/crowds/curve/{part}/", form).content.decode()
    assert f'data-input="{name}"' in page
    assert re.search(rf'data-typed="{form[name]}"[^>]* aria-current="true"', page)
    stops = re.findall(r'data-typed="([\d.]+)" data-words="[^"]*" data-customers="(\d+)"', page)
    assert len({customers for _, customers in stops}) > 1
    for cut, customers in stops[:: max(1, len(stops) // 4)]:
        counted = browser.post("/crowds/preview/", {**form, name: cut}).content.decode()
        assert f'id="count">{customers}<' in counted, cut
    assert f'hx-post="/crowds/curve/{part}/"' in browser.post("/crowds/new/", form).content.decode()


def test_revenue_beside_the_curve_is_for_whom_small_counts_are_not_hidden(
    shop: Workspace, signed_in_client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two stops lie few customers: their revenue would be told. Stores' own people see no capped sizes."""
    from huaxiang.release import roles

    browser, form = signed_in_client("analyst"), {**RULE, "value-2": "2"}
    assert "净消费" in browser.post("/crowds/curve/2/value/", form).content.decode()
    fewer = roles.role_named("analyst").permissions - {"export_masked"}
    monkeypatch.setitem(roles._BY_NAME, "analyst", roles.Role("analyst", fewer))
    page = browser.post("/crowds/curve/2/value/", form).content.decode()
    assert 'data-customers="' in page
    assert "净消费" not in page
    assert "¥" not in page
    own = signed_in_client("analyst", "of-a-store", stores=["S1"])
    capped = {**form, "cap_customers": "5"}
    assert own.post("/crowds/curve/2/value/", capped).status_code == 204
    assert 'data-customers="' in own.post("/crowds/curve/0/cap/", capped).content.decode()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"box": "1", "kind-1": "did", "fact-1": "sales"}, "sale"),
        ({**DID, "during-1": "last", "days-1": "很久"}, "请填整数"),
        ({"box": "1", "kind-1": "test", "tag-1": "citty", "op-1": "=", "value-1": "x"}, "相近的有：city"),
        ({"box": "1", "kind-1": "test", "tag-1": "orders_total", "op-1": ">=", "value-1": "很多"}, "要填数字"),
        ({"box": "1", "kind-1": "test", "tag-1": "registered_on", "op-1": ">=", "value-1": "昨天"}, "2026-01-31"),
        ({"box": "1", "kind-1": "test", "tag-1": "lifecycle", "op-1": "=", "value-1": "睡着"}, "没有“睡着”这个值"),
        ({"mode": "text", "text": "city = 上海市 and"}, "就断了"),
        ({"mode": "text", "text": "orders_totl > 3"}, "orders_total"),
        ({"mode": "text", "text": "(" * 100}, "看不懂"),
    ],
)
def test_what_makes_no_sense_is_explained_with_what_would(
    form: dict[str, Any], said: str, shop: Workspace, signed_in_client: Browser
) -> None:
    answer = signed_in_client("analyst").post("/crowds/preview/", form)
    assert answer.status_code == 200
    assert said in answer.content.decode()


def test_a_saved_segment_is_a_file_a_ledger_entry_and_a_page(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    key = saved(shop, browser)
    segment = Workspace.open(shop.folder).definitions.segments[key]
    assert (segment.zh, segment.owner, segment.version) == ("上海回头客", "the-analyst", 1)
    assert segment.meaning_en == "City is 上海市 and Orders, total is at least 2"
    assert entries(shop) == [(f"segment/{key}", 1, "saved")]
    assert "“上海回头客”已保存，第 1 版" in browser.get(f"/crowds/saved/{key}/").content.decode()


def test_a_change_is_the_next_version_and_the_old_one_is_kept(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    key = saved(shop, browser)
    assert 'value="上海市"' in browser.get(f"/crowds/saved/{key}/edit/").content.decode()
    change = {**SAVE, "value-1": "北京市", "version": "1", "least_customers": "1,000"}
    assert browser.post(f"/crowds/saved/{key}/edit/", change).status_code == 302
    standing = Workspace.open(shop.folder).definitions.segments[key]
    assert (standing.version, standing.least_customers, standing.most_customers) == (2, 1000, None)
    assert 'name="least_customers"' in (shown := browser.get(f"/crowds/saved/{key}/edit/").content.decode())
    assert 'value="1000"' in shown
    old = (shop.folder / "definitions" / "history" / "segments" / f"{key}.v1.yaml").read_text(encoding="utf-8")
    assert "上海市" in old
    assert entries(shop)[-1] == (f"segment/{key}", 2, "saved")
    stale = browser.post(f"/crowds/saved/{key}/edit/", change)
    assert stale.status_code == 400
    assert "又被改过" in stale.content.decode()


def test_a_deleted_segment_can_be_brought_back(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    key = saved(shop, browser)
    answer = browser.post(f"/crowds/saved/{key}/delete/", follow=True)
    assert "撤销删除" in answer.content.decode()
    assert browser.get(f"/crowds/saved/{key}/").status_code == 404
    assert browser.post(f"/crowds/saved/{key}/bring-back/").status_code == 302
    assert browser.get(f"/crowds/saved/{key}/").status_code == 200
    assert [change for _, _, change in entries(shop)] == ["saved", "deleted", "restored"]
    assert browser.post(f"/crowds/saved/{key}/bring-back/").status_code == 404


def brought_back(browser: Client, key: str) -> str:
    """The words of the page that refuses to bring a segment back."""
    answer = browser.post(f"/crowds/saved/{key}/bring-back/")
    assert answer.status_code == 400
    return answer.content.decode()


def test_bringing_back_asks_what_saving_asks(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    key = saved(shop, browser)
    browser.post(f"/crowds/saved/{key}/delete/")
    history = entries(shop)
    kept = shop.folder / "definitions" / "history" / "segments" / f"{key}.v1.yaml"
    whole = kept.read_text(encoding="utf-8")
    kept.write_text(whole.replace("orders_total", "gone_total"), encoding="utf-8")
    assert "“上海回头客”现在不能撤销删除：没有" in brought_back(browser, key)
    kept.write_text(whole.replace("op: '>='", "op: nonsense"), encoding="utf-8")
    assert "nonsense" in brought_back(browser, key)
    other = shop.folder / "definitions" / "segments" / "other.yaml"
    said = "{zh: 别的, en: Other, meaning_zh: 别的, meaning_en: Other, owner: kim, condition: {crowd: %s}}"
    other.write_text("other: " + said % key, encoding="utf-8")
    kept.write_text(re.sub(r"condition:.*", "condition: {crowd: other}", whole, flags=re.DOTALL), encoding="utf-8")
    assert "人群互相引用成了圈" in brought_back(browser, key)
    other.unlink()
    kept.write_text(whole, encoding="utf-8")
    assert saved(shop, browser) != key
    assert "已经有叫“上海回头客”的人群" in brought_back(browser, key)
    assert entries(shop)[: len(history)] == history
    assert len(entries(shop)) == len(history) + 1, "what is refused is in no history"


def test_one_segment_is_written_at_a_time(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    key = saved(shop, browser)
    browser.post(f"/crowds/saved/{key}/delete/")
    with ThreadPoolExecutor(1) as beside:
        with shelf(shop).locked():
            waiting = beside.submit(bring_back, shop, key, Access("the-analyst", "analyst", None), NOW)
            with pytest.raises(TimeoutError):
                waiting.result(0.3)
        assert waiting.result(30).key == key


def test_shipped_segments_and_those_of_others_stay_as_they_are(shop: Workspace, signed_in_client: Browser) -> None:
    mine = saved(shop, signed_in_client("analyst"))
    other = signed_in_client("analyst", "other")
    assert other.post(f"/crowds/saved/{mine}/delete/").status_code == 403
    assert other.post("/crowds/saved/first_order/delete/").status_code == 403
    copied = other.post(f"/crowds/saved/{mine}/edit/", {**SAVE, "zh": "我的版本"})
    assert copied.headers["Location"] != f"/crowds/saved/{mine}/"
    assert Workspace.open(shop.folder).definitions.segments[mine].version == 1
    assert signed_in_client("admin").post(f"/crowds/saved/{mine}/delete/").status_code == 302


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"zh": "  "}, "还没有名称"),
        ({"zh": "首单新客"}, "已经有叫“首单新客”的人群"),
        ({"zh": "长" * 61}, "太长"),
        ({"zh": "看不见\x07"}, "控制字符"),
        ({"value-2": ""}, "还没填完"),
        ({"value-2": "x"}, "还没填完，或填得不对"),
        ({"least_customers": "很多"}, "“很多”不是人数"),
        ({"least_customers": "9", "most_customers": "3"}, "至少 9、至多 3"),
    ],
)
def test_what_cannot_be_saved_is_refused_and_keeps_what_was_typed(
    change: dict[str, str], said: str, shop: Workspace, signed_in_client: Browser
) -> None:
    answer = signed_in_client("analyst").post("/crowds/new/", {**SAVE, **change})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert 'value="上海市"' in answer.content.decode()
    assert entries(shop) == []


def test_rows_and_text_turn_into_each_other(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    as_text = browser.post("/crowds/new/", {**SAVE, "act": "to_text"}).content.decode()
    assert "city = 上海市 and orders_total &gt;= 2</textarea>" in as_text
    text = {"mode": "text", "text": "discount_share between 0.1 and 0.3", "act": "to_boxes"}
    as_rows = browser.post("/crowds/new/", text).content.decode()
    assert re.findall(r'name="value-1" value="([^"]*)"', as_rows) == ["10", "30"]
    odd = {**text, "text": 'city in ("a,b", c)'}
    assert "条件框放不下" in browser.post("/crowds/new/", odd).content.decode()


@pytest.mark.parametrize("key", ["first_order", "cart_without_order", "discount_sensitive", "referrers"])
def test_a_shipped_rule_opened_for_editing_counts_the_same(
    key: str, shop: Workspace, signed_in_client: Browser
) -> None:
    browser = signed_in_client("analyst")
    count = re.search(r"有 ([\d,]+) 位客户", browser.get(f"/crowds/saved/{key}/").content.decode())
    edited = re.search(r'id="count">([\d,]+)<', browser.get(f"/crowds/saved/{key}/edit/").content.decode())
    assert count is not None
    assert edited is not None
    assert count[1] == edited[1]


TAGS = [
    "city",
    "lifecycle",
    "net_revenue_total",
    "marketing_consent",
    "registered_on",
    "discount_share",
    "rfm_class",
    "nonsense",
    "",
]
TEXTS = st.one_of(
    st.text(max_size=30), st.sampled_from(["1", "-1e9", "nan", "2026-02-30", "true", "上海市", '"', "{}", "\x00", "%"])
)


@st.composite
def forms(draw: st.DrawFn) -> dict[str, Any]:
    """A posted form as nobody's page would send it."""
    rows = draw(st.lists(st.one_of(st.sampled_from(["1", "2", "3"]), st.text(max_size=4)), max_size=4))
    form: dict[str, Any] = {
        "box": rows,
        "join-0": draw(TEXTS),
        "zh": draw(TEXTS),
        "en": draw(TEXTS),
    }
    for row in rows:
        form |= {f"tag-{row}": draw(st.sampled_from(TAGS)), f"op-{row}": draw(st.sampled_from([*OPERATORS, "?"]))}
        form |= {f"value-{row}": draw(st.lists(TEXTS, max_size=3)), f"in-{row}": draw(st.sampled_from(["", "1"]))}
        form |= {f"kind-{row}": draw(st.sampled_from([*KINDS, "?"])), f"role-{row}": draw(st.sampled_from(ROLES))}
        form |= {f"fact-{row}": draw(st.sampled_from(["sale", "act", "?"])), f"during-{row}": draw(TEXTS)}
    if draw(st.booleans()):
        form |= {
            "mode": "text",
            "text": draw(st.one_of(TEXTS, st.text(alphabet='abc()=<>且或非 andorcity1,"', max_size=60))),
        }
    acts = ["add:did:1", "add:group:0", "to_text", "to_boxes", "count", "remove:1", "up:2", "down:999999", "save"]
    return {**form, "act": draw(st.sampled_from(acts))}


def storable(form: dict[str, Any]) -> dict[str, Any]:
    """The form without lone surrogates, which no browser can send."""

    def clean(value: Any) -> Any:
        if isinstance(value, list):
            return [clean(each) for each in value]
        return value.encode("utf-8", "replace").decode("utf-8")

    return {clean(name): clean(value) for name, value in form.items()}


@pytest.mark.slow
def test_no_form_however_malformed_breaks_the_page(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")

    @settings(max_examples=300, suppress_health_check=list(HealthCheck))
    @given(
        form=forms(),
        address=st.sampled_from(["/crowds/new/", "/crowds/preview/", "/crowds/fit/1/", "/crowds/curve/1/value/"]),
    )
    def check(form: dict[str, Any], address: str) -> None:
        assert browser.post(address, storable(form)).status_code in (200, 204, 302, 400)

    check()
    assert browser.get("/crowds/").status_code == 200
