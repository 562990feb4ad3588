"""A whole shop refreshed by increments: what is published is what computing everybody gives."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.workspace.small import NOW, taken_in, written

from huaxiang.analyse.came_since import came_since
from huaxiang.engine.points import latest_points
from huaxiang.maintain.profile_step import Increments
from huaxiang.maintain.serving import NEW
from huaxiang.workspace import Statement, Workspace

pytestmark = pytest.mark.slow

LATER = NOW + timedelta(days=1)
# New orders, one of somebody new, a guest's, and another amount in an order that is known.
ORDERS = (
    "订单编号,会员号,下单时间,订单状态,实付金额\n"
    "E1,M1,2026-06-30 10:00:00,已完成,8.00\n"
    "E2,M40,2026-06-30 11:00:00,已完成,9.00\n"
    "E3,,2026-06-30 12:00:00,已完成,5.00\n"
    "D7,M8,2026-06-08 10:00:00,已完成,700.50\n"
    "D9,M10,2026-06-10 10:00:00,已取消,9.50\n"
)
PEOPLE = (
    "会员号,手机号,姓名,注册时间\nM41,13910000041,新客,2026-06-30 09:00:00\nM12,13910000012,改名,2025-01-13 09:00:00\n"
)


def published(shop: Workspace) -> dict[str, Counter[str]]:
    """What is known of every customer, row for row."""
    with shop.reading() as engine:
        tables = {name: engine.arrow(engine.table(name)) for name in ("profile", "profile_confidence", "tag_weight")}
    return {name: Counter(repr(sorted(row.items())) for row in rows.to_pylist()) for name, rows in tables.items()}


def uncounted(shop: Workspace) -> set[str]:
    """Who has none of the tags that look at others, having come since everybody was computed."""
    with shop.reading() as engine:
        found = came_since(engine)
        return set() if found is None else set(engine.arrow(found).column("customer_id").to_pylist())


def refreshed(shop: Workspace, day: date, *, full: bool = False) -> tuple[dict[str, Any], dict[str, Counter[str]]]:
    """The run of a refresh, and what it published."""
    shop.increments = Increments(least_customers=0, greatest_share=1.0)
    shop.refresh(LATER, day, full=full)
    return dict(shop.runs().to_pylist()[0]), published(shop)


def test_increments_publish_what_everybody_computed_gives(workspace: Workspace, tmp_path: Path) -> None:
    """Orders that came, changed and were cancelled, people who came, two joined and parted, two others joined, values
    given and taken back, days that passed: two increments, one upon the other, and then everybody."""
    ids = {number: workspace.customer_id_of(f"M{number}") for number in range(3, 8)}
    taken_in(workspace, written(tmp_path, "七月订单.csv", ORDERS))
    joined = workspace.merge(ids[3], ids[4], "一家人", NOW, actor="kim")
    given = workspace.give_tag([ids[5]], Statement("city", "杭州", "搬家"), NOW, actor="kim")[0]
    first, _ = refreshed(workspace, date(2026, 6, 30))
    # Whoever ordered, the two who were joined and M40 who is new; nobody else.
    assert first["scope"] == "same_day"
    assert 5 <= first["computed_count"] < first["customer_count"] == 30
    came = workspace.customer_id_of("M40")
    assert uncounted(workspace) == {came}
    points = latest_points(workspace.lake)
    assert points is not None
    assert [(points.row(one, (NEW,)) or {}).get(NEW) for one in (came, ids[5])] == [True, None]
    taken_in(workspace, written(tmp_path, "新会员.csv", PEOPLE))
    workspace.undo(joined.seq, "不是一家人", LATER, actor="kim")
    workspace.merge(ids[6], ids[7], "一家人", LATER, actor="kim")
    workspace.take_tag(given.seq, "搬回", LATER, actor="kim")
    workspace.give_tag([ids[6]], Statement("city", "苏州", "搬家"), LATER, actor="kim")
    second, quick = refreshed(workspace, date(2026, 7, 1))
    whole, everybody = refreshed(workspace, date(2026, 7, 1), full=True)
    assert (second["scope"], second["customer_count"]) == ("increment", 31)
    assert (whole["scope"], whole["computed_count"]) == ("full", 31)
    assert quick == everybody
    assert uncounted(workspace) == set()


def test_a_small_shop_computes_everybody(once: Path) -> None:
    assert [run["scope"] for run in Workspace.open(once).runs().to_pylist()] == ["full"]
