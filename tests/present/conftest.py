"""A small shop made of files whose names and texts try to break out of a page, refreshed once and copied per test."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.once import own_copy

from huaxiang.analyse.document_facts import State, latest_state
from huaxiang.engine import DuckEngine
from huaxiang.ledger import Ledger
from huaxiang.present.document.editions import Edition, editions, publish_edition
from huaxiang.workspace import Workspace

NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
LAST_DAY = date(2026, 6, 30)
#: Texts that would run, close a tag, leave an attribute or be read as Markdown if anybody forgot to escape them.
NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</style><svg onload=alert(3)>",
    "{{ 7 * 7 }}{fact:value.buyers|count}",
    "[点我](javascript:alert(4)) | `x` **y**",
    "'-alert(5)-'",
)
SOURCES = ("会员<img src=x onerror=alert(6)>.csv", "订单'\"&.csv", "订单明细.csv")


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    """Write one file and return where it is."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def members(count: int, chance: random.Random) -> list[list[object]]:
    """Return people of whom some say nothing about themselves."""
    genders, levels = ("男", "女", ""), ("普通", "银卡", *NASTY[:2])
    return [
        [f"M{n:04d}", f"客{n}", chance.choice(genders), f"19{chance.randint(50, 99)}-03-04" if n % 3 else "",
         f"138{n:08d}", chance.choice(("上海", "杭州", "")), chance.choice(levels), "2025-01-05 10:00:00"]
        for n in range(count)
    ]  # fmt: skip


def orders(first: int, count: int, people: int, chance: random.Random) -> list[list[object]]:
    """Return orders of the last year; every twentieth is of nobody known."""
    made: list[list[object]] = []
    for n in range(first, first + count):
        day = LAST_DAY - timedelta(days=chance.randint(0, 360))
        who = "" if n % 20 == 0 else f"M{min(chance.randrange(people), chance.randrange(people)):04d}"
        amount = f"{chance.randint(1, 90000) / 100:.2f}"
        made.append([f"A{n:05d}", who, f"{day} 12:{n % 60:02d}:00", "已付款", amount, chance.choice(("线上", "门店"))])
    return made


def write_shop(folder: Path) -> list[Path]:
    """Write the files of the shop."""
    chance = random.Random(11)
    people, bought = members(90, chance), orders(0, 300, 90, chance)
    bought.append(["A99999", "M0001", "昨天吧", "已付款", "10", "线上"])
    lines: list[list[object]] = [
        [row[0], f"商品{n % 9}", chance.choice(NASTY), 1, row[4]] for n, row in enumerate(bought[:-1])
    ]
    return [
        write_csv(
            folder / SOURCES[0], ["会员号", "姓名", "性别", "生日", "手机号", "城市", "会员等级", "注册时间"], people
        ),
        write_csv(folder / SOURCES[1], ["订单号", "会员号", "下单时间", "订单状态", "实付金额", "渠道"], bought),
        write_csv(folder / SOURCES[2], ["订单号", "商品名称", "品类", "数量", "金额"], lines),
    ]


@pytest.fixture(scope="session")
def made_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with the shop's files imported and refreshed, not to be changed."""

    def made(folder: Path) -> None:
        workspace = Workspace.init(folder / "ws", name="老王<b>的店</b>", threads=2)
        for path in write_shop(folder):
            workspace.import_files(workspace.look(path), NOW)
        workspace.refresh(NOW, LAST_DAY)

    return own_copy(tmp_path_factory, "nasty-shop", made) / "ws"


@pytest.fixture
def shop(made_shop: Path, tmp_path: Path) -> Workspace:
    """Return a copy of the shop that a test may change."""
    shutil.copytree(made_shop, tmp_path / "ws", symlinks=True)
    return Workspace.open(tmp_path / "ws")


@pytest.fixture(scope="session")
def made_edition(made_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """Return the first edition of the shop, not to be changed."""

    def published(made: Path) -> None:
        publish(Workspace.open(shutil.copytree(made_shop, made / "ws", symlinks=True)))

    return edition_of(Workspace.open(own_copy(tmp_path_factory, "published", published) / "ws"))


@pytest.fixture
def published_shop(made_edition: Edition, tmp_path: Path) -> Workspace:
    """Return a copy of the shop with its first edition, which a test may change."""
    shutil.copytree(made_edition.folder.parent.parent, tmp_path / "ws", symlinks=True)
    return Workspace.open(tmp_path / "ws")


def edition_of(workspace: Workspace) -> Edition:
    """Return the latest edition of a workspace."""
    with Ledger.open(workspace.ledger_path) as ledger:
        return editions(workspace.folder / "editions", ledger)[0]


@pytest.fixture(scope="session")
def state(made_shop: Path) -> Iterator[State]:
    """Yield the published state of the shop."""
    workspace = Workspace.open(made_shop)
    with workspace.reading() as engine, Ledger.open(workspace.ledger_path) as ledger:
        yield state_of(workspace, engine, ledger)


def state_of(workspace: Workspace, engine: DuckEngine, ledger: Ledger) -> State:
    """Return the latest state of a workspace."""
    known = workspace.definitions
    return latest_state(engine, ledger, workspace.settings, known.tags, known.segments, known.version)


def publish(workspace: Workspace, now: datetime = NOW) -> Edition:
    """Publish an edition of a workspace."""
    with workspace.reading() as engine, Ledger.open(workspace.ledger_path) as ledger:
        state = state_of(workspace, engine, ledger)
        return publish_edition(workspace.folder / "editions", workspace.settings.name, state, ledger, now, "tester")
