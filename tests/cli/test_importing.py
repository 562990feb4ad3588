"""``import``: nothing is lost, nothing is written on a trial, and a mapping can be saved, edited and used."""

from pathlib import Path

import pytest
import yaml
from tests.cli.conftest import Run

from huaxiang.workspace import Workspace


@pytest.fixture
def empty(run: Run, tmp_path: Path) -> Path:
    """A workspace without data."""
    assert run("init", "-w", tmp_path / "empty").code == 0
    return tmp_path / "empty"


def test_every_row_is_accounted_for(run: Run, empty: Path, files: Path) -> None:
    given = run("import", files, "-w", empty, "--json")
    assert given.code == 0
    orders = next(one for one in given.json["imports"] if one["form"] == "orders")
    parts = ("rows_kept", "rows_repaired", "rows_quarantined", "rows_already_there")
    assert orders["rows_read"] == 7 == sum(orders[part] for part in parts)
    assert orders["reasons"] == {"time_impossible": 1}
    assert (orders["rows_without_customer"], orders["amount_without_customer"]) == (1, "15.0000")


def test_people_see_the_mapping_the_sums_and_the_advice(run: Run, empty: Path, files: Path) -> None:
    given = run("import", files / "订单.csv", "-w", empty, "--lang", "zh")
    assert given.code == 0
    for words in (
        "订单（每行一单）",
        "下单时间 (ordered_at)",
        "日期不存在",
        "没有客户标识",
        "GB18030",
        "huaxiang refresh",
    ):
        assert words in given.out


def test_a_trial_writes_nothing(run: Run, empty: Path, files: Path) -> None:
    given = run("import", files, "-w", empty, "--dry-run", "--json")
    assert [one["rows_read"] for one in given.json["imports"]] == [3, 7]
    assert Workspace.open(empty).imports().num_rows == 0
    assert list((empty / "landing" / "objects").iterdir()) == []


def test_a_saved_mapping_is_used_as_it_was_edited(run: Run, empty: Path, files: Path, tmp_path: Path) -> None:
    target = tmp_path / "m.yaml"
    assert run("import", files / "订单.csv", "-w", empty, "--dry-run", "--save-mapping", target).code == 0
    mapping = yaml.safe_load(target.read_text("utf-8"))
    del mapping["columns"]["gross_amount"]
    mapping["source"] = "till"
    target.write_text(yaml.safe_dump(mapping, allow_unicode=True), "utf-8")
    given = run("import", files / "订单.csv", "-w", empty, "--mapping", target, "--json")
    assert given.json["imports"][0]["source"] == "till"
    assert given.json["looks"][0]["unused_headers"] == ["商品总额"]


def test_the_same_file_again_adds_nothing_and_says_so(run: Run, shop: Path, files: Path) -> None:
    given = run("import", files, "-w", shop, "--json")
    assert [one["rows_kept"] for one in given.json["imports"]] == [0, 0]
    assert {one["messages"][0]["code"] for one in given.json["imports"]} == {"collect.same_file"}


@pytest.mark.parametrize("words", [["nowhere.csv"], ["--as", "ordes"], ["--mapping", "nowhere.yaml"]])
def test_what_cannot_be_read_is_one_sentence(run: Run, empty: Path, files: Path, words: list[str]) -> None:
    given = run("import", *words, *([] if words[0] == "nowhere.csv" else [files / "订单.csv"]), "-w", empty)
    assert (given.code, given.out) == (2, "")
    assert given.err.count("\n") == 1


def test_one_mapping_is_not_saved_for_two_sheets(run: Run, empty: Path, files: Path, tmp_path: Path) -> None:
    given = run("import", files, "-w", empty, "--save-mapping", tmp_path / "m.yaml")
    assert given.code == 2
    assert not (tmp_path / "m.yaml").exists()
    assert Workspace.open(empty).imports().num_rows == 0
