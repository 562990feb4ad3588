"""Crowds at every refresh: who came, who left and why, what fails loudly, and that a rebuild keeps the history."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from tests.workspace.small import NOW, taken_in, written

from huaxiang.errors import WorkspaceError
from huaxiang.ledger import Ledger
from huaxiang.maintain.crowd_history import CrowdHistory, folded
from huaxiang.words import say
from huaxiang.workspace import Workspace

pytestmark = pytest.mark.slow
BODY = {"zh": "群", "en": "crowd", "meaning_zh": "某些人", "meaning_en": "some people"}
TABLES = ("crowd_member", "crowd_change", "crowd_run")


@dataclass(frozen=True)
class State:
    """What stood after a refresh."""

    run_id: str
    tables: dict[str, pa.Table]
    ids: dict[str, str]

    def rows(self, table: str, crowd: str) -> list[dict[str, Any]]:
        """The rows about one crowd; of the changes and runs those of this refresh."""
        found = [row for row in self.tables[table].to_pylist() if row["crowd"] == crowd]
        return [row for row in found if row.get("run_id", self.run_id) == self.run_id]

    def reasons(self, crowd: str) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Who came or went and why, by customer."""
        told = self.rows("crowd_change", crowd)
        return {row["customer_id"]: (row["change"], tuple(json.loads(row["because"]))) for row in told}


@dataclass(frozen=True)
class Story:
    """Four refreshes of one shop: first, with orders and changed rules, merged, with a crowd deleted."""

    shop: Workspace
    first: State
    second: State
    third: State
    fourth: State


def define(shop: Workspace, key: str, condition: str, **more: object) -> None:
    """Write a crowd into the definitions."""
    path = shop.folder / "definitions" / "segments" / f"{key}.yaml"
    path.parent.mkdir(exist_ok=True)
    named = {**BODY, "zh": key, "en": key, "condition": condition, **more}
    path.write_text(yaml.safe_dump({key: named}, allow_unicode=True), encoding="utf-8")


def refreshed(shop: Workspace) -> State:
    """Refresh with the definitions as they stand, and what it gave."""
    now = Workspace.open(shop.folder)
    done = now.refresh(NOW)
    return State(done.run_id, crowd_tables(now), {one: now.customer_id_of(one) for one in ("M1", "M2", "M29", "M30")})


def crowd_tables(shop: Workspace) -> dict[str, pa.Table]:
    """The tables of the crowds, sorted."""
    with shop.reading() as engine:
        found = {name: engine.arrow(engine.table(name)) for name in TABLES}
    return {name: rows.sort_by([(column, "ascending") for column in rows.column_names]) for name, rows in found.items()}


def order_of(shop: Workspace, number: str, member: str, amount: str) -> None:
    """One more order."""
    header = "订单编号,会员号,下单时间,订单状态,实付金额\n"
    line = f"{number},{member},2026-06-30 12:00:00,已完成,{amount}\n"
    taken_in(shop, written(shop.folder.parent / "files", f"{number}.csv", header + line))


@pytest.fixture(scope="module")
def story(once: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The shop after its four refreshes."""
    shop = Workspace.open(shutil.copytree(once, tmp_path_factory.mktemp("crowds") / "ws", symlinks=True))
    define(shop, "big", "net_revenue_total >= 80 and orders_total >= 1")
    define(shop, "fails", "orders_total >= 1")
    define(shop, "moving", "orders_total >= 1")
    first = refreshed(shop)
    order_of(shop, "X2", "M2", "500.00")
    order_of(shop, "X90", "M90", "900.00")
    define(shop, "fails", "no_such_tag = 3", version=2)
    define(shop, "moving", "orders_total >= 99", version=2)
    define(shop, "fine", "orders_total >= 1", least_customers=1000)
    second = refreshed(shop)
    define(shop, "moving", "orders_total >= 1", version=3)
    shop.merge("M29", "M30", "一个人", NOW, actor="kim")
    third = refreshed(shop)
    (shop.folder / "definitions" / "segments" / "moving.yaml").unlink()
    return Story(Workspace.open(shop.folder), first, second, third, refreshed(shop))


def test_who_came_and_since_when(story: Story) -> None:
    (run,) = story.first.rows("crowd_run", "big")
    # By hand: members 26 to 30 spent 81 to 89, and member 1 spent 91.
    assert (run["status"], run["customers"], run["entered"], run["gone"], run["outside"]) == ("ok", 6, 6, 0, False)
    assert {why for _, why in story.first.reasons("big").values()} == {("first_run",)}
    since = {row["customer_id"]: row["since_run"] for row in story.second.rows("crowd_member", "big")}
    assert since[story.second.ids["M2"]] == story.second.run_id
    assert list(since.values()).count(story.first.run_id) == 6


def test_why_somebody_came_is_the_test_that_changed(story: Story) -> None:
    stranger = story.shop.customer_id_of("M90")
    assert story.second.reasons("big") == {
        story.second.ids["M2"]: ("entered", ("net_revenue_total >= 80",)),
        stranger: ("entered", ("new_customer",)),
    }


def test_a_crowd_that_fails_stops_no_other_and_keeps_its_members(story: Story) -> None:
    (run,) = story.second.rows("crowd_run", "fails")
    assert (run["status"], run["customers"]) == ("failed", None)
    told = json.loads(run["reason"])
    for lang in ("zh", "en"):
        assert "no_such_tag" in say(told["code"], lang, **told["params"])
    assert story.second.rows("crowd_member", "fails") == story.first.rows("crowd_member", "fails")
    (fine,) = story.second.rows("crowd_run", "fine")
    assert (fine["status"], fine["customers"], fine["outside"]) == ("ok", 31, True)


def test_a_changed_rule_and_a_deleted_crowd_say_so(story: Story) -> None:
    assert set(story.second.reasons("moving").values()) == {("left", ("rule_changed",))}
    came = story.third.reasons("moving")
    assert set(came.values()) == {("entered", ("rule_changed",))}
    assert set(story.fourth.reasons("moving").values()) == {("left", ("crowd_deleted",))}
    assert {row["version"] for row in story.fourth.rows("crowd_change", "moving")} == {3}
    assert story.fourth.rows("crowd_member", "moving") == []


def test_a_merge_is_told_as_one(story: Story) -> None:
    old = {story.second.ids[member] for member in ("M29", "M30")}
    kept = story.third.ids["M29"]
    (gone,) = old - {kept}
    assert story.third.reasons("big") == {gone: ("left", ("merged",))}
    assert story.third.reasons("fails") == {gone: ("left", ("merged",))}
    since = {row["customer_id"]: row["since_run"] for row in story.third.rows("crowd_member", "big")}
    assert since[kept] == story.first.run_id


def test_folding_the_changes_gives_the_members_and_a_rebuild_gives_all_again(story: Story) -> None:
    for state in (story.first, story.second, story.third, story.fourth):
        fold = folded(state.tables["crowd_change"])
        assert fold.sort_by([(column, "ascending") for column in fold.column_names]) == state.tables["crowd_member"]
    story.shop.rebuild(NOW)
    assert crowd_tables(story.shop) == story.fourth.tables


def test_a_damaged_history_is_refused_by_name(story: Story, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(story.shop.landing.folder / "crowds", tmp_path / "crowds"))
    with Ledger.open(story.shop.ledger_path) as ledger:
        history = CrowdHistory(folder, ledger)
        assert history.all()["crowd_change"].num_rows == story.fourth.tables["crowd_change"].num_rows
        (path,) = folder.glob(f"{story.third.run_id}-*/changes.parquet")
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        with pytest.raises(WorkspaceError, match=story.third.run_id):
            history.all()
