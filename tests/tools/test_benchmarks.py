"""The benchmarks of a large lake run to their end in a small one, and what they compare there is the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.scale_tags import written_tags

from huaxiang.model.tags import shipped_tags

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SIZE = ["--customers", "300", "--events", "4000", "--tags", "100"]


def run(name: str, *given: str) -> str:
    """What the benchmark prints."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *given, *SIZE]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr[-2000:]
    return told.stdout


def test_the_figures_of_a_large_lake_are_of_equal_results(tmp_path: Path) -> None:
    lake, out = str(tmp_path / "lake"), str(tmp_path / "out")
    run("tags_million", "--folder", lake, "--out", out)
    tags = json.loads((tmp_path / "out" / "tags_300.json").read_text(encoding="utf-8"))
    assert (tags["differing"], tags["increment_differs_in_customers"]) == ({}, 0)
    assert tags["computed_again"] == tags["customers_with_another_act"] == 3
    lines = [line for line in run("crowds", lake, "--repeats", "4").splitlines() if " of " in line]
    assert [line.split("|")[-2].split(",")[0].strip() for line in lines] == ["4 of 4", "4 of 4", "5 of 5"]
    assert "30 of 30" in run("group_portrait", lake, "--repeats", "1")
    assert len(run("customer_page", lake, "--asked", "4").splitlines()) == 9


@pytest.mark.parametrize("more", [-100, 1, 5])
def test_what_the_measured_questions_name_is_there_however_many_tags_are_asked_for(more: int) -> None:
    assert "scale_page_365d" in written_tags(len(shipped_tags()) + more)
