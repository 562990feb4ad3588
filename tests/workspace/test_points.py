"""The copy for look-ups of one customer follows every refresh, rebuild and merge, and is mended after a kill."""

from __future__ import annotations

import shutil

import pytest
from tests.workspace.small import NOW, taken_in, written

from huaxiang.engine.points import Points, latest_points
from huaxiang.maintain.serving import CONTACTS, FORMER, STORES
from huaxiang.workspace import Workspace

pytestmark = pytest.mark.slow


def points(workspace: Workspace) -> Points:
    """The points that stand beside the lake."""
    found = latest_points(workspace.lake)
    assert found is not None
    return found


def test_the_points_are_the_published_portrait_also_after_a_rebuild(workspace: Workspace) -> None:
    rebuilt = workspace.rebuild(NOW)
    assert rebuilt is not None
    found = points(workspace)
    assert found.about["as_of"] == "2026-06-30"
    rows = workspace.profiles().to_pylist()
    assert len(rows) == len(found) == 30
    for row in rows:
        own = found.row(row["customer_id"])
        assert own is not None
        assert {name: own[name] for name in row} == row
        assert own[STORES] is None
    (phone,) = (
        row for row in map(found.row, (one["customer_id"] for one in rows)) if row and row["_member_no"] == "M7"
    )
    assert phone[CONTACTS["phone"]] == "13910000007"
    assert phone[CONTACTS["person_name"]] == "客7"


def test_a_merge_leads_from_the_former_id_to_the_one_of_today(lean: Workspace) -> None:
    old = {lean.customer_id_of(member) for member in ("M1", "M2")}
    lean.merge("M1", "M2", "一个人", NOW, actor="kim")
    lean.refresh(NOW)
    found = points(lean)
    (kept,) = (each for each in old if found.row(each))
    (gone,) = old - {kept}
    assert found.meant(gone) == [(kept, FORMER)]
    assert {found.meant(member)[0].customer_id for member in ("M1", "M2", "13910000001")} == {kept}


def test_points_that_a_kill_cut_short_are_made_by_the_next_build(lean: Workspace) -> None:
    shutil.rmtree(lean.lake.folder / "points")
    assert latest_points(lean.lake) is None
    taken_in(lean, written(lean.folder.parent / "files", "更多.csv", "会员号,手机号\nM90,13910000090\n"))
    assert points(lean).run_id == "run-00001"
