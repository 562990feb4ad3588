"""What a workspace says of tags that pages are made of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from huaxiang.analyse.in_force import computed_on
from huaxiang.maintain.definitions import load_definitions
from huaxiang.model.tags import STANDING, shipped_tags

_HEAD = "orders_365d: {element: purchasing, type: int, zh: 订单, en: Orders, meaning_zh: 。, meaning_en: ., "
OWN = {
    "retired": _HEAD + "rule: {kind: given}, status: retired}",
    "broken": _HEAD + "rule: {kind: formula, formula: {add: [no_such_tag, 1]}}}",
    "expired": _HEAD + "rule: {kind: given}, expires_on: 2020-01-01}",
    "unreadable": "orders_365d: {type: nothing}",
}


@pytest.mark.parametrize("how", OWN)
def test_what_pages_are_made_of_is_computed_whatever_a_workspace_says(how: str, tmp_path: Path) -> None:
    """Shown to nobody where it is given up or broken, and never lacking."""
    (tmp_path / "tags").mkdir()
    (tmp_path / "tags" / "own.yaml").write_text(OWN[how], encoding="utf-8")
    found = computed_on(load_definitions(tmp_path).tags, date(2026, 6, 30))
    assert {*STANDING} <= found.keys()
    assert found["orders_365d"].helper
    if how != "expired":
        assert found["orders_365d"].rule == shipped_tags()["orders_365d"].rule


def test_what_nobody_touched_is_as_shipped(tmp_path: Path) -> None:
    known = load_definitions(tmp_path)
    assert {key: known.tags[key] for key in STANDING} == {key: shipped_tags()[key] for key in STANDING}
