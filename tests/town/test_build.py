"""Same arguments, same bytes; blocks stand alone; what cannot be built is refused in words."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from huaxiang.errors import InputError
from huaxiang.town import TownReport, build
from huaxiang.town.block import block_of
from huaxiang.town.calendar import Calendar
from huaxiang.town.catalogue import open_catalogue
from huaxiang.town.world import World


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_same_arguments_same_bytes(small_town: TownReport, tmp_path: Path) -> None:
    again = build(tmp_path, customers=500, days=200, seed=11)
    assert _digests(tmp_path) == _digests(small_town.folder)
    assert again.totals == small_town.totals


def test_another_seed_is_another_town(small_town: TownReport, tmp_path: Path) -> None:
    other = build(tmp_path, customers=500, days=200, seed=12)
    assert other.totals["net_revenue_cents"] != small_town.totals["net_revenue_cents"]


def test_a_block_does_not_depend_on_the_others() -> None:
    world = World(Calendar(date(2026, 6, 30), 90), open_catalogue(3, 1_000), 3)
    alone = block_of(1, np.arange(500, 1_000), world)
    block_of(0, np.arange(500), world)
    after = block_of(1, np.arange(500, 1_000), world)
    for name, rows in alone.raw.items():
        assert all(column.equals(after.raw[name][word]) for word, column in rows.items())


def test_last_day_bounds_what_happens(small_town: TownReport) -> None:
    orders = (small_town.folder / "raw" / "退款.csv").read_text(encoding="utf-8")
    assert "2026-07" not in orders
    assert "2026-06" in orders


@pytest.mark.parametrize(
    ("customers", "days", "seed", "code"),
    [
        (499, 100, 1, "town_customers_out_of_range"),
        (10_000_001, 100, 1, "town_customers_out_of_range"),
        (500, 59, 1, "town_days_out_of_range"),
        (500, 100, -1, "town_seed_out_of_range"),
    ],
)
def test_limits_are_told(tmp_path: Path, customers: int, days: int, seed: int, code: str) -> None:
    with pytest.raises(InputError) as refused:
        build(tmp_path, customers=customers, days=days, seed=seed)
    assert refused.value.code == code
    assert all(str(refused.value.params["given"]) in refused.value.say(lang) for lang in ("zh", "en"))


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "raw" / "mine.csv"
    kept.parent.mkdir()
    kept.write_text("mine")
    with pytest.raises(InputError) as refused:
        build(tmp_path, customers=500, days=60, seed=1)
    assert refused.value.code == "town_folder_taken"
    assert kept.read_text() == "mine"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "town"
    file.write_text("mine")
    with pytest.raises(InputError):
        build(file, customers=500, days=60, seed=1)
    assert file.read_text() == "mine"


def test_progress_is_told_for_every_block(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    build(tmp_path, customers=5_001, days=60, seed=1, progress=lambda *step: told.append(step))
    assert told == [("town_people", 1, 2), ("town_people", 2, 2)]
