"""The past of one customer, computed alone, is what everybody's past says of that customer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from huaxiang.analyse.everybody import everybody
from huaxiang.analyse.in_force import computed_on
from huaxiang.analyse.one_past import OnePast, figures_used
from huaxiang.analyse.order import with_needed
from huaxiang.analyse.own_rows import OwnRows
from huaxiang.analyse.profile import profile
from huaxiang.analyse.tag_history import MonthsOfTag, month_ends
from huaxiang.engine.interface import count_of
from huaxiang.errors import Cancelled
from huaxiang.model.tags import Tags, tags_from
from huaxiang.prepare.facts import FACT_TABLES, facts
from huaxiang.server.published import Published
from huaxiang.workspace import Workspace

#: Before the first purchase, the day of a purchase, and the published day.
DAYS = [date(2026, 1, 15), date(2026, 4, 1), date(2026, 6, 30)]
#: Who bought in two stores, and who left markup everywhere.
WHO = ("M0001", "M0003")


@pytest.fixture(scope="module")
def alone(made: Workspace, ids: dict[str, str]) -> dict[tuple[str, date], Any]:
    """Every customer alone on every day, as whoever was asked about before left it."""
    found = {}
    with made.reading() as engine:
        tables, tags = Published(engine), made.definitions.tags
        known = everybody(engine, tables, tags, made.as_of())
        one = OnePast(OwnRows(engine, tables, ids["M0002"]), tags, known, frozenset(FACT_TABLES))
        assert len(list(one.on(DAYS))) > 1
        for key in map(ids.__getitem__, WHO):
            one.own.be(key)
            for past in one.on(DAYS):
                counts = {name: count_of(engine, past.facts[name]) for name in FACT_TABLES}
                found[key, past.day] = (past.row, counts, past.left_out)
    return found


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_alone_a_customer_has_the_tags_that_everybody_computed_gives(
    day: date, made: Workspace, ids: dict[str, str], alone: dict[tuple[str, date], Any]
) -> None:
    tags = made.definitions.tags
    shared = figures_used(tags, tags)
    rows = {row["customer_id"]: row for row in made.profiles(day).to_pylist()}
    for key in map(ids.__getitem__, WHO):
        row, _, left_out = alone[key, day]
        assert set(row) == {"customer_id", *computed_on(tags, day)} - left_out
        differing = {name: (row[name], rows[key][name]) for name in row if row[name] != rows[key][name]}
        assert set(differing) <= shared, (key, differing)
        if day == DAYS[-1]:
            assert differing == {}


@pytest.mark.parametrize("day", DAYS[:2], ids=str)
def test_the_facts_of_a_day_are_the_customers_of_all_facts(
    day: date, made: Workspace, ids: dict[str, str], alone: dict[tuple[str, date], Any]
) -> None:
    with made.reading() as engine:
        every = facts(engine, engine.table("account"), day)
        for key in map(ids.__getitem__, WHO):
            for name, rows in every.items():
                expected = count_of(engine, rows.filter(rows.customer_id == key))
                assert alone[key, day][1][name] == expected, (key, name)


def test_some_tags_alone_are_the_same_as_all_of_them(made: Workspace, ids: dict[str, str]) -> None:
    wanted = with_needed(["lifecycle", "city_tier"], made.definitions.tags)
    with made.reading() as engine:
        tables = Published(engine)
        known = everybody(engine, tables, wanted, made.as_of())
        one = OnePast(OwnRows(engine, tables, ids["M0001"]), wanted, known)
        found = [past.row for past in one.on(DAYS[-1] - timedelta(days=30 * number) for number in range(3))]
    assert [row["lifecycle"] for row in found] == ["active", "active", "active"] or all(
        row["lifecycle"] for row in found
    )
    assert {row["city_tier"] for row in found} == {"tier_1"}


def test_who_is_asked_about_after_a_question_that_failed_has_rows_of_their_own(
    made: Workspace, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question is stopped while it is built: what was built of it by then is used for the next customer."""

    def stopped(*_: Any) -> Any:
        raise Cancelled("engine.cancelled")

    wanted = with_needed(["net_revenue_total", "orders_total"], made.definitions.tags)
    with made.reading() as engine:
        tables = Published(engine)
        known = everybody(engine, tables, wanted, made.as_of())
        one = OnePast(OwnRows(engine, tables, ids["M0001"]), wanted, known)
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr("huaxiang.analyse.one_past.alone", stopped)
            with pytest.raises(Cancelled):
                list(one.on(DAYS[-1:]))
        one.own.be(ids["M0003"])
        (found,) = (past.row for past in one.on(DAYS[-1:]))
        rows = {row["customer_id"]: row for row in made.profiles(DAYS[-1]).to_pylist()}
    assert found == {name: rows[ids["M0003"]][name] for name in found}
    assert found["net_revenue_total"] != rows[ids["M0001"]]["net_revenue_total"]


def layers() -> Tags:
    """A tag by what somebody did: acts, orders and days of orders."""
    whens = {
        "lately": "did sale in last 60 days count >= 1",
        "twice": "did order_day count >= 2",
        "seen": "did act or did visit in last 90 days",
    }
    body = {"element": "behaviour", "zh": "层", "en": "Layer", "meaning_zh": "。", "meaning_en": ".", "type": "text"}
    rule = [{"value": value, "when": when} for value, when in whens.items()]
    names = {value: {"zh": value, "en": value} for value in whens}
    return tags_from({"layer": {**body, "values": names, "rule": {"kind": "layers", "layers": rule}}})


@pytest.mark.parametrize("tag", ["orders_365d", "lifecycle", "satisfaction_latest", "layer"])
def test_a_history_is_what_each_of_its_days_gives(made: Workspace, ids: dict[str, str], tag: str) -> None:
    """The question built for one customer is true of the next; what looks at rows meanwhile goes day by day."""
    with made.reading() as engine:
        tables, tags, as_of = Published(engine), {**made.definitions.tags, **layers()}, made.as_of()
        wanted, own = with_needed([tag], tags), OwnRows(engine, tables, ids["M0002"], "asked")
        known = everybody(engine, tables, wanted, as_of)
        months = MonthsOfTag(own, tags, known, tag, as_of)
        for key in map(ids.__getitem__, WHO):
            own.be(key)
            days = [(past.day, past.row[tag]) for past in OnePast(own, wanted, known).on(month_ends(as_of))]
            own.be(key)
            assert months.found().days == tuple(days), key


def test_layers_that_ask_what_somebody_did_are_the_same_alone(made: Workspace, ids: dict[str, str]) -> None:
    """Acts, orders and days of orders, on a past day too."""
    tags = layers()
    with made.reading() as engine:
        tables = Published(engine)
        alone = {
            (key, past.day): past.row["layer"]
            for key in map(ids.__getitem__, WHO)
            for past in OnePast(OwnRows(engine, tables, key), tags, everybody(engine, tables, tags, DAYS[-1])).on(DAYS)
        }
        for day in DAYS:
            every = facts(engine, engine.table("account"), day)
            rows = engine.arrow(profile(engine, tags, day, every)).to_pylist()
            together = {row["customer_id"]: row["layer"] for row in rows}
            assert {key: together[key] for key, when in alone if when == day} == {
                key: value for (key, when), value in alone.items() if when == day
            }
    assert len(set(alone.values())) > 1
