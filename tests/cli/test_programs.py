"""Keys for programs on the command line: its help names every scope that there is."""

import pytest
from tests.cli.conftest import Run

from huaxiang.server.api.scopes import SCOPES


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_help_names_every_scope(run: Run, lang: str) -> None:
    shown = "".join(run("key", "make", "--help", "--lang", lang).out.split())
    assert [one.scope for one in SCOPES if one.scope not in shown] == []
