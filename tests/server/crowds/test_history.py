"""The history of a segment: who came and went, by which test, how fresh it is, and what failed, on its pages."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.few_tags import check_nothing, keep_few
from tests.server.api.conftest import program
from tests.server.crowds.shop import AS_OF, ATTACK, NOW, member
from tests.server.crowds.test_pages import add, text_of

from huaxiang.analyse.registry import analysis_named
from huaxiang.ledger import Ledger
from huaxiang.prepare.facts import kept_facts
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

# The keys are those of the tests of the API.
__all__ = ["program"]

Browser = Callable[..., "Client"]
SHANGHAI = [one for one in (member(number) for number in range(1, 41)) if one["city"] == "上海市"]


@pytest.fixture(scope="module")
def moved_once(kept_crowd_shop: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the shop after a refresh with a segment that people entered, and one that fails."""
    folder = Path(shutil.copytree(kept_crowd_shop.folder, tmp_path_factory.mktemp("moved") / "ws", symlinks=True))
    keep_few(folder, ("city", "orders_total", "orders_365d", "net_revenue_365d", "first_order_on"))
    check_nothing(folder)
    add(Workspace.open(folder), "townspeople", "city = 上海市", least_customers=20)
    add(Workspace.open(folder), "broken", "no_such_tag = 1")
    add(Workspace.open(folder), "everybody", "everyone")
    add(Workspace.open(folder), "lost", "city = 上海市")
    Workspace.open(folder).refresh(NOW, AS_OF)
    (folder / "definitions" / "segments" / "lost.yaml").write_text("lost: {zh: [", encoding="utf-8")
    (folder / "definitions" / "segments" / "odd.yaml").write_text(
        "odd: {zh: 怪, condition: city =}\n", encoding="utf-8"
    )
    (folder / "definitions" / "tags").mkdir(exist_ok=True)
    (folder / "definitions" / "tags" / "latin.yaml").write_bytes(b"latin: \xff\xfe")
    add(Workspace.open(folder), "townspeople", "city = 上海市 and orders_total >= 1", version=2, least_customers=20)
    add(Workspace.open(folder), "everybody", "orders_total >= 1", version=2)
    Workspace.open(folder).refresh(NOW, AS_OF)
    return folder


@pytest.fixture
def moved(moved_once: Path, workspace: Path) -> Iterator[Workspace]:
    """The same shop, served."""
    from django.test import override_settings

    with override_settings(HUAXIANG_WORKSPACE=moved_once):
        yield Workspace.open(moved_once)


