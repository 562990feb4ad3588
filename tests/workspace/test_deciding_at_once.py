"""Several people who decide the same thing at the same moment: it is written down once."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from tests.workspace.small import NOW

from huaxiang.errors import InputError
from huaxiang.ledger import Entry
from huaxiang.workspace import Workspace

pytestmark = pytest.mark.slow
PEOPLE = 4


def at_once(act: Callable[[int], Entry]) -> Counter[str]:
    """How often each answer came: ``written``, or the code of the refusal."""
    start = Barrier(PEOPLE)

    def one(number: int) -> str:
        start.wait()
        try:
            act(number)
        except InputError as refused:
            return refused.code
        return "written"

    with ThreadPoolExecutor(PEOPLE) as pool:
        return Counter(pool.map(one, range(PEOPLE)))


def test_a_decision_and_its_undoing_are_written_once(once: Path, tmp_path: Path) -> None:
    shop = Workspace.open(shutil.copytree(once, tmp_path / "ws", symlinks=True))
    merged = at_once(lambda number: shop.merge("M1", "M2", f"同一人 {number}", NOW, actor=f"kim{number}"))
    assert merged == {"written": 1, "identity.stands_already": PEOPLE - 1}
    (said,) = shop.decisions()
    undone = at_once(lambda number: shop.undo(said.seq, "弄错了", NOW, actor=f"kim{number}"))
    assert undone == {"written": 1, "identity.already_undone": PEOPLE - 1}
    assert not shop.standing().standing
