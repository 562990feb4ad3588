"""A real workspace behind the pages; its accounts and jobs are kept in the database that Django was set up with."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.server.conftest import CLOCK

from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from huaxiang.server.jobs.models import Job

MEMBERS = (
    "会员号,姓名,手机号,入会日期\n"
    "M001,王小明,13812345678,2024-03-01\n"
    "M002,李雷,13912345678,2024/3/5\n"
    "M003,赵六,1391234,2024-02-02\n"
    "M004\n"
    "合计,,,\n"
)
ORDERS = (
    "订单编号,会员号,下单时间,实付金额,订单状态\n"
    "D1,M001,2024-05-01 10:00:00,100.00,交易成功\n"
    "D2,M002,2024-05-02 11:00:00,50.50,交易成功\n"
    "D3,M001,2024-13-45 09:00:00,20.00,交易成功\n"
)


@pytest.fixture(scope="session")
def kept_empty_shop(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace without data, made once."""
    return made(workspace, tmp_path_factory.mktemp("empty") / "shop")


@pytest.fixture(scope="session")
def kept_shop(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with two files, made once: five rows of members of whom two wait, three orders of which one waits."""
    folder = tmp_path_factory.mktemp("full")
    shop = made(workspace, folder / "shop")
    for name, text in (("会员.csv", MEMBERS), ("订单.csv", ORDERS)):
        path = folder / name
        path.write_text(text, encoding="utf-8")
        shop.import_files(shop.look(path), CLOCK())
    return shop


@pytest.fixture
def empty_shop(kept_empty_shop: Workspace) -> Iterator[Workspace]:
    """The workspace without data, served during a test that leaves it so."""
    yield from served(kept_empty_shop)


@pytest.fixture
def shop(kept_shop: Workspace) -> Iterator[Workspace]:
    """The workspace with two files, served during a test that only reads it."""
    yield from served(kept_shop)


@pytest.fixture
def own_shop(kept_shop: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of the workspace with two files, served during a test that changes it."""
    shutil.copytree(kept_shop.folder, tmp_path / "own", symlinks=True)
    yield from served(Workspace.open(tmp_path / "own"))


def made(accounts: Path, folder: Path) -> Workspace:
    """A new workspace whose accounts and jobs are those of the tests."""
    shop = Workspace.init(folder)
    (folder / "app").rmdir()
    # The process of a job finds the accounts in the workspace that it is given.
    (folder / "app").symlink_to(accounts / "app")
    return shop


def served(shop: Workspace) -> Iterator[Workspace]:
    """Let the pages serve that workspace."""
    from django.test import override_settings

    with override_settings(HUAXIANG_WORKSPACE=shop.folder):
        yield shop


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Jobs do their work when they are started, in this process; the list holds their numbers."""
    from huaxiang.server.jobs import queue, turn

    numbers: list[int] = []

    def spawn(job: Job, lock: int) -> None:
        numbers.append(job.pk)
        turn.take_turn(job.pk)

    monkeypatch.setattr(queue, "_spawn", spawn)
    return numbers


@pytest.fixture
def not_spawned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are written down and no process starts; they count as living."""
    from huaxiang.server.jobs import queue
    from huaxiang.server.jobs.lifeline import Lifeline

    monkeypatch.setattr(queue, "_spawn", lambda *_: None)
    monkeypatch.setattr(Lifeline, "is_held", lambda *_: True)


@pytest.fixture
def a_job(empty_shop: Workspace, rollback: None) -> Callable[..., Job]:
    """Write a job down: ``a_job(state="running", actor="li")``."""
    from huaxiang.server.jobs.models import Job

    def make(**fields: object) -> Job:
        number = Job.objects.count()
        return Job.objects.create(
            **{"token": f"{number:032d}", "kind": "refresh", "actor": "li", "created_at": CLOCK()} | fields
        )

    return make
