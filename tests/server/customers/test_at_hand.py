"""The row of one customer is the same from the rows beside the lake and from the engine, and needs no engine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huaxiang.engine import DuckEngine
from huaxiang.model.segments import Segment, Segments
from huaxiang.release.roles import Access
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

    from huaxiang.server.customers.one_row import OneRow

Browser = Callable[..., "Client"]


@pytest.fixture
def engine(shop: Workspace) -> Iterator[DuckEngine]:
    """An engine over the small shop."""
    from huaxiang.server.data import reading

    with reading() as found:
        yield found


def row_of(engine: DuckEngine, shop: Workspace, key: str, segments: Segments | None = None) -> OneRow:
    """The row as an analyst gets it."""
    from huaxiang.server.customers.one_row import one_row
    from huaxiang.server.published import latest

    defined = shop.definitions
    asked = defined.segments if segments is None else segments
    return one_row(engine, latest(engine), defined.tags, asked, Access("lin", "analyst", None), key)


def without_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lake beside which no rows lie."""
    from huaxiang.server.customers import at_hand

    monkeypatch.setattr(at_hand, "latest_points", lambda _: None)


def test_both_ways_tell_the_same_of_everybody(
    shop: Workspace, engine: DuckEngine, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from huaxiang.server.customers.at_hand import several
    from huaxiang.server.customers.one_row import masked_contacts
    from huaxiang.server.published import latest

    access, some, tags = Access("lin", "analyst", None), list(ids.values())[:3], ["orders_365d", "lifecycle"]
    together = several(engine, latest(engine), some, tags)
    quick = {key: row_of(engine, shop, key) for key in ids.values()}
    reached = {key: masked_contacts(engine, latest(engine), access, row) for key, row in quick.items()}
    without_points(monkeypatch)
    asked = several(engine, latest(engine), some, tags)
    assert [{**row, "stores": row["stores"] or None} for row in together] == asked
    assert [row["customer_id"] for row in asked] == some
    for key, row in quick.items():
        slow = row_of(engine, shop, key)
        assert slow.contacts is None
        assert (slow.raw, slow.shown, slow.masked) == (row.raw, row.shown, row.masked)
        assert {name: type(value) for name, value in slow.raw.items()} == {k: type(v) for k, v in row.raw.items()}
        assert (slow.stores, slow.segments, slow.rfm_class) == (row.stores, row.segments, row.rfm_class)
        assert masked_contacts(engine, latest(engine), access, slow) == reached[key]
    assert any(row.segments for row in quick.values())
    assert {row.rfm_class for row in quick.values()} > {None}


def test_the_page_is_made_without_a_query(
    shop: Workspace, ids: dict[str, str], signed_in_client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, address = signed_in_client("viewer"), f"/customers/{ids['M0001']}/"
    first = browser.get(address).content.decode()
    asked: list[object] = []
    arrow = DuckEngine.arrow

    def noted(self: DuckEngine, expr: Any) -> Any:
        asked.append(expr)
        return arrow(self, expr)

    monkeypatch.setattr(DuckEngine, "arrow", noted)
    other = browser.get(f"/customers/{ids['M0002']}/")
    assert other.status_code == 200
    assert "王*" in first
    assert asked == []


def test_a_segment_changed_since_the_refresh_is_computed_anew_and_so_is_one_that_names_it(
    shop: Workspace, engine: DuckEngine, ids: dict[str, str]
) -> None:
    from huaxiang.model.segments import segments_from

    defined = dict(shop.definitions.segments)
    first, second = [key for key, one in defined.items() if one.advice][:2]
    names = {"zh": "甲", "en": "A", "meaning_zh": "甲", "meaning_en": "A"}
    everybody: Segment = defined[first].model_copy(
        update={"version": defined[first].version + 1, "condition": _everybody()}
    )
    naming = segments_from({second: {**names, "advice": defined[second].advice, "condition": {"crowd": first}}})
    changed = defined | {first: everybody} | naming
    for key in ids.values():
        found = row_of(engine, shop, key, changed).segments
        assert first in found
        assert second in found


def _everybody() -> object:
    from huaxiang.model.condition_text import condition_from_text

    return condition_from_text("orders_total is known or orders_total is unknown")


def test_rows_of_another_refresh_are_not_taken(
    made: Workspace, ids: dict[str, str], workspace: Path, tmp_path: Path
) -> None:
    from django.test import override_settings

    from huaxiang.engine.points import FOLDER
    from huaxiang.server.data import reading

    folder = Path(shutil.copytree(made.folder, tmp_path / "ws", symlinks=True))
    shop = Workspace.open(folder)
    with override_settings(HUAXIANG_WORKSPACE=folder), reading() as engine:
        points = shop.lake.folder / FOLDER
        (only,) = points.iterdir()
        only.rename(points / "run-99999")
        assert row_of(engine, shop, ids["M0001"]).contacts is None
