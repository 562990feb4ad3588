"""Problems: one sentence in the person's language, the right exit code, never a stack trace."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from tests.cli.conftest import Run

import huaxiang.cli
from huaxiang import errors
from huaxiang.cli import demo, language
from huaxiang.cli.app import commands
from huaxiang.cli.failures import exit_code
from huaxiang.cli.help import children_of, page_of
from huaxiang.cli.output import clean
from huaxiang.cli.starting import STOPPED
from huaxiang.words import catalogue

ROOM = Path(huaxiang.cli.__file__).parent
#: What may stand in Latin letters inside a Chinese sentence: what people type, and names of things.
LATIN_ALLOWED = re.compile(r"--?[a-zA-Z-]+|huaxiang( [a-z]+)*|[A-Z]{2,}|[a-z]+_[a-z_0-9]+|CUSTOMER")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        *((kind, 2) for kind in (errors.InputError, errors.DefinitionError, errors.WorkspaceError, errors.NotFound)),
        *((errors.BusyError, 3), (errors.Denied, 4), (errors.EngineError, 5), (errors.Cancelled, 130)),
    ],
)
def test_every_kind_of_error_has_its_exit_code(kind: type[errors.HuaxiangError], code: int) -> None:
    assert exit_code(kind("cli.stopped")) == code


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["profil"], "profile"),
        (["runs", "--fo"], "--json"),
        (["profile"], "CUSTOMER"),
        (["town", "x", "--customers", "many"], "--customers"),
        (["segment", "a", "b"], "“b”"),
        (["runs", "--lang"], "--lang"),
        (["runs", "--lang", "fr"], "fr"),
        (["-w", "nowhere", "runs"], "nowhere"),
    ],
)
def test_a_mistyped_command_is_told_in_chinese(
    run: Run, words: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    given = run(*words)
    assert (given.code, given.out, given.err.count("\n")) == (2, "", 1)
    assert said in given.err
    rest = re.sub("“.*?”", "", LATIN_ALLOWED.sub("", given.err))
    assert set(re.findall("[A-Za-z]{3,}", rest)) <= {child.name for child in children_of(commands())}, given.err


def test_machines_get_the_error_as_a_document(run: Run, tmp_path: Path) -> None:
    given = run("runs", "-w", tmp_path, "--json")
    assert given.json["error"] == {
        "code": "workspace.missing",
        "params": {"folder": str(tmp_path)},
        "message": given.err.strip(),
        "exit_code": 2,
    }


def test_a_mistake_of_the_program_is_a_sentence_too(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a\nb")

    monkeypatch.setattr(demo, "prepare_demo", broken)
    given = run("demo", "--folder", tmp_path, "--no-serve")
    assert (given.code, given.out) == (1, "")
    assert "ZeroDivisionError" in given.err
    assert "Traceback" not in given.err
    monkeypatch.setenv("HUAXIANG_DEBUG", "1")
    assert "Traceback" in run("demo", "--folder", tmp_path, "--no-serve").err


def test_an_interrupt_deep_in_the_engine_is_not_a_mistake(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise RuntimeError("Query interrupted") from None

    monkeypatch.setattr(demo, "prepare_demo", interrupted)
    assert run("demo", "--folder", tmp_path, "--no-serve").code == STOPPED


_WHEN_LOADING = """
import signal, sys

class Watch:
    def find_spec(self, name, path, target=None):
        if name == sys.argv[1]:
            signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Watch())
from huaxiang.cli import main
sys.exit(main(["runs", "-w", sys.argv[2], "--lang", "en"]))
"""


@pytest.mark.parametrize("module", ["huaxiang.words", "pyarrow"])
def test_an_interrupt_while_the_program_loads_is_one_line(module: str, tmp_path: Path) -> None:
    words = [sys.executable, "-c", _WHEN_LOADING, module, str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (STOPPED, "", 1)
    assert done.stderr.startswith("Stopped")


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        (["runs", "--lang", "en"], {"LANG": "zh_CN.UTF-8"}, "en"),
        (["runs", "--lang=zh"], {"LANG": "en_US.UTF-8"}, "zh"),
        (["runs"], {"LANG": "zh_CN.UTF-8"}, "zh"),
        (["runs"], {"LC_ALL": "de_DE.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        (["runs", "--lang", "fr"], {"LANG": "zh_TW"}, "zh"),
    ],
)
def test_the_language_is_known_before_the_command(
    arguments: list[str], environment: dict[str, str], expected: str
) -> None:
    assert language.language_of(arguments, environment) == expected


@pytest.mark.parametrize("dangerous", ["\x1b[31m", "\u202e", "\x07", "\x9b", "\u2066"])
def test_nothing_that_steers_a_terminal_gets_through(dangerous: str) -> None:
    assert clean(f"a{dangerous}b\n") == f"a\ufffd{dangerous[1:]}b\n"


def every_command(command: Any, path: str) -> Iterator[tuple[Any, str]]:
    """The command and all under it, with the words that call them."""
    yield command, path
    for child in children_of(command):
        yield from every_command(child, f"{path} {child.name}")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_command_has_a_help_page(lang: str) -> None:
    found = list(every_command(commands(), "huaxiang"))
    assert len(found) > 14
    for command, path in found:
        assert len(list(page_of(command, path, lang))) >= 3


def test_every_sentence_of_the_room_is_worded_alike_in_both_languages_and_used() -> None:
    mine = {code: words for code, words in catalogue().items() if code.startswith("cli.")}
    for code, words in mine.items():
        values = [{name for _, name, _, _ in Formatter().parse(words[lang]) if name} for lang in ("zh", "en")]
        assert values[0] == values[1], code
    source = "".join(module.read_text("utf-8") for module in ROOM.rglob("*.py"))
    said = set(re.findall(r'"(cli\.[a-z_.]+[a-z])"', source))
    assert said <= mine.keys() | {"cli.unit"}
    names = ("about", "column", "element", "fact", "ground", "help.part", "identifier", "metavar", "unit")
    views = ("identity.column", "identity.consent")
    families = tuple(f"cli.{name}." for name in (*names, *views))
    assert {code for code in mine.keys() - said if not code.startswith(families)} == set()
