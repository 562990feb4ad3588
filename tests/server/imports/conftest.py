"""What these tests share: a real workspace behind the pages."""

from __future__ import annotations

from tests.server.jobs.shop import (
    a_job,
    at_once,
    empty_shop,
    kept_empty_shop,
    kept_shop,
    not_spawned,
    own_shop,
    shop,
)

__all__ = ["a_job", "at_once", "empty_shop", "kept_empty_shop", "kept_shop", "not_spawned", "own_shop", "shop"]
