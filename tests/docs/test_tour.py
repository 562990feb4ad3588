"""The tour in README: the same commands in both languages, and each of them works, in a folder of its own."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text("utf-8")
ZH, EN = README.split("\n## English\n")
_BLOCK = re.compile(r"^```bash (tour(?:-serve)?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#]+)\)")


def blocks(text: str, kind: str) -> list[str]:
    """The blocks of commands of one kind, in order."""
    return [body for name, body in _BLOCK.findall(text) if name == kind]


def shown_lines(text: str) -> list[str]:
    """Every line of output that the tour shows, without the marks of what was left out."""
    shown = "".join(re.findall(r"^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    return [one_spaced(line) for line in shown.splitlines() if line.strip("… ")]


def one_spaced(line: str) -> str:
    """The line with one space where there are several: columns are as wide as the widest of all their rows."""
    return " ".join(line.split())


def environment(folder: Path, lang: str) -> dict[str, str]:
    """An environment in which ``huaxiang`` is the program under test."""
    program = folder / "bin" / "huaxiang"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m huaxiang.cli "$@"\n', "utf-8")
    program.chmod(0o755)
    own = {"PATH": f"{program.parent}:{os.environ['PATH']}", "LC_ALL": lang, "PYTHONPATH": str(ROOT / "src")}
    return {**os.environ, **own}


def test_both_languages_show_the_same_commands() -> None:
    assert blocks(ZH, "tour") == blocks(EN, "tour")
    assert blocks(ZH, "tour-serve") == blocks(EN, "tour-serve") == ["huaxiang serve\n"]
    assert len(blocks(ZH, "tour")) >= 7


def test_both_languages_show_the_same_numbers() -> None:
    found = [re.findall(r"\b(\d{6}-[0-9a-f]{8})\b(.*)", "\n".join(shown_lines(text))) for text in (ZH, EN)]
    zh, en = ({(row, *re.findall(r"\d[\d,:-]*", rest)) for row, rest in rows} for rows in found)
    assert en
    assert en <= zh


def test_every_linked_file_is_there() -> None:
    linked = {link for link in _LINK.findall(README) if "://" not in link and not link.startswith("docs/images/")}
    assert linked
    assert [link for link in sorted(linked) if not (ROOT / link).exists()] == []


@pytest.mark.slow
def test_the_tour_works_from_start_to_end(tmp_path: Path) -> None:
    around = environment(tmp_path, "zh_CN.UTF-8")
    script = "set -eu\n" + "".join(blocks(ZH, "tour"))
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=around, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    said = {one_spaced(line) for line in done.stdout.splitlines()}
    assert [line for line in shown_lines(ZH) if line not in said] == [], "README shows what the commands no longer say"
    assert "客户画像管理文档" in (tmp_path / "document.html").read_text("utf-8")
    assert (tmp_path / "shop" / "waiting.csv").exists()
    _serve(tmp_path / "shop", around)


def _serve(shop: Path, around: dict[str, str]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["huaxiang", "serve", "--port", str(port)]
    with subprocess.Popen(words, cwd=shop, env=around, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = [process.stdout.readline() for _ in range(2)]
            link = next(match[0] for line in said if (match := re.search(rf"http://127\.0\.0\.1:{port}/\S+", line)))
            assert "<form" in _opened(link)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
    assert process.returncode == 0


def _opened(link: str) -> str:
    for _ in range(120):
        try:
            with urllib.request.urlopen(link, timeout=10) as page:  # noqa: S310 - our own page on this machine
                return str(page.read().decode("utf-8"))
        except (ConnectionError, urllib.error.URLError):
            time.sleep(0.5)
    raise AssertionError(f"{link} was never served")
