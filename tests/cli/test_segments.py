"""``segment``: counts that a second computation confirms, and exports through the door."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc
from tests.cli.conftest import Run

from huaxiang.ledger import Ledger
from huaxiang.model.condition_text import condition_from_text
from huaxiang.release.roles import Access
from huaxiang.server.crowds.saved import save
from huaxiang.server.shelf import Naming
from huaxiang.workspace import Workspace

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)


def test_a_count_agrees_with_the_profiles(run: Run, shop: Path) -> None:
    profiles = Workspace.open(shop).profiles()
    meant = pc.and_kleene(pc.greater_equal(profiles["orders_total"], 1), pc.equal(profiles["city"], "上海市"))
    expected = pc.sum(pc.fill_null(meant, False)).as_py()
    assert expected == 1
    assert run("segment", "orders_total >= 1 and city = 上海市", "--count", "-w", shop).out.strip() == str(expected)


def test_shares_are_of_all_customers_and_all_revenue(run: Run, shop: Path) -> None:
    given = run("segment", "city = 上海市", "-w", shop, "--json").json
    # Two of three members live there; of 500.50 known to belong to somebody, 220 are theirs.
    assert (given["customers"], given["all_customers"]) == (2, 3)
    assert abs(given["revenue_share"] - 220 / 500.5) < 1e-9
    assert "城市为上海市" in run("segment", "city = 上海市", "-w", shop, "--lang", "zh").out


def test_the_list_has_every_segment(run: Run, shop: Path) -> None:
    listed = [one["key"] for one in run("segment", "--list", "-w", shop, "--json").json["segments"]]
    assert listed == list(Workspace.open(shop).definitions.segments)


def test_rules_may_name_the_rfm_class(run: Run, shop: Path) -> None:
    assert run("segment", "rfm_class is known", "--count", "-w", shop).out.strip() == "2"


def test_an_export_is_masked_and_logged(run: Run, shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    given = run("segment", "orders_total >= 1", "--export", path, "-w", shop, "--json")
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert len(rows) == given.json["rows"] == 2
    assert {row["phone"] for row in rows} == {"138****5678", "139****5679"}
    assert "王小明" not in path.read_text("utf-8-sig")
    with Ledger.open(Workspace.open(shop).ledger_path) as ledger:
        (entry,) = ledger.entries("export.created")
    assert (entry.body["sha256"], entry.body["raw"]) == (given.json["sha256"], False)


def test_an_export_for_marketing_leaves_out_who_did_not_agree(run: Run, shop: Path, tmp_path: Path) -> None:
    given = run("segment", "everyone", "--export", tmp_path / "m.csv", "--purpose", "marketing", "-w", shop, "--json")
    assert (given.json["rows"], given.json["without_consent"]) == (0, 3)


def test_a_wrong_name_rule_or_file_is_one_sentence(run: Run, shop: Path, tmp_path: Path) -> None:
    near = run("segment", "importantactive", "-w", shop)
    assert near.code == 2
    assert "important_active" in near.err
    for words in (["orders_total >>"], ["everyone", "--export", tmp_path / "a.pdf"], []):
        given = run("segment", *words, "-w", shop)
        assert (given.code, given.out, given.err.count("\n")) == (2, "", 1)
    assert not (tmp_path / "a.pdf").exists()


def test_a_split_tells_sizes_and_the_pack_of_each_member(run: Run, shop: Path, tmp_path: Path) -> None:
    words = ["segment", "split", "everyone", "--packs", "a=50,b=50", "--seed", "x", "-w", shop]
    sizes = {one["pack"]: one["customers"] for one in run(*words, "--json").json["packs"]}
    assert (list(sizes), sum(sizes.values())) == (["a", "b"], 3)
    path = tmp_path / "packs.csv"
    assert run(*words, "--export", path).code == 0
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert {name: sum(row["pack"] == name for row in rows) for name in sizes} == sizes
    assert run("segment", "split", "important_active", "-w", shop).code == 2


def test_an_earlier_version_is_listed_and_restored(run: Run, shop: Path) -> None:
    workspace, access = Workspace.open(shop), Access("kim", "admin", None)
    first = save(workspace, condition_from_text("orders_total >= 1"), Naming("买过", "Bought", "", ""), access, NOW)
    save(workspace, condition_from_text("orders_total >= 2"), Naming("买过", "Bought", "", ""), access, NOW, first)
    words = ["-w", shop, "--json"]
    assert run("segment", "restore", "bought", 9, *words).json["error"]["code"] == "crowds.no_such_version"
    back = run("segment", "restore", "bought", 1, *words).json
    assert (back["version"], back["of_version"], back["rule"]) == (3, 1, "orders_total >= 1")
    listed = run("segment", "versions", "bought", *words).json["versions"]
    assert [one["text"] for one in listed] == ["orders_total >= 1", "orders_total >= 2", "orders_total >= 1"]
    assert [(one["version"], one["acts"][0]["change"]) for one in listed] == [
        (3, "rolled_back"), (2, "saved"), (1, "saved")]  # fmt: skip
    shown = run("segment", "versions", "bought", "-w", shop, "--lang", "zh").out
    assert all(word in shown for word in ("现在用的", "恢复第 1 版", "+ 累计订单数不小于2", "− 累计订单数不小于1"))
    assert run("segment", "versions", "boght", *words).json["error"]["code"] == "segment.unknown"


def test_a_cap_counts_and_is_said(run: Run, shop: Path) -> None:
    rule = "top 1 by net_revenue_total of (everyone)"
    assert run("segment", rule, "--count", "-w", shop).out.strip() == "1"
    assert "of these only the 1 with the highest" in run("segment", rule, "-w", shop).out
