"""One Django for all server tests, in a workspace of its own; what a test writes is rolled back after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huaxiang.server.settings import configure

if TYPE_CHECKING:
    from django.test import Client

    from huaxiang.server.accounts.models import User

PASSWORD = "seven quiet herons 7"  # noqa: S105 - of accounts that exist only in tests


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 3, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.instant

    def move(self, by: timedelta) -> None:
        self.instant += by


CLOCK = Clock()


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The workspace folder that Django was set up for."""
    folder = tmp_path_factory.mktemp("shop")
    configure(folder, allowed_hosts=("testserver", "127.0.0.1"), now=CLOCK)
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    yield folder
    connections.close_all()


@pytest.fixture
def clock() -> Clock:
    """The clock that the server reads."""
    return CLOCK


@pytest.fixture
def rollback(workspace: Path) -> Iterator[None]:
    """Undo everything that the test writes into the accounts database."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def client(rollback: None) -> Client:
    """A browser that is not signed in and asks for Chinese."""
    from django.test import Client

    return Client(headers={"Accept-Language": "zh-CN"})


@pytest.fixture(scope="session")
def password_hash(workspace: Path) -> str:
    """The hash of PASSWORD, made once because it is slow on purpose."""
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


@pytest.fixture
def make_user(rollback: None, password_hash: str) -> Callable[..., User]:
    """Make an account with PASSWORD: ``make_user("li", role="viewer")``."""
    from huaxiang.server.accounts.models import User

    def make(username: str, **fields: object) -> User:
        return User.objects.create(username=username, password=password_hash, created_at=CLOCK(), **fields)

    return make


@pytest.fixture
def signed_in_client(make_user: Callable[..., User], client: Client) -> Callable[..., Client]:
    """Make an account and a browser in which it is signed in: ``signed_in_client("admin")``."""
    from django.test import Client

    def make(role: str, username: str = "", **fields: object) -> Client:
        browser = Client(headers={"Accept-Language": "zh-CN"})
        browser.force_login(make_user(username or f"the-{role}", role=role, **fields))
        return browser

    return make
