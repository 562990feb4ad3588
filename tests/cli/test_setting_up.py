"""``init`` and ``town``."""

from pathlib import Path

import yaml
from tests.cli.conftest import Run


def test_init_writes_the_settings_and_refuses_a_second_time(run: Run, tmp_path: Path) -> None:
    first = run("init", "-w", tmp_path / "a", "--name", "小店", "--timezone", "Europe/Berlin", "--currency", "EUR")
    settings = yaml.safe_load((tmp_path / "a" / "huaxiang.yaml").read_text("utf-8"))
    assert (first.code, settings["name"], settings["timezone"], settings["currency"]) == (
        0,
        "小店",
        "Europe/Berlin",
        "EUR",
    )
    second = run("init", "-w", tmp_path / "a")
    assert (second.code, second.out) == (2, "")
    assert "is a workspace already" in second.err


def test_init_names_the_nearest_time_zone_and_makes_nothing(run: Run, tmp_path: Path) -> None:
    given = run("init", "-w", tmp_path / "b", "--timezone", "Asia/Shangai")
    assert given.code == 2
    assert "Asia/Shanghai" in given.err
    assert not (tmp_path / "b").exists()


def test_init_refuses_a_currency_that_is_no_code(run: Run, tmp_path: Path) -> None:
    given = run("init", "-w", tmp_path / "b", "--currency", "rmb")
    assert given.code == 2
    assert "“rmb”" in given.err
    assert not (tmp_path / "b").exists()


def test_town_writes_raw_files_and_says_how_many_rows(run: Run, tmp_path: Path) -> None:
    given = run("town", tmp_path / "t", "--customers", 500, "--days", 60, "--json")
    assert given.code == 0
    rows = given.json["rows"]
    written = {path.name for path in (tmp_path / "t" / "raw").iterdir()}
    assert written == set(rows)
    products = (tmp_path / "t" / "raw" / "商品资料.csv").read_text("utf-8").strip().splitlines()
    assert rows["商品资料.csv"] == len(products) - 1


def test_town_of_an_impossible_size_is_one_sentence(run: Run, tmp_path: Path) -> None:
    given = run("town", tmp_path / "t", "--customers", 3)
    assert given.code == 2
    assert given.err.count("\n") == 1
    assert not (tmp_path / "t").exists()
