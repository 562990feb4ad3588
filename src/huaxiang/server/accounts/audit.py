"""Writes what happens to accounts into the workspace's ledger, which is the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from huaxiang.ledger import Ledger, Pseudonym
from huaxiang.server.clock import now

LEDGER_FILE = Path("ledger") / "ledger.sqlite3"
NOBODY = "-"


def record(kind: str, actor: str, body: Mapping[str, Any]) -> None:
    """Append one entry; it is on disk when this returns."""
    path = _workspace() / LEDGER_FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with Ledger.open(path) as ledger:
        ledger.append(kind, body, at=now(), actor=actor)


def hashed(kind: str, value: str) -> str:
    """The keyed hash that stands in the ledger for a network address or a name that may be a mistyped password."""
    return Pseudonym.of_workspace(_workspace()).of(kind, value)


def _workspace() -> Path:
    workspace: Path = settings.HUAXIANG_WORKSPACE
    return workspace
