"""What was computed afterwards of the past of a segment, kept in the workspace: it is computed once, whoever asks, and
survives a restart.

``app/past_of_crowds/<key>.json`` holds for each rule, as it stood when it was computed, how the segment stood on past
days: counts and no customer. It is no fact: without it the days are computed again.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

#: Rules of one segment that are kept; the one that was computed longest ago goes first.
MOST_RULES = 20


@dataclass(frozen=True)
class Stood:
    """How a segment stood on a day: its customers, and of them those who were not in it on the day before in the list,
    and who no longer were; None where that day before was not computed. ``run_id`` is the refresh whose data told it,
    ``seconds`` what that took."""

    day: date
    customers: int
    entered: int | None
    gone: int | None
    run_id: str
    seconds: float


@dataclass(frozen=True)
class KeptPast:
    """The past of one segment in a workspace folder, by one rule. ``rule`` names all that the answer depends on beside
    the data: the rule with all that it names, and whom the visitor may see."""

    folder: Path
    crowd: str
    rule: str

    def days(self) -> dict[date, Stood]:
        """The days that were computed, oldest first."""
        return {one.day: one for one in sorted(map(_stood, self._all().get(self.rule, [])), key=lambda one: one.day)}

    def put(self, *found: Stood) -> None:
        """Keep these days, in place of what was kept of them."""
        with self._locked():
            days = self.days() | {one.day: one for one in found}
            self._write([_record(one) for one in days.values()])

    def forget(self) -> None:
        """Let go of all days, to compute them again."""
        with self._locked():
            self._write([])

    @property
    def _file(self) -> Path:
        return self.folder / "app" / "past_of_crowds" / f"{self.crowd}.json"

    def _all(self) -> dict[str, list[dict[str, Any]]]:
        try:
            found: dict[str, list[dict[str, Any]]] = json.loads(self._file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            # Without it, or with what is no such file, the days are computed again.
            return {}
        return found

    def _write(self, days: list[dict[str, Any]]) -> None:
        others = {rule: kept for rule, kept in self._all().items() if rule != self.rule}
        latest = dict(list((others | {self.rule: days}).items())[-MOST_RULES:])
        partial = self._file.with_suffix(".partial")
        partial.write_text(json.dumps(latest), encoding="utf-8")
        partial.replace(self._file)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._file.parent / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _record(one: Stood) -> dict[str, Any]:
    return {**vars(one), "day": one.day.isoformat(), "seconds": round(one.seconds, 3)}


def _stood(record: Mapping[str, Any]) -> Stood:
    return Stood(**{**record, "day": date.fromisoformat(str(record["day"]))})
