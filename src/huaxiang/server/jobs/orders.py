"""What a job is asked to do, as a file that only its process reads and that goes with it: it may hold personal data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huaxiang.errors import InputError
from huaxiang.server.jobs.lifeline import Lifeline


@dataclass(frozen=True)
class JobFiles:
    """The files of one job in the workspace's ``tmp/jobs``."""

    workspace: Path
    token: str

    @property
    def lifeline(self) -> Lifeline:
        """The lock that says that the job's process lives."""
        return Lifeline(self._named("lock"))

    def write_order(self, order: Mapping[str, Any]) -> None:
        """Keep what is asked for, readable by this account of the machine only."""
        path = self._named("json")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps(order, ensure_ascii=False), encoding="utf-8")

    def order(self) -> dict[str, Any]:
        """What is asked for. Raises :class:`InputError` when the file is gone."""
        try:
            order: dict[str, Any] = json.loads(self._named("json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise InputError("jobs.order_gone") from None
        return order

    def remove(self) -> None:
        """Leave nothing behind."""
        self._named("json").unlink(missing_ok=True)
        self._named("lock").unlink(missing_ok=True)

    def _named(self, suffix: str) -> Path:
        return self.workspace / "tmp" / "jobs" / f"{self.token}.{suffix}"
