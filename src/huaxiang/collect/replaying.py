"""Rows of an import that a person mended: which may be read again, and what that changes in the import's report."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import ibis
import ibis.expr.types as ir

from huaxiang.collect.history import require_waiting
from huaxiang.collect.landing import Operation
from huaxiang.collect.mended import Fixes
from huaxiang.collect.report import ImportReport
from huaxiang.engine import DuckEngine
from huaxiang.errors import InputError, NotFound, nearest


def check_fixes(engine: DuckEngine, import_id: str, fixes: Fixes, header: Collection[str]) -> None:
    """Raise :class:`NotFound` for a row that does not wait or a header that the file does not have, and
    :class:`InputError` when there is nothing to do: a slip of the pen must not pass unnoticed."""
    if not any(fixes.values()):
        raise InputError("collect.nothing_mended", import_id=import_id)
    require_waiting(engine, import_id, list(fixes))
    for name in {name for cells in fixes.values() for name in cells}:
        if name not in header:
            raise NotFound("collect.no_such_header", given=name, nearest=nearest(name, header))


def replayed(engine: DuckEngine, operation: Operation, report: ImportReport) -> dict[str, ir.Table]:
    """The tables ``quarantine`` without the rows that were read again, and ``import`` with the new counts."""
    waiting, imports = engine.table("quarantine"), engine.table("import")
    mine = (waiting.import_id == operation.import_id) & waiting.source_row.isin(_numbers(operation.fixes))
    hit = imports.import_id == operation.import_id
    change = {
        "rows_quarantined": report.rows_quarantined - report.rows_read,
        "rows_kept": report.rows_kept,
        "rows_repaired": report.rows_repaired,
        "rows_already_there": report.rows_already_there,
    }
    moved = {name: ibis.ifelse(hit, imports[name] + by, imports[name]) for name, by in change.items()}
    return {"quarantine": waiting.filter(~mine), "import": imports.mutate(**moved)}


def _numbers(fixes: Iterable[str]) -> list[int]:
    return [int(row) for row in fixes]
