"""``refresh``, ``rebuild``, ``runs``, ``document``, and stopping them."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.cli.conftest import Run

from huaxiang.engine import building
from huaxiang.workspace import Workspace


def test_each_refresh_is_a_run(run: Run, shop: Path) -> None:
    assert run("refresh", "--as-of", "2026-05-31", "--full", "-w", shop, "--json").json["as_of"] == "2026-05-31"
    runs = run("runs", "-w", shop, "--json").json["runs"]
    assert [(one["run_id"], one["as_of"]) for one in runs] == [("run-00002", "2026-05-31"), ("run-00001", "2026-06-14")]
    assert "run-00002" in run("runs", "-w", shop).out


def test_a_day_that_does_not_exist_is_refused(run: Run, shop: Path) -> None:
    given = run("refresh", "--as-of", "2026-06-31", "-w", shop)
    assert given.code == 2
    assert Workspace.open(shop).runs().num_rows == 1


def test_a_rebuild_gives_the_same_portraits(run: Run, shop: Path) -> None:
    before = Workspace.open(shop).profiles().sort_by("customer_id")
    assert run("rebuild", "-w", shop).code == 0
    assert Workspace.open(shop).profiles().sort_by("customer_id").equals(before)


def test_the_same_state_is_the_same_edition(run: Run, shop: Path, tmp_path: Path) -> None:
    first = run("document", "--out", tmp_path / "d.md", "-w", shop, "--lang", "zh", "--json")
    assert first.code == 0, first.err
    assert run("document", "-w", shop, "--json").json["files"] == first.json["files"]
    assert (tmp_path / "d.md").read_text("utf-8") == (Path(first.json["folder"]) / "document.zh.md").read_text("utf-8")
    assert run("document", "--out", tmp_path / "d.doc", "-w", shop).code == 2


def test_stopping_a_refresh_leaves_the_lake_as_it_was(run: Run, shop: Path) -> None:
    lock = shop / "tmp" / "builder.lock"
    words = [sys.executable, "-m", "huaxiang.cli", "refresh", "-w", str(shop), "--lang", "en"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ})
    while not (lock.exists() and lock.read_text("utf-8")) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (130, "")
    assert "Stopped" in err
    assert "Traceback" not in err
    assert Workspace.open(shop).runs().num_rows == 1
    assert run("refresh", "-w", shop).code == 0


def test_a_second_builder_is_told_who_is_at_work(run: Run, shop: Path) -> None:
    with building(shop / "tmp" / "builder.lock", "refresh", datetime(2026, 6, 30, tzinfo=UTC)):
        given = run("refresh", "-w", shop)
    assert given.code == 3
    assert str(os.getpid()) in given.err
