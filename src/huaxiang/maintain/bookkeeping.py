"""The ledger brought level with the lake. A kill may fall between the two: whatever the lake shows and the ledger lacks
is written down by the next build, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from huaxiang.collect.landing import Landing, Operation
from huaxiang.engine.interface import Engine, only
from huaxiang.ledger import Ledger, NewEntry, Pseudonym
from huaxiang.maintain.match_run import last_model
from huaxiang.maintain.run_rows import run_body
from huaxiang.prepare.unify import Hold, Link, link_log

#: Whoever asked for a refresh that was killed as soon as it was published is known to nobody: the program logs it.
PROGRAM = "huaxiang"


class _Published(NamedTuple):
    links: list[Link]
    holds: list[Hold]


@dataclass(frozen=True)
class Bookkeeper:
    """Writes down what happened in one workspace. ``zone`` is the one in which the landing tells times."""

    engine: Engine
    ledger: Ledger
    landing: Landing
    pseudonym: Pseudonym
    zone: ZoneInfo

    def level(self, now: datetime) -> None:
        """Log every import, mended row and refresh that the lake contains and the ledger does not."""
        self.log_operations()
        self.log_runs(now)

    def log_operations(self) -> None:
        """Log imports as ``import.accepted`` and mended rows as ``quarantine.fixed``, each by whoever asked for it."""
        published = {str(row["operation"]) for row in self._rows("operation")}
        imports = {row["import_id"]: row for row in self._rows("import")}
        logged = self._logged("import.accepted", "import_id") | self._logged("quarantine.fixed", "operation")
        for operation in self.landing.operations():
            if operation.name in published - logged:
                self.ledger.append_many(self._entries(operation, imports[operation.import_id]))

    def log_runs(self, now: datetime) -> None:
        """Log refreshes as ``refresh.published``, after the links that the latest of them found."""
        logged = self._logged("refresh.published", "run_id")
        missing = [row for row in self._rows("run") if row["run_id"] not in logged]
        if missing:
            link_log(self._published(), self.ledger, self.pseudonym, now, PROGRAM, last_model(self.engine))
        for row in sorted(missing, key=lambda row: str(row["run_id"])):
            self.ledger.append("refresh.published", run_body(row), at=now, actor=PROGRAM, key=str(row["run_id"]))

    def _entries(self, operation: Operation, report: Mapping[str, Any]) -> list[NewEntry]:
        at = datetime.fromisoformat(operation.known_at).replace(tzinfo=self.zone)
        if operation.kind == "import":
            counts = {name: report[name] for name in ("import_id", "form", "rows_read", "rows_quarantined")}
            return [NewEntry("import.accepted", counts, at, operation.actor, f"import/{operation.name}")]
        return [
            NewEntry("quarantine.fixed", body, at, operation.actor, f"{operation.name}/{row}")
            for row, body in _fixed(operation).items()
        ]

    def _published(self) -> _Published:
        links = self._known("identity_link", Link._fields)
        holds = self._known("identity_hold", Hold._fields)
        return _Published([Link(**row) for row in links], [Hold(**row) for row in holds])

    def _logged(self, kind: str, field: str) -> set[str]:
        return {str(entry.body[field]) for entry in self.ledger.entries(kind)}

    def _known(self, table: str, fields: tuple[str, ...]) -> list[dict[str, Any]]:
        # A lake that an earlier version refreshed lacks the columns that came later.
        return self._rows(table, *(name for name in fields if name in self.engine.table(table).columns))

    def _rows(self, table: str, *columns: str) -> list[dict[str, Any]]:
        rows = self.engine.table(table)
        return only(self.engine.arrow(rows.select(*columns) if columns else rows))


def _fixed(operation: Operation) -> dict[int, dict[str, object]]:
    return {
        row: {
            "quarantine_id": f"{operation.import_id}/{row}",
            "headers": sorted(operation.fixes[str(row)]),
            "operation": operation.name,
        }
        for row in sorted(map(int, operation.fixes))
    }
