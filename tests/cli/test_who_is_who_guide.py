"""Every command that the guide to One ID names exists, and those that only read work."""

import re
import shlex
from pathlib import Path

from tests.cli.conftest import Run

GUIDE = (Path(__file__).resolve().parent.parent.parent / "docs" / "how-to" / "who-is-who.md").read_text("utf-8")


def test_every_command_of_the_guide_has_its_help(run: Run) -> None:
    named = set(re.findall(r"`huaxiang ((?:identity|quality) [a-z-]+)", GUIDE))
    assert len(named) >= 12
    for words in named:
        assert run(*words.split(), "--help").code == 0, words


def test_the_preview_of_the_guide_works(run: Run, shop: Path) -> None:
    (line,) = re.findall(r"^huaxiang (identity preview .*)$", GUIDE, re.MULTILINE)
    words = [str(shop) if word == "shop" else word for word in shlex.split(line)]
    given = run(*[{"13611112222": "M001"}.get(word, word) for word in words])
    assert given.code == 0, given.err
