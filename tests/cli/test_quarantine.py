"""``quarantine``: seen masked, mended on the command line or in a file, and never by a slip of the pen."""

import csv
from pathlib import Path

from tests.cli.conftest import Run

from huaxiang.ledger import Ledger
from huaxiang.workspace import Workspace


def import_id(shop: Path) -> str:
    """The import that the waiting row belongs to."""
    return str(Workspace.open(shop).quarantine().column("import_id")[0])


def test_a_waiting_row_shows_its_reason_and_cell(run: Run, shop: Path) -> None:
    (row,) = run("quarantine", "list", "-w", shop, "--json").json["rows"]
    assert (row["row"], row["reason"], row["header"]) == (6, "time_impossible", "下单时间")
    assert row["cells"]["下单时间"] == "2026-06-31 09:15:00"
    assert "日期不存在" in run("quarantine", "list", "-w", shop, "--lang", "zh").out


def test_a_row_is_mended_on_the_command_line(run: Run, shop: Path) -> None:
    before = Workspace.open(shop)
    given = run("quarantine", "replay", import_id(shop), "--set", "6:下单时间=2026-06-30 09:15:00", "-w", shop)
    assert given.code == 0
    assert before.quarantine().num_rows == 0
    with Ledger.open(before.ledger_path) as ledger:
        (entry,) = ledger.entries("quarantine.fixed")
    assert entry.actor.startswith("cli:")
    assert entry.body["headers"] == ["下单时间"]


def test_a_row_is_mended_in_a_file(run: Run, shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "waiting.csv"
    assert run("quarantine", "list", "--out", path, "-w", shop).code == 0
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert [row["new_value"] for row in rows] == [""]
    rows[0]["new_value"] = "2026-06-30 09:15:00"
    with path.open("w", encoding="gb18030", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    given = run("quarantine", "replay", "--from", path, "-w", shop)
    assert given.code == 0, given.err
    assert Workspace.open(shop).quarantine().num_rows == 0


def test_slips_of_the_pen_change_nothing(run: Run, shop: Path) -> None:
    mine = import_id(shop)
    for change in ("6:下单=2026-06-30", "7:下单时间=2026-06-30", "下单时间=2026-06-30"):
        assert run("quarantine", "replay", mine, "--set", change, "-w", shop).code == 2
    assert run("quarantine", "replay", "000009-x", "--set", "6:下单时间=1", "-w", shop).code == 2
    assert run("quarantine", "replay", mine, "-w", shop).code == 2
    assert Workspace.open(shop).quarantine().num_rows == 1
    assert len(list(Workspace.open(shop).landing.operations())) == 2


def test_cells_of_people_are_masked(run: Run, shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "订单2.csv"
    header = "订单编号,会员号,收货人,手机号,下单时间,实付金额,商品总额"
    path.write_text(f"{header}\nD9,M001,王小明,13812345678,2026-13-01 10:00:00,1.00,1.00\n", "utf-8")
    assert run("import", path, "--as", "orders", "-w", shop).code == 0
    shown = run("quarantine", "list", "-w", shop, "--json").out
    assert "2026-13-01" in shown
    for personal in ("王小明", "13812345678"):
        assert personal not in shown
