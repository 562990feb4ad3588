"""A kill costs time and nothing else: whatever was killed wherever, the next run gives the undisturbed result."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pytest
from tests.few_tags import check_nothing, keep_few
from tests.main_job import killing, work
from tests.main_job.killing import Kill, Kills, Step
from tests.main_job.nursery import Nursery

import huaxiang
from huaxiang.ledger import Pseudonym
from huaxiang.town import build

SEED = 20260701
#: Besides those at named places; HUAXIANG_KILLS=200 is for a night.
KILLS_AT_RANDOM = int(os.environ.get("HUAXIANG_KILLS", "6"))
FIRST = ("会员资料.xlsx", "商城订单.csv", "商城订单明细.csv")
SECOND = ("商城账号.csv", "退款.csv", "社交互动.csv")
#: How much of its time a copy needs of one that has done the work, which must first word every statement.
COPIES_NEED = 0.7
#: Tags of most kinds; what is written when and found by whom depends on none of them, nor on checks.
KEPT = ("lifecycle", "spending_level", "favourite_category", "views_30d", "city", "shopping_gender")
#: Where each step is killed by name. A place where its work is done already comes last.
NAMED: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("import", FIRST, ("import stored", "import accepted", "import staged")),
    ("refresh", (), ("before commit", "committed")),
    ("import", SECOND, ("import half written", "before commit", "committed")),
    ("replay", FIRST[1:2], ("import accepted", "committed")),
    ("refresh", (), ("links logged",)),
    ("refresh", (), ("run logged", "snapshots forgotten")),
    ("rebuild", (), ("rebuild half way", "before switch", "switched")),
    ("import", SECOND[:1], ()),
)


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a small town."""
    town = tmp_path_factory.mktemp("killed_town")
    build(town, customers=500, days=60, seed=5)
    return town / "raw"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new workspace; copies of it share the secrets, so that their customers have the same ids and pseudonyms."""
    workspace = huaxiang.init(tmp_path_factory.mktemp("killed") / "empty", memory_limit="1GB", threads=2)
    Pseudonym.of_workspace(workspace.folder)
    keep_few(workspace.folder, KEPT)
    check_nothing(workspace.folder)
    return workspace.folder


@pytest.fixture(scope="module")
def steps(raw: Path) -> list[Step]:
    """The work, with its kills at named places."""
    return [Step(what, tuple(raw / name for name in files), kills) for what, files, kills in NAMED]


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """The process that those to be killed start from."""
    started = Nursery()
    yield started
    started.end()


@pytest.fixture(scope="module")
def undisturbed(nursery: Nursery, empty: Path, steps: list[Step]) -> tuple[Path, list[float]]:
    """A workspace in which nothing was killed, and how long each step took. The nursery has done it itself."""
    folder = copied(empty, "undisturbed")
    taken = []
    for step in steps:
        started = perf_counter()
        nursery.learn(killing.order(folder, step))
        taken.append(perf_counter() - started)
    return folder, taken


def copied(folder: Path, name: str) -> Path:
    """A copy of a workspace beside it."""
    return Path(shutil.copytree(folder, folder.with_name(name), symlinks=True))


def with_random_kills(steps: list[Step], taken: list[float], count: int) -> list[Step]:
    """The steps with more kills, at random moments of random steps, longer ones more often."""
    dice = random.Random(SEED)
    more: list[list[Kill]] = [[] for _ in steps]
    for at in dice.choices(range(len(steps)), weights=taken, k=count):
        more[at].append(dice.uniform(0.05, COPIES_NEED * taken[at]))
    return [replace(step, kills=_mixed(step, tuple(moments))) for step, moments in zip(steps, more, strict=True)]


def _mixed(step: Step, moments: tuple[Kill, ...]) -> tuple[Kill, ...]:
    # The last place of a refresh lies behind its publication: what is killed there is done.
    last = len(step.kills) - (step.what == "refresh")
    return (*step.kills[:last], *moments, *step.kills[last:])


@pytest.fixture(scope="module")
def killed(
    nursery: Nursery, empty: Path, steps: list[Step], undisturbed: tuple[Path, list[float]]
) -> tuple[Path, Kills]:
    """A workspace in which the same work was killed again and again, until it was done."""
    folder, kills = copied(empty, "killed"), Kills()
    for step in with_random_kills(steps, undisturbed[1], KILLS_AT_RANDOM):
        suffer(nursery, folder, step, kills)
    print(f"{kills.dead.total()} killed, {kills.too_late} came too late: {dict(kills.dead)}")
    return folder, kills


def suffer(nursery: Nursery, folder: Path, step: Step, kills: Kills) -> None:
    """Do a step until it is done, killed as often as it says; every time a reader sees whole published tables."""
    for number, kill in enumerate(step.kills, 1):
        saved = copied(folder, f"{folder.name}_before")
        snapshot, before = killing.counts(folder)
        _die(nursery, folder, saved, step, kill, kills)
        after = killing.counts(folder)
        assert killing.torn(folder) == []
        assert after == (snapshot, before) or after[0] != snapshot, f"changed without being published: {step}, {kill}"
        published = step.what == "refresh" and after[1]["run"] > before["run"]
        if published and number == len(step.kills):
            shutil.rmtree(saved)
            return
        _put_back(folder, saved, really=published)
    assert killing.done(nursery, folder, step)


def _die(nursery: Nursery, folder: Path, saved: Path, step: Step, kill: Kill, kills: Kills) -> None:
    """Have the step killed. Where a moment comes too late the step is taken back, and an earlier one is tried."""
    while killing.done(nursery, folder, step, kill):
        assert isinstance(kill, float), f"{step.what} never comes by {kill}"
        kills.too_late, kill = kills.too_late + 1, kill / 2
        _put_back(folder, copied(saved, f"{folder.name}_again"), really=True)
    kills.dead[f"{step.what}: {kill if isinstance(kill, str) else 'at random'}"] += 1


def _put_back(folder: Path, saved: Path, *, really: bool) -> None:
    if really:
        shutil.rmtree(folder)
        saved.rename(folder)
    else:
        shutil.rmtree(saved)


def test_whatever_is_killed_the_result_is_the_undisturbed_one(
    killed: tuple[Path, Kills], undisturbed: tuple[Path, list[float]], steps: list[Step]
) -> None:
    folder, kills = killed
    places = Counter(f"{step.what}: {place}" for step in steps for place in step.kills)
    assert Counter({name: count for name, count in kills.dead.items() if "at random" not in name}) == places
    assert kills.dead.total() == places.total() + KILLS_AT_RANDOM
    assert killing.differences(killing.content(folder), killing.content(undisturbed[0])) == {}


def test_nothing_is_doubled_and_nothing_left_behind(
    killed: tuple[Path, Kills], undisturbed: tuple[Path, list[float]]
) -> None:
    for folder in (undisturbed[0], killed[0]):
        logged = killing.entries(folder)
        imports = [entry.body["import_id"] for entry in logged if entry.kind == "import.accepted"]
        runs = [entry.body["run_id"] for entry in logged if entry.kind == "refresh.published"]
        assert len(imports) == len(set(imports)) == len(FIRST + SECOND)
        assert len(runs) == len(set(runs)) == 3
        asked_for = [entry for entry in logged if entry.kind in ("import.accepted", "quarantine.fixed")]
        assert {entry.actor for entry in asked_for} == {work.ACTOR}
        assert sorted(path.name for path in (folder / "tmp").iterdir()) == ["builder.lock"]
        current = (folder / "lake" / "current").resolve()
        assert {path.name for path in (folder / "lake").iterdir()} == {"current", current.name}
        assert not list((folder / "landing").rglob("*.partial"))


def test_a_publication_in_pieces_would_be_noticed(nursery: Nursery, empty: Path, steps: list[Step]) -> None:
    folder = copied(empty, "torn")
    assert not killing.done(nursery, folder, steps[0], "published in pieces")
    assert killing.torn(folder) != []
