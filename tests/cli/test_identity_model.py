"""``identity likely`` and ``identity model``: named in both languages, for machines, nothing personal in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lists(two_lists_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two lists of the same people; what is trained here comes on top, and nothing else changes."""
    return shutil.copytree(two_lists_once, tmp_path_factory.mktemp("own") / "ws", symlinks=True)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pairs_come_with_their_reasons_and_without_anything_personal(run: Run, lists: Path, lang: str) -> None:
    shown = run("identity", "likely", "-w", lists, "--lang", lang)
    asked = run("identity", "likely", "--limit", "2", "-w", lists, "--json").json["pairs"]
    assert len(asked) == 2
    words = {"zh": "姓：相同", "en": "Surname: same"}[lang]
    assert words in shown.out
    assert not [line for line in shown.out.splitlines() if "openid:o0" in line or "member_no:M" in line]
    assert [one["customer_a"] in shown.out for one in asked] == [True, True]


def test_a_version_is_estimated_trained_listed_and_approved(run: Run, lists: Path) -> None:
    cost = run("identity", "model", "estimate", "-w", lists, "--json").json
    assert cost["records"] == 120
    (first,) = run("identity", "model", "list", "-w", lists, "--json").json["models"]
    assert (first["is_standing"], first["why"]) == (True, "first")
    pair = run("identity", "likely", "-w", lists, "--json").json["pairs"][0]
    said = run("identity", "merge", pair["customer_a"], pair["customer_b"], "--why", "asked", "-w", lists)
    assert said.code == 0, said.err
    model = run("identity", "model", "train", "-w", lists, "--json").json
    assert (model["answers"], model["is_standing"]) == (1, False)
    moved = run("identity", "model", "changes", model["version"], "-w", lists, "--json").json
    assert len(moved["joined"]) == model["changed"]["customers_joined"]
    assert run("identity", "model", "changes", "nothing", "-w", lists).code == 2
    known = run("identity", "model", "list", "-w", lists)
    assert model["version"] in known.out
    wrong = run("identity", "model", "approve", "nothing", "--why", "seen", "-w", lists)
    assert (wrong.code, "nothing" in wrong.err) == (2, True)
    without = run("identity", "model", "approve", model["version"], "-w", lists)
    assert (without.code, "No reason was given" in without.err) == (2, True)
    assert run("identity", "model", "approve", model["version"], "--why", "seen", "-w", lists).code == 0
    states = {
        one["version"]: one["is_standing"]
        for one in run("identity", "model", "list", "-w", lists, "--json").json["models"]
    }
    assert states == {first["version"]: False, model["version"]: True}
