"""Why a row or a cell was set aside, in words."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any

from huaxiang.cli.desk import Desk
from huaxiang.words import catalogue, knows

_UNSAID = "…"


def reason_words(desk: Desk, code: str, params: Mapping[str, Any] | None = None) -> str:
    """The reason in the person's language; where many rows share it, the values that differ read ``…``."""
    known = f"reason.{code}" if knows(f"reason.{code}") else code
    needed = {name for _, name, _, _ in Formatter().parse(catalogue()[known][desk.lang]) if name}
    return desk.say(known, **dict.fromkeys(needed, _UNSAID) | dict(params or {}))
