"""What every test can rely on: where real data lie, which parts this machine lacks, and no way out to the network."""

import gc
import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

IN_CI = os.environ.get("CI") == "true"
ROOT = Path(__file__).resolve().parent.parent

# How long an example takes says something about the machine, not about the code.
settings.register_profile("huaxiang", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("huaxiang")

# What a test starts keeps its bytecode: without it every start of the command line takes twice the time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What a shell starts in the background ignores Ctrl-C, and so would all that it starts; some tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Ibis and Django make many objects that stay; looking through all of them again and again takes a tenth of the time.
gc.set_threshold(50_000, 20, 20)

#: Groups of tests that stay in one process when several run, because what they share is costly to make, the longest
#: first so that no process is left alone with one. Every other file is a group of its own.
LONGEST = ("spark", "tests/main_job", "tests/workspace")


def why_no_spark() -> str | None:
    """Return what is missing for Spark on this machine, or None."""
    if find_spec("pyspark") is None:
        return "PySpark is not installed: run `make setup SET=spark`"
    return None if shutil.which("java") else "Java 17 is not installed: on Debian, openjdk-17-jre-headless"


def why_no_browser() -> str | None:
    """Return what is missing for driving a browser on this machine, or None."""
    return None if shutil.which("chromium") else "Chromium is not installed: on Debian, chromium and fonts-noto-cjk"


PARTS: dict[str, Callable[[], str | None]] = {"spark": why_no_spark, "browser": why_no_browser}


def group_of(test: str) -> str:
    """Return the group of tests that one stays with, by its id."""
    if "spark" in test or "both_engines" in test:
        return "spark"
    return next((group for group in LONGEST if test.startswith(f"{group}/")), test.split("::", maxsplit=1)[0])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put those first that take longest."""
    items.sort(key=lambda item: LONGEST.index(group) if (group := group_of(item.nodeid)) in LONGEST else len(LONGEST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let several processes take one group of tests after another."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):  # type: ignore[misc] # xdist ships no types
        """What stays together is said by :func:`group_of`."""

        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return ByGroup(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose part is missing and say why; in CI every part must be there."""
    for marker, why_missing in PARTS.items():
        if item.get_closest_marker(marker) is not None:
            leave_out(why_missing())


def leave_out(reason: str | None) -> None:
    """Skip the running test for a reason, if there is one; in CI fail it."""
    if reason is None:
        return
    if IN_CI:
        pytest.fail(f"{reason} (CI must run every test)", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets: HUAXIANG_SHARED_DATA, else `shared/data` beside the checkout.

    A test that asks for it is skipped where there is none; in CI only when HUAXIANG_SHARED_DATA is `none`.
    """
    named = os.environ.get("HUAXIANG_SHARED_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if named == "none":
        pytest.skip("HUAXIANG_SHARED_DATA=none: tests on real data are left out on purpose")
    if not folder.is_dir():
        leave_out(f"no real data at {folder}: set HUAXIANG_SHARED_DATA to their folder")
    return folder


@pytest.fixture(scope="session")
def two_lists_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace with two lists of the same people, not to be changed."""
    from tests.once import own_copy
    from tests.workspace.lists import two_lists

    return own_copy(tmp_path_factory, "two-lists", two_lists) / "ws"


@pytest.fixture(autouse=True, scope="session")
def _stay_on_this_machine() -> Iterator[None]:
    """Refuse every connection that would leave the loopback interface."""
    with pytest.MonkeyPatch.context() as patch:
        connect = socket.socket.connect

        def connect_locally(self: socket.socket, address: tuple[object, ...] | str | bytes) -> None:
            host = address[0] if isinstance(address, tuple) else "localhost"
            if host not in ("localhost", "::1", "") and not str(host).startswith("127."):
                self.close()
                pytest.fail(f"a test tried to reach {host}: the product works without a network")
            connect(self, address)

        patch.setattr(socket.socket, "connect", connect_locally)
        yield
