"""A job lives as long as some process holds its lock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from huaxiang.server.jobs.lifeline import Lifeline


def test_a_lock_that_was_never_made_is_not_held(tmp_path: Path) -> None:
    assert not Lifeline(tmp_path / "no.lock").is_held()


def test_the_child_holds_on_after_its_parent_lets_go_and_death_lets_go(tmp_path: Path) -> None:
    life = Lifeline(tmp_path / "jobs" / "one.lock")
    with life.held() as lock:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=(lock,))
    assert life.is_held()
    child.kill()
    child.wait()
    assert not life.is_held()


def test_two_cannot_hold_it(tmp_path: Path) -> None:
    life = Lifeline(tmp_path / "one.lock")
    with life.held(), pytest.raises(BlockingIOError), life.held():
        pass
