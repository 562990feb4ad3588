"""The house rules that a machine can check: the import contracts in pyproject.toml, the clock, the size of modules."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "huaxiang"
READS_THE_CLOCK = ("cli", "server")
LONGEST_MODULE = 300
#: These take longer to import than most commands to run.
NEEDED_BY_SOME = {
    *("django", "huaxiang.town", "pandas", "pypinyin", "pyspark"),
    *("scipy", "sklearn", "splink", "xlsxwriter"),
}
# perf_counter and monotonic measure durations and are fine; these say what time it is.
CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "Timestamp.now"),
    *("Timestamp.today", "time.time", "time.time_ns", "time.localtime", "time.gmtime", "ibis.now", "ibis.today"),
}


def modules() -> list[Path]:
    """Return every Python file of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def room(module: Path) -> str:
    """Return the room that a module belongs to: the first folder, or the module's own name."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def clock_reads(source: str) -> Iterator[str]:
    """Yield `line: call` for each place where a source text asks what time it is."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            name = ".".join(ast.unparse(node).split(".")[-2:])
            if name in CLOCKS:
                yield f"{node.lineno}: {name}"


def test_imports_point_one_way(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_the_core_never_reads_the_clock() -> None:
    core = [module for module in modules() if room(module) not in READS_THE_CLOCK]
    found = [f"{module.relative_to(ROOT)}:{read}" for module in core for read in clock_reads(module.read_text("utf-8"))]
    assert core
    assert found == [], "time is an argument (`now`, `as_of`); only cli/ and server/ read the clock"


def test_a_command_starts_without_what_only_some_commands_need() -> None:
    seen = f"import sys, huaxiang.cli.app; print(*({NEEDED_BY_SOME} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("import datetime as d\nx = datetime.datetime.now(tz)", ["2: datetime.now"]),
        ("day = date.today()", ["1: date.today"]),
        ("field(default_factory=time.time)", ["1: time.time"]),
        ("time.perf_counter()", []),
        ("def f(now): return now.date()", []),
    ],
)
def test_a_clock_read_is_seen(source: str, reads: list[str]) -> None:
    assert list(clock_reads(source)) == reads


def test_modules_stay_short() -> None:
    lengths = {str(module.relative_to(ROOT)): len(module.read_text("utf-8").splitlines()) for module in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}
