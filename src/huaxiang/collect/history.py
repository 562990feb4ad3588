"""What was imported, mended and set aside, as the published tables tell it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import only
from huaxiang.errors import NotFound, nearest

#: A row that waits: the import it came with and its number in the file.
RowKey = tuple[str, int]


@dataclass(frozen=True)
class Waiting:
    """Which rows of the quarantine are meant: of one import, with one reason (None: of all, with any), without
    ``discarded``."""

    import_id: str | None = None
    reason: str | None = None
    discarded: Collection[RowKey] = ()

    def of(self, engine: DuckEngine) -> ir.Table:
        """The rows, one per row of a file that waits."""
        rows = engine.table("quarantine")
        if self.import_id is not None:
            rows = rows.filter(rows.import_id == self.import_id)
        if self.reason is not None:
            rows = rows.filter(rows.reason == self.reason)
        if not self.discarded:
            return rows
        gone = pa.table(
            {"import_id": [one for one, _ in self.discarded], "source_row": [row for _, row in self.discarded]}
        )
        return rows.anti_join(engine.bring("discarded_rows", gone), ["import_id", "source_row"])


def imports(engine: DuckEngine, limit: int, offset: int = 0) -> list[dict[str, Any]]:
    """One row per imported file or sheet, the latest first."""
    rows = engine.table("import")
    return only(engine.arrow(rows.order_by(rows.import_id.desc()).limit(limit, offset=offset)))


def import_totals(engine: DuckEngine) -> dict[str, Any]:
    """How many imports there are and how many rows they read; ``last_known_at`` is None before the first."""
    rows = engine.table("import")
    sums = {name: rows[name].sum().fill_null(0) for name in ("rows_read", "rows_quarantined")}
    return only(engine.arrow(rows.aggregate(import_count=rows.count(), last_known_at=rows.known_at.max(), **sums)))[0]


def one_import(engine: DuckEngine, import_id: str) -> dict[str, Any]:
    """The row of one import. Raises :class:`NotFound`, naming the nearest ones."""
    rows = engine.table("import")
    found = only(engine.arrow(rows.filter(rows.import_id == import_id)))
    if not found:
        known = [str(row["import_id"]) for row in only(engine.arrow(rows.select("import_id")))]
        raise NotFound("collect.no_such_import", given=import_id, nearest=nearest(import_id, known))
    return found[0]


def cell_issues(engine: DuckEngine, import_id: str) -> list[dict[str, Any]]:
    """Cells mended or left empty in one import, counted by field, reason and handling, the most first."""
    rows = engine.table("cell_issue")
    mine = rows.filter(rows.import_id == import_id)
    counted = mine.group_by(["field", "reason", "handling"]).aggregate(count=mine.count())
    return only(engine.arrow(counted.order_by([counted["count"].desc(), "field", "reason", "handling"])))


def waiting_by_reason(engine: DuckEngine, waiting: Waiting) -> list[dict[str, Any]]:
    """Rows that wait, counted by reason, the most first."""
    rows = waiting.of(engine)
    counted = rows.group_by("reason").aggregate(count=rows.count())
    return only(engine.arrow(counted.order_by([counted["count"].desc(), "reason"])))


def waiting_by_import(engine: DuckEngine, waiting: Waiting) -> list[dict[str, Any]]:
    """Rows that wait, counted by import with its file and sheet, the latest import first."""
    rows, files = waiting.of(engine), engine.table("import").select("import_id", "file_name", "sheet")
    counted = rows.group_by("import_id").aggregate(count=rows.count())
    named = counted.inner_join(files, "import_id")
    return only(engine.arrow(named.order_by(named.import_id.desc())))


def waiting_rows(engine: DuckEngine, waiting: Waiting, limit: int, offset: int = 0) -> list[dict[str, Any]]:
    """Rows that wait, in the order of imports and files, with file, sheet and mapping of their import."""
    files = engine.table("import").select("import_id", "file_name", "sheet", "mapping")
    named = waiting.of(engine).inner_join(files, "import_id")
    return only(engine.arrow(named.order_by(["import_id", "source_row"]).limit(limit, offset=offset)))


def waiting_row(engine: DuckEngine, import_id: str, source_row: int) -> dict[str, Any]:
    """One row that waits, as :func:`waiting_rows` gives it. Raises :class:`NotFound` when it does not wait."""
    rows = Waiting(import_id).of(engine)
    files = engine.table("import").select("import_id", "file_name", "sheet", "mapping")
    found = only(engine.arrow(rows.filter(rows.source_row == source_row).inner_join(files, "import_id")))
    if not found:
        raise NotFound("history.row_not_waiting", import_id=import_id, row=source_row)
    return found[0]


def require_waiting(engine: DuckEngine, import_id: str, source_rows: Collection[int]) -> None:
    """Raise :class:`NotFound` for an unknown import, and for the first of the rows that does not wait (any more)."""
    one_import(engine, import_id)
    waiting = {row["source_row"] for row in only(engine.arrow(Waiting(import_id).of(engine).select("source_row")))}
    for row in sorted(source_rows):
        if row not in waiting:
            raise NotFound("history.row_not_waiting", import_id=import_id, row=row)


def runs(engine: DuckEngine, limit: int) -> list[dict[str, Any]]:
    """One row per refresh, the latest first."""
    rows = engine.table("run")
    return only(engine.arrow(rows.order_by(rows.run_id.desc()).limit(limit)))
