"""Threads, processes and kills: what was acknowledged is there, once, and the chain holds."""

import random
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from huaxiang.ledger import Ledger

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WRITER = Path(__file__).with_name("writer.py")
KILLS = 10


def _start(path: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(WRITER), str(path), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _acknowledged(output: str) -> list[tuple[str, ...]]:
    # A line without its end was not received by anybody, so it is no acknowledgement.
    return [tuple(line.split()) for line in output.split("\n")[:-1]]


def _stored(path: Path) -> list[tuple[str, ...]]:
    with Ledger.open(path) as ledger:
        assert ledger.verify().ok
        return [(str(entry.seq), str(entry.key), entry.hash) for entry in ledger.entries()]


def test_ten_kills_lose_no_acknowledged_entry(path: Path) -> None:
    pause = random.Random(20260301)
    acknowledged: list[tuple[str, ...]] = []
    for number in range(KILLS):
        with _start(path, f"w{number}") as writer:
            assert writer.stdout is not None
            first = writer.stdout.readline()
            time.sleep(pause.uniform(0, 0.1))
            writer.send_signal(signal.SIGKILL)
            acknowledged += _acknowledged(first + writer.stdout.read())
    stored = _stored(path)
    assert len(acknowledged) >= KILLS
    assert [entry for entry in stored if entry in set(acknowledged)] == acknowledged
    # A kill can fall between commit and acknowledgement, at most once per writer.
    assert len(stored) - len(acknowledged) <= KILLS


def test_processes_appending_at_once_share_one_chain(path: Path) -> None:
    writers = [_start(path, f"w{number}", "150") for number in range(3)]
    outputs = [writer.communicate()[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    stored = _stored(path)
    assert sorted(stored) == sorted(entry for output in outputs for entry in _acknowledged(output))
    assert len(stored) == 450


def test_processes_with_the_same_keys_write_each_entry_once(path: Path) -> None:
    writers = [_start(path, "same", "100") for _ in range(2)]
    outputs = [writer.communicate()[0] for writer in writers]
    assert outputs[0] == outputs[1]
    assert len(_stored(path)) == 100


def test_threads_share_one_open_ledger(ledger: Ledger) -> None:
    def work(name: str) -> None:
        for number in range(50):
            ledger.append("import.accepted", {"import_id": f"{name}-{number}"}, at=NOW, actor=name)
            assert ledger.position() > number

    threads = [threading.Thread(target=work, args=(f"t{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.verify().checked == 200
