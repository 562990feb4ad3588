"""Keys of programs: the secret is nowhere, a rotated one works for a while, a revoked one at once no more."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.server.conftest import Clock

from huaxiang.errors import HuaxiangError
from huaxiang.ledger import Ledger
from huaxiang.server.api.rates import Rates
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Program = Callable[..., "Client"]
Browser = Callable[..., "Client"]


def test_the_secret_is_kept_nowhere(shop: Workspace, workspace: Path, signed_in_client: Browser, clock: Clock) -> None:
    from django.db import connection

    browser = signed_in_client("admin")
    form = {"name": "商城", "scope": ["profile:read"], "role": "viewer", "rate": "60", "days": "30"}
    page = browser.post("/programs/make/", form)
    found = re.search(r"hx_[a-z0-9]{8}_([A-Za-z0-9_-]{43})", page.content.decode())
    assert found is not None
    token, secret = found[0], found[1]
    assert page.headers["Cache-Control"] == "no-store"
    listed = browser.get("/programs/").content.decode()
    assert secret not in listed
    assert f"…{secret[-4:]}" in listed
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM api_apikey")
        assert secret not in str(cursor.fetchall())
    with Ledger.open(shop.ledger_path) as ledger:
        (entry,) = ledger.entries("key.changed")
    assert secret not in str(entry)
    assert (entry.body["change"], entry.body["scopes"]) == ("made", ["profile:read"])
    from django.test import Client

    ask = Client(headers={"Authorization": f"Bearer {token}"})
    assert ask.get("/api/v1/tags").status_code == 200
    assert secret not in str(ask.get("/api/v1/crowds").content)


def test_a_rotated_secret_overlaps_and_a_revoked_key_opens_nothing(
    shop: Workspace, rollback: None, clock: Clock
) -> None:
    from huaxiang.server.api.keys import OVERLAP, Wanted, key_of, make, revoke, rotate

    made = make(Wanted("a", ("profile:read",), days=30), clock(), "kim")
    at = clock()
    second = rotate(made.key.pk, at, "kim")
    assert key_of(made.token, at) == key_of(second.token, at) == made.key
    assert key_of(made.token, at + OVERLAP) is None
    assert key_of(second.token, at + OVERLAP) == made.key
    third = rotate(made.key.pk, at, "kim")
    assert key_of(made.token, at) is None, "only the secret just before overlaps"
    assert key_of(third.token, at + timedelta(days=30)) is None, "expired"
    revoke(made.key.pk, at, "kim")
    assert key_of(third.token, at) is None
    with pytest.raises(HuaxiangError, match="revoked"):
        rotate(made.key.pk, at, "kim")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "a\nb"},
        {"name": "x" * 61},
        {"scopes": ()},
        {"scopes": ("profile:write",)},
        {"role": "king"},
        {"days": 0},
        {"days": 9_999},
        {"rate_per_minute": 0},
    ],
)
def test_a_key_that_does_not_hold_together_is_refused(rollback: None, clock: Clock, wrong: dict[str, object]) -> None:
    from huaxiang.server.api.keys import Wanted, make

    given: dict[str, object] = {"name": "a", "scopes": ("profile:read",), **wrong}
    with pytest.raises(HuaxiangError):
        make(Wanted(**given), clock(), "kim")  # type: ignore[arg-type]


def test_a_key_that_asks_too_often_is_told_for_how_long_to_wait(shop: Workspace, program: Program) -> None:
    ask = program("profile:read", rate_per_minute=3)
    answers = [ask.get("/api/v1/tags") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].headers["Retry-After"] == "20"
    assert answers[3].json()["code"] == "api.too_often"


def test_the_wait_that_is_named_is_exact(tmp_path: Path) -> None:
    rates = Rates(tmp_path / "rates.bin")
    assert [rates.admit(7, 60, 100.0) for _ in range(61)] == [0] * 60 + [1]
    assert rates.admit(7, 60, 101.0) == 0
    assert rates.admit(7, 60, 101.0) == 1
    assert rates.admit(8, 60, 101.0) == 0, "another key has a bucket of its own"
    assert rates.admit(7, 60, 50.0) <= 61, "a clock that is set back locks nobody out for long"
    other = Rates(tmp_path / "rates.bin")
    assert other.admit(8, 1, 101.0) > 0, "all processes count together"
    rates.close()
    other.close()
