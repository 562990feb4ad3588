"""Crowds and tags at every refresh: who came, who left and why, which values changed, what fails loudly, and that a
rebuild keeps the history."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from tests.analyse.plain_tag_history import Refresh, by_hand
from tests.workspace.small import NOW, taken_in, written

from huaxiang.analyse.crowd_moves import folded
from huaxiang.analyse.recorded_changes import recorded_of, since_of
from huaxiang.analyse.value_text import value_of
from huaxiang.errors import WorkspaceError
from huaxiang.ledger import Ledger
from huaxiang.maintain.kept_history import CROWDS, TAGS, KeptHistory, schema_of
from huaxiang.model.tag_tables import TAG_CHANGE
from huaxiang.words import say
from huaxiang.workspace import Workspace

pytestmark = pytest.mark.slow
SIDES = ("before", "after")
BODY = {"zh": "群", "en": "crowd", "meaning_zh": "某些人", "meaning_en": "some people"}
TABLES = ("crowd_member", "crowd_change", "crowd_run", "tag_change", "customer_came", "tag_rule", "profile_since")
#: What a refresh publishes of customers, to be compared with the one before.
PUBLISHED = ("profile", "customer_redirect")


@dataclass(frozen=True)
class State:
    """What stood after a refresh."""

    run_id: str
    as_of: date
    tables: dict[str, pa.Table]
    published: dict[str, pa.Table]
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
    ids = {one: now.customer_id_of(one) for one in ("M1", "M2", "M29", "M30")}
    return State(done.run_id, done.as_of, histories_of(now), tables_of(now, PUBLISHED), ids)


def tables_of(shop: Workspace, names: tuple[str, ...]) -> dict[str, pa.Table]:
    """Published tables by name."""
    with shop.reading() as engine:
        return {name: engine.arrow(engine.table(name)) for name in names}


def histories_of(shop: Workspace) -> dict[str, pa.Table]:
    """The tables of the histories, sorted."""
    found = tables_of(shop, TABLES)
    return {name: rows.sort_by([(column, "ascending") for column in rows.column_names]) for name, rows in found.items()}


def order_of(shop: Workspace, number: str, member: str, amount: str) -> None:
    """One more order."""
    header = "订单编号,会员号,下单时间,订单状态,实付金额\n"
    line = f"{number},{member},2026-06-30 12:00:00,已完成,{amount}\n"
    taken_in(shop, written(shop.folder.parent / "files", f"{number}.csv", header + line))


@pytest.fixture(scope="module")
def story(lean_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The shop after its four refreshes."""
    shop = Workspace.open(shutil.copytree(lean_once, tmp_path_factory.mktemp("crowds") / "ws", symlinks=True))
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


def test_tag_changes_and_days_are_those_of_the_profiles(story: Story) -> None:
    states = (story.first, story.second, story.third, story.fourth)
    recorded = [name for name in story.first.tables["profile_since"].column_names if name != "customer_id"]
    kinds = {key: story.shop.definitions.tags[key].type for key in recorded}
    told = []
    for state in states:
        rows = {row.pop("customer_id"): row for row in state.published["profile"].to_pylist()}
        led = {row["old_id"]: row["new_id"] for row in state.published["customer_redirect"].to_pylist()}
        told.append(Refresh(kinds, {who: {key: row[key] for key in kinds} for who, row in rows.items()}, led))
    # The shop had been refreshed before the first of these, with nothing changed since.
    for state, (changes, since) in zip(states, by_hand(told, [one.as_of for one in states]), strict=True):
        own = [row for row in state.tables["tag_change"].to_pylist() if row["run_id"] == state.run_id]
        read = {
            (row["customer_id"], row["tag"], *(repr(value_of(row[side], kinds[row["tag"]])) for side in SIDES))
            for row in own
        }
        assert (read, len(own)) == (changes, len(changes))
        rows = {row.pop("customer_id"): row for row in state.tables["profile_since"].to_pylist()}
        assert rows == since
    assert {row["run_id"] for row in states[-1].tables["tag_change"].to_pylist()} >= {story.second.run_id}


def test_one_customer_since_when_and_how(story: Story) -> None:
    stranger, bought = (story.shop.customer_id_of(one) for one in ("M90", "M2"))
    first = date(2026, 6, 30)
    with story.shop.reading() as engine:
        since = since_of(engine, bought)
        assert (since["orders_total"].is_first, since["registered_on"].is_first) == (False, True)
        told = recorded_of(engine, bought, "orders_total")
        assert told is not None
        assert [(one.before, one.after, one.by_rule) for one in told.changes] == [("2", "3", False)]
        assert told.begins.is_first
        new = recorded_of(engine, stranger, "orders_total")
        assert new is not None
        assert (new.begins.is_first, new.begins.day, new.changes) == (False, first, ())
        assert since_of(engine, stranger)["orders_total"] == new.begins
        assert recorded_of(engine, bought, "days_since_last_order") is None
        assert "days_since_last_order" not in since


def test_the_last_that_was_kept_of_a_run_holds(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite3") as ledger:
        history = KeptHistory(TAGS, tmp_path, ledger)
        empty = {name: [schema_of(columns).empty_table()] for name, (_, columns) in TAGS.tables.items()}
        row = {"run_id": "run-00001", "as_of": NOW.date(), "customer_id": "a", "tag": "city", "before": None}
        pieces = [pa.Table.from_pylist([row | {"after": city}], schema=schema_of(TAG_CHANGE)) for city in ("甲", "乙")]
        for kept in (pieces[:1], pieces[1:], pieces[:1], pieces[:1]):
            history.keep("run-00001", empty | {"tag_change": kept}, NOW, "kim")
        assert list(history.runs()) == []
        (tmp_path / "tags" / "run-00002.partial").mkdir()
        history.sweep()
        assert len(list((tmp_path / "tags").iterdir())) == 2
        ledger.append("refresh.published", {"run_id": "run-00001"}, at=NOW, actor="kim")
        assert history.all()["tag_change"].column("after").to_pylist() == ["甲"]
        assert len(list(ledger.entries("tags.compared"))) == 3


def test_folding_the_changes_gives_the_members_and_a_rebuild_gives_all_again(story: Story) -> None:
    for state in (story.first, story.second, story.third, story.fourth):
        fold = folded(state.tables["crowd_change"])
        assert fold.sort_by([(column, "ascending") for column in fold.column_names]) == state.tables["crowd_member"]
    story.shop.rebuild(NOW)
    assert histories_of(story.shop) == story.fourth.tables


def test_a_damaged_history_is_refused_by_name(story: Story, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(story.shop.landing.folder / "crowds", tmp_path / "crowds"))
    with Ledger.open(story.shop.ledger_path) as ledger:
        history = KeptHistory(CROWDS, folder.parent, ledger)
        assert history.all()["crowd_change"].num_rows == story.fourth.tables["crowd_change"].num_rows
        (path,) = folder.glob(f"{story.third.run_id}-*/changes.parquet")
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        with pytest.raises(WorkspaceError, match=story.third.run_id):
            history.all()
