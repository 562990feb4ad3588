"""The same shop as for the segment pages, asked by programs with keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from tests.server.conftest import CLOCK
from tests.server.crowds.conftest import empty_shop, kept_crowd_shop, shop

if TYPE_CHECKING:
    from django.test import Client

__all__ = ["empty_shop", "kept_crowd_shop", "shop"]


@pytest.fixture
def program(rollback: None) -> Callable[..., Client]:
    """Make a key and a client that shows it: ``program("profile:read", role="viewer", stores=("S1",))``."""
    from django.test import Client

    from huaxiang.server.api.keys import Wanted, make

    def made(*scopes: str, role: str = "viewer", lang: str = "zh-CN", **more: object) -> Client:
        wanted = Wanted("程序", scopes, role=role, **more)  # type: ignore[arg-type]
        token = make(wanted, CLOCK(), "kim").token
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": lang}
        return Client(headers=headers, raise_request_exception=False)

    return made


@pytest.fixture(autouse=True)
def _fresh_rates() -> Iterator[None]:
    """Each test counts its own requests: key numbers are given again after a rollback."""
    from huaxiang.server.api import calling

    yield
    for rates in calling._OPEN.values():
        rates.close()
    calling._OPEN.clear()
