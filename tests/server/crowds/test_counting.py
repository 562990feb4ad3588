"""Counting in the builder: told what it costs, stopped by the person or by the next count, and none is taken twice."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import ibis
import pytest
from tests.server.crowds.test_build import PEOPLE, STORE

from huaxiang.engine import DuckEngine
from huaxiang.errors import Cancelled
from huaxiang.server.crowds import cost_words
from huaxiang.server.crowds.stopping import Asker, stop, stoppable
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
INSIDE = sum(bool(one["orders"]) and one["store"] == "S1" for one in PEOPLE)
RULE = {**STORE, "value-2": "S1", "page": "abc"}


@pytest.fixture
def engine(shop: Workspace) -> Iterator[DuckEngine]:
    """An engine on the shop."""
    with shop.reading() as opened:
        yield opened


def endless(engine: DuckEngine) -> Any:
    """Count more rows than anybody could: they are made while they are read."""
    numbers = ibis.range(0, 200_000, 1).unnest().name("number").as_table()
    rows = numbers.cross_join(numbers.view().rename(other="number"))
    return engine.arrow(rows.aggregate(n=((rows.number * rows.other).cast("string").length()).sum()))


def small(engine: DuckEngine) -> int:
    """A question that is answered at once."""
    return int(engine.arrow(engine.table("customer").aggregate(n=ibis._.count())).column("n")[0].as_py())


def test_a_running_count_is_stopped_by_the_person(engine: DuckEngine, shop: Workspace) -> None:
    bell = threading.Timer(0.3, stop, (shop, Asker("li", "p1")))
    bell.start()
    with pytest.raises(Cancelled) as problem, stoppable(engine, shop, Asker("li", "p1")):
        endless(engine)
    bell.join()
    assert problem.value.code == "crowds.count_stopped"
    assert small(engine) == len(PEOPLE)


def test_the_next_count_of_the_page_stops_the_one_before_and_no_other(engine: DuckEngine, shop: Workspace) -> None:
    ended: dict[str, str] = {}

    def count(user: str, page: str, ready: threading.Event) -> None:
        with shop.reading() as own:
            try:
                with stoppable(own, shop, Asker(user, page)):
                    ready.set()
                    endless(own)
            except Cancelled as problem:
                ended[f"{user} {page}"] = problem.code

    starts = [("li", "p1"), ("li", "p2"), ("wang", "p1")]
    ready = [threading.Event() for _ in starts]
    threads = [threading.Thread(target=count, args=(*who, event)) for who, event in zip(starts, ready, strict=True)]
    for thread, event in zip(threads, ready, strict=True):
        thread.start()
        assert event.wait(30)
    with stoppable(engine, shop, Asker("li", "p1")):
        assert small(engine) == len(PEOPLE)
    threads[0].join(30)
    assert ended == {"li p1": "crowds.count_superseded"}
    for user, page in starts[1:]:
        stop(shop, Asker(user, page))
    for thread in threads:
        thread.join(30)
    assert ended == {
        "li p1": "crowds.count_superseded",
        "li p2": "crowds.count_stopped",
        "wang p1": "crowds.count_stopped",
    }


def test_an_earlier_request_that_comes_late_stops_nothing(engine: DuckEngine, shop: Workspace) -> None:
    """Neither one that arrives after the later one has begun, nor one that began with it and wrote its mark last."""
    later, earlier = Asker("li", "p1", 12), Asker("li", "p1", 9)
    mark = shop.folder / "tmp" / "counts"
    with stoppable(engine, shop, later):
        with shop.reading() as own, pytest.raises(Cancelled) as problem, stoppable(own, shop, earlier):
            small(own)
        assert problem.value.code == "crowds.count_superseded"
        stop(shop, earlier)
        time.sleep(0.2)
        assert small(engine) == len(PEOPLE)
        assert [one.read_text().split()[0] for one in mark.iterdir()] == ["12"]
    with pytest.raises(Cancelled) as problem, stoppable(engine, shop, earlier):
        stop(shop, later)
    assert problem.value.code == "crowds.count_stopped"


def test_what_an_engine_says_of_being_stopped_is_not_shown(engine: DuckEngine, shop: Workspace) -> None:
    def looked_up_for_ever() -> None:
        with stoppable(engine, shop, Asker("li", "p1")):
            stop(shop, Asker("li", "p1"))
            while True:
                engine.tables()

    with pytest.raises(Cancelled):
        looked_up_for_ever()
    assert small(engine) == len(PEOPLE)


def test_marks_are_taken_away(engine: DuckEngine, shop: Workspace) -> None:
    folder = shop.folder / "tmp" / "counts"
    stop(shop, Asker("li", "old"))
    for mark in folder.iterdir():
        os.utime(mark, (time.time() - 100_000,) * 2)
    with stoppable(engine, shop, Asker("li", "p1")):
        assert len(list(folder.iterdir())) == 1
    assert list(folder.iterdir()) == []
    # What was stopped before it began to count does not stop the next count.
    stop(shop, Asker("li", "p1"))
    with stoppable(engine, shop, Asker("li", "p1")):
        assert small(engine) == len(PEOPLE)


def test_a_quick_rule_is_counted_and_says_what_it_read(shop: Workspace, signed_in_client: Browser) -> None:
    page = signed_in_client("analyst").post("/crowds/preview/", RULE).content.decode()
    orders = sum(len(one["orders"]) for one in PEOPLE)
    assert f'id="count">{INSIDE}<' in page
    assert f"要读订单 {orders} 行，不到 1 秒（这里还没量过，按一般速度估计）" in page


@pytest.mark.parametrize("asks", [False, True])
def test_a_slow_rule_is_told_before_it_is_counted(
    asks: bool, shop: Workspace, signed_in_client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cost_words, "TELL_SECONDS", 0.0)
    monkeypatch.setattr(cost_words, "ASK_SECONDS", 0.0 if asks else 60.0)
    browser = signed_in_client("analyst")
    page = browser.post("/crowds/preview/", RULE).content.decode()
    assert 'id="count"' not in page
    assert "门店为S1" in page
    assert "要读订单" in page
    assert ("所以先不数" in page) == asks
    assert ('hx-trigger="load"' in page) == (not asks)
    assert f'id="count">{INSIDE}<' in browser.post("/crowds/preview/", {**RULE, "act": "count"}).content.decode()
    # The whole page does not wait either, nor is a curve drawn at every edit where one pass takes long.
    monkeypatch.setattr("huaxiang.server.crowds.curve.MOST_SECONDS", -1.0)
    assert 'id="count"' not in browser.get("/crowds/new/?rule=did sale").content.decode()
    assert 'id="count"' in browser.post("/crowds/new/", {**RULE, "act": "count"}).content.decode()
    curve = {**RULE, "box": ["1", "2", "3"], "kind-3": "test", "tag-3": "orders_total", "op-3": ">=", "value-3": "1"}
    assert browser.post("/crowds/curve/3/value/", curve).status_code == 204


def test_the_pace_is_that_of_the_counts_before(
    shop: Workspace, signed_in_client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huaxiang.analyse.crowd_cost.LEAST_READ", 1)
    browser = signed_in_client("analyst")
    browser.post("/crowds/preview/", RULE)
    assert "按这里以前的速度" in browser.post("/crowds/preview/", RULE).content.decode()


def test_what_is_stopped_says_so_and_can_be_counted_again(shop: Workspace, signed_in_client: Browser) -> None:
    answer = signed_in_client("analyst").post("/crowds/preview/stop/", RULE)
    assert answer.status_code == 200
    assert "已经停下" in answer.content.decode()
    assert "再数一次" in answer.content.decode()
    assert signed_in_client("viewer").post("/crowds/preview/stop/", RULE).status_code == 403


def test_a_count_that_another_took_the_place_of_shows_nothing(
    shop: Workspace, signed_in_client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def superseded(*_: Any, **__: Any) -> Any:
        raise Cancelled("crowds.count_superseded")

    monkeypatch.setattr("huaxiang.server.crowds.counting.counted", superseded)
    assert signed_in_client("analyst").post("/crowds/preview/", RULE).status_code == 204


def test_a_button_of_the_rule_answers_without_counting(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    part = browser.post("/crowds/new/", {**RULE, "act": "add:test:0"}, headers={"HX-Request": "true"}).content.decode()
    assert 'name="tag-3"' in part
    assert 'id="count"' not in part
    assert part.count('hx-post="/crowds/preview/"') == 1
    box = browser.post("/crowds/fit/2/", RULE).content.decode()
    assert 'id="box-2"' in box
    assert 'id="count"' not in box


def test_who_came_today_is_said_not_to_be_counted_yet(
    shop: Workspace, signed_in_client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the builder, on the page of a tag and on that of the customer, of tags that look at others alone."""
    came = shop.customer_id_of("M0010")
    monkeypatch.setattr("huaxiang.server.uncounted.newcomers", lambda _: frozenset({came}))
    browser = signed_in_client("analyst")
    counted = {"mode": "text", "text": "spending_level = high", "act": "count", "page": "abc"}
    for answer in (browser.post("/crowds/preview/", counted), browser.get("/tags/one/spending_level/")):
        assert "今天新来的 1 位客户还没有算过消费水平" in answer.content.decode()
    for answer in (browser.post("/crowds/preview/", RULE), browser.get("/tags/one/city/")):
        assert "今天新来的" not in answer.content.decode()
    elsewhere = signed_in_client("analyst", "two", stores=["S1"])
    assert "今天新来的" not in elsewhere.post("/crowds/preview/", counted).content.decode(), "M0010 ordered nowhere"
    assert "今天全部更新之后来的" in browser.get(f"/customers/{came}/tags/").content.decode()
    other = shop.customer_id_of("M0020")
    assert "今天全部更新之后来的" not in browser.get(f"/customers/{other}/tags/").content.decode()