def test_the_page_says_who_left_and_why_masked(moved: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("viewer")
    page = browser.get("/crowds/saved/townspeople/history/").content.decode()
    text = text_of(page)
    gone = [one for one in SHANGHAI if not one["orders"]]
    assert f"0 人进入“人群 townspeople”，{len(gone)} 人离开" in text
    assert text.count("规则改了") == len(gone) + 1
    assert "不在允许的范围内（20 到 ∞）" in text
    assert not any(one["phone"] in page or one["person_name"] in page for one in SHANGHAI)
    first = text_of(browser.get("/crowds/saved/townspeople/history/?run=run-00002").content.decode())
    assert f"进入 {len(SHANGHAI)} 人" in first
    assert "第一次计算" in first
    assert ATTACK not in page


def test_programs_are_told_page_by_page_who_came_and_went(moved: Workspace, program: Browser) -> None:
    """Everybody once with the reason, each page in the ledger; for marketing those who agreed, for a store its own."""
    people = {moved.customer_id_of(one["member_no"]): one for one in map(member, range(1, 41))}
    gone = {key for key, one in people.items() if not one["orders"]}
    ask = program("crowd:members", role="analyst")
    path = "/api/v1/crowds/everybody/changes?purpose="
    answers = [ask.get(f"{path}analysis&limit=3").json()]
    while answers[-1]["next"]:
        answers.append(ask.get(f"{path}analysis&limit=3&cursor={answers[-1]['next']}").json())
    seen = [one for answer in answers for one in answer["changes"]]
    assert sorted(one["customer_id"] for one in seen) == sorted(gone)
    assert {(one["change"], *one["because"]) for one in seen} == {("left", "规则改了")}
    with Ledger.open(moved.ledger_path) as ledger:
        entries = [
            one for one in ledger.entries("export.created") if one.body.get("changes_of") == answers[0]["run_id"]
        ]
    assert (len(entries), sum(one.body["rows"] for one in entries)) == (len(answers), len(gone)) == (2, 4)
    assert ask.get(f"{path}analysis&run=run-00002&cursor={answers[0]['next']}").status_code == 409, (
        "it belongs to another refresh"
    )
    left = ask.get(f"{path}marketing").json()["changes"]
    assert {one["customer_id"] for one in left} == gone, "a list elsewhere loses them by this"
    came = ask.get(f"{path}marketing&run=run-00002").json()["changes"]
    assert {one["customer_id"] for one in came} == {key for key, one in people.items() if one["consent"] == "是"}
    mine = (
        program("crowd:members", role="analyst", stores=("S1",)).get(f"{path}analysis&run=run-00002").json()["changes"]
    )
    own = {key for key, one in people.items() if one["orders"] and one["store"] == "S1"}
    assert {one["customer_id"] for one in mine} == own
    assert ask.get(f"{path}analysis&run=run-99").json()["code"] == "api.unknown_run"
    assert program("crowd:read", role="analyst").get(f"{path}analysis").status_code == 403


def test_a_segment_that_failed_says_so_everywhere(moved: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("viewer")
    for address in ("/crowds/saved/broken/history/", "/crowds/"):
        assert "no_such_tag" in text_of(browser.get(address).content.decode())
    assert 'role="alert"' in browser.get("/crowds/saved/broken/history/").content.decode()
    part = browser.get("/crowds/saved/townspeople/history/", headers={"HX-Request": "true"}).content.decode()
    assert "data-chart" in part
    assert "<html" not in part


def test_a_file_that_cannot_be_read_stops_nothing_else(moved: Workspace, signed_in_client: Browser) -> None:
    """Its segment is listed as failed with the reason, its members stay, and no other file is touched by it."""
    known = Workspace.open(moved.folder).definitions
    assert set(known.unreadable_segments) == {"lost", "odd"}
    assert set(known.unreadable) == {"latin"}
    with moved.reading() as engine:
        rows = engine.table("crowd_member")
        stayed = engine.arrow(rows.filter(rows.crowd == "lost")).num_rows
        changes = engine.table("crowd_change")
        went = engine.arrow(changes.filter((changes.crowd == "lost") & (changes.change == "left"))).num_rows
        runs = engine.table("crowd_run")
        status = engine.arrow(runs.filter(runs.crowd == "lost").order_by("run_id").select("status"))
    assert (stayed, went) == (len(SHANGHAI), 0)
    assert status.column(0).to_pylist() == ["ok", "failed"]
    browser = signed_in_client("analyst")
    for address in ("/crowds/", "/"):
        page = text_of(browser.get(address).content.decode())
        assert "segments/lost.yaml" in page
        assert "segments/odd.yaml" in page
    for address in ("/runs/", "/tags/"):
        assert "tags/latin.yaml" in text_of(browser.get(address).content.decode())
    for address in ("/crowds/saved/lost/", "/crowds/saved/lost/history/", "/crowds/saved/odd/edit/"):
        answer = browser.get(address)
        assert answer.status_code == 400
        assert ".yaml" in text_of(answer.content.decode())
    rule = {"mode": "text", "text": "crowd lost", "act": "count"}
    assert "segments/lost.yaml" in text_of(browser.post("/crowds/preview/", rule).content.decode())
    add(Workspace.open(moved.folder), "friends", "crowd lost and orders_total > 1 or crowd nobody")
    page = signed_in_client("admin").get("/crowds/saved/friends/edit/").content.decode()
    assert '<option value="lost" selected>lost（文件读不了）</option>' in page
    assert '<option value="nobody" selected>nobody（没有了）</option>' in page
    assert page.count('<p class="field-error" role="alert">') >= 2
    assert "segments/lost.yaml" in text_of(page)
    saved = {"zh": "失而复得", "en": "Lost", "mode": "text", "text": "orders_total > 1", "act": "save"}
    assert browser.post("/crowds/new/", saved).headers["Location"] != "/crowds/saved/lost/"
    assert "[" in (moved.folder / "definitions" / "segments" / "lost.yaml").read_text(encoding="utf-8")


def test_a_segment_that_does_not_hold_breaks_no_page_of_a_customer(moved: Workspace, signed_in_client: Browser) -> None:
    browser, someone = signed_in_client("viewer"), moved.customer_id_of("M0003")
    assert browser.get(f"/customers/{someone}/").status_code == 200
    listed = text_of(browser.get(f"/crowds/of/{someone}/").content.decode())
    assert "人群 townspeople 2026年6月30日起" in listed
    assert browser.get("/crowds/of/nobody/").status_code in (200, 404)


def test_the_first_page_says_which_segment_failed(moved: Workspace, signed_in_client: Browser) -> None:
    page = signed_in_client("viewer").get("/").content.decode()
    assert 'href="/crowds/saved/broken/history/"' in page
    assert "no_such_tag" in text_of(page)


def test_before_a_history_the_page_teaches(shop: Workspace, signed_in_client: Browser) -> None:
    add(shop, "newcomers", "orders_total >= 1")
    page = signed_in_client("viewer").get("/crowds/saved/newcomers/history/").content.decode()
    assert "还没有历史" in text_of(page)


def test_somebody_of_other_stores_is_not_listed(moved: Workspace, signed_in_client: Browser) -> None:
    page = signed_in_client("viewer", stores=["S1"]).get("/crowds/saved/townspeople/history/?run=run-00002")
    mine = [one for one in SHANGHAI if one["orders"] and one["store"] == "S1"]
    assert page.content.decode().count('href="/customers/c') == len(mine)


PAST, API = "/crowds/saved/townspeople/past/", "/api/v1/crowds/townspeople/past"


def test_the_past_is_computed_afterwards_month_by_month_and_kept(
    moved: Workspace, signed_in_client: Browser, program: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ends of months by plain Python over what the files say. One day is measured first: it tells what the others
    take, which are computed when the person says so; what was computed is not computed again."""
    monkeypatch.setattr("huaxiang.server.crowds.past_steps.MONTHS", 6)
    browser, clock = signed_in_client("viewer"), count(0, 20)
    assert "还没有量过" in text_of(browser.get(PAST).content.decode())
    with monkeypatch.context() as slow:
        slow.setattr("huaxiang.server.crowds.past_steps.perf_counter", lambda: next(clock))
        told = text_of(browser.post(PAST + "compute/", {"page": "x"}).content.decode())
    assert "还有 5 个月末要算。已算过的每天用了 20.0 秒，所以大约要 120 秒" in told
    assert told.count("2026年") == 2
    assert "事后算出，不是当时记下的" in told
    told = text_of(browser.post(PAST + "compute/", {"page": "x", "act": "all"}).content.decode())
    ends = [date(2026, month + 1, 1) - timedelta(days=1) for month in range(1, 7)]
    expected = [sum(any(day <= end for day in _ordered(one)) for one in SHANGHAI) for end in ends]
    assert 0 < expected[0] < expected[-1]
    for end, customers, before in zip(ends, expected, [0, *expected], strict=False):
        assert f"{end.year}年{end.month}月{end.day}日 {customers} {customers - before} 0" in told
    assert "2025年12月31日 0 — —" in told
    assert "还有" not in told

    def refused(*_: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr("huaxiang.server.crowds.past_steps._on", refused)
    for again in (browser.get(PAST), browser.post(PAST + "compute/"), browser.post(PAST + "stop/", {"page": "x"})):
        assert f"2026年6月30日 {expected[-1]}" in text_of(again.content.decode())
    assert "已停下" in text_of(again.content.decode())
    ask = program("crowd:read")
    for answer in (ask.get(API), ask.post(API, {"days": 1}, content_type="application/json")):
        past = answer.json()
        assert [one["customers"] for one in past["days"]] == [0, *expected]
        assert [one["entered"] for one in past["days"][1:]] == [b - a for a, b in pairwise([0, *expected])]
        assert (past["unknown"], past["seconds_left"]) == ([], 0)
    theirs = text_of(signed_in_client("viewer", "two", stores=["S1"]).get(PAST).content.decode())
    assert "还没有量过" in theirs, "what others may see is nothing to this person"


def test_what_ranks_customers_says_so_and_ranks_those_of_the_day(
    moved: Workspace, signed_in_client: Browser, program: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class of RFM in a crowd that the rule names, and events: as the analysis over all that is known of the day."""
    monkeypatch.setattr("huaxiang.server.crowds.past_steps.MONTHS", 3)
    add(Workspace.open(moved.folder), "ranked", "rfm_class = important_value")
    add(Workspace.open(moved.folder), "best", "crowd ranked or did sale where (paid_amount >= 3900) in last 30 days")
    day = date(2026, 3, 31)
    with moved.reading() as engine:
        tables = {name: engine.table(name) for name in engine.tables()}
        facts = tables | kept_facts(engine, tables["account"], day, "whole")
        rfm = analysis_named("rfm").on(engine, facts, {}, day).members
        assert rfm is not None
        ranked = set(engine.arrow(rfm.filter(rfm.rfm_class == "important_value").customer_id)[0].to_pylist())
    bought = {moved.customer_id_of(one["member_no"]) for one in map(member, range(39, 41)) if _in_march(one)}
    browser = signed_in_client("viewer")
    assert "RFM" in text_of(browser.get("/crowds/saved/best/past/").content.decode())
    some = program("crowd:read").post("/api/v1/crowds/best/past", {"days": 2}, content_type="application/json").json()
    assert [one["day"] for one in some["days"]] == ["2026-05-31", "2026-06-30"]
    assert some["unknown"] == ["2026-03-31", "2026-04-30"]
    assert some["seconds_left"] > 0
    assert "rfm_class" in some["among_all"]
    told = text_of(browser.post("/crowds/saved/best/past/compute/", {"act": "all"}).content.decode())
    assert "在那天所有客户中的位置" in told
    assert ranked
    assert f"2026年3月31日 {len(ranked | bought)}" in told


def test_the_past_of_a_rule_that_does_not_hold_says_why(moved: Workspace, signed_in_client: Browser) -> None:
    for answer in (
        signed_in_client("viewer").get("/crowds/saved/broken/past/"),
        signed_in_client("viewer", "two").post("/crowds/saved/broken/past/compute/"),
    ):
        assert "no_such_tag" in text_of(answer.content.decode())


def _in_march(one: dict[str, Any]) -> bool:
    days = zip(_ordered(one), one["orders"], strict=True)
    return any(date(2026, 3, 1) < day <= date(2026, 3, 31) and 100 * n + k >= 3900 for day, (n, k) in days)


def _ordered(one: dict[str, Any]) -> list[date]:
    """The days of a member's orders, as the shop's files say."""
    return [date(2026, 1 + (number + order * 2) % 6, 1 + number % 27) for number, order in one["orders"]]
