"""What import found: rows that could not be read, cells left empty, rows exported twice; counted, not done again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine, only
from huaxiang.model.mapping import source_fields
from huaxiang.model.quality import QualityRules
from huaxiang.prepare.quality.checks import Row

#: One row per source and field: rows of the files in which the field has a column, and cells mended and left empty.
CELL_COUNT = {
    "source": "string",
    "field": "string",
    "row_count": "int64",
    "repaired_count": "int64",
    "set_aside_count": "int64",
}
#: One row per code of a repair: how many cells import mended so.
REPAIR_COUNT = {"reason": "string", "cell_count": "int64"}
#: Kinds of cell that any text is good for.
_ALWAYS_READABLE = ("text", "name", "event_name")


def import_checks(engine: Engine, rules: QualityRules, cells: pa.Table) -> list[Row]:
    """The import checks as rows of ``quality_check``; the column of ``cells_readable`` is a field of a file.

    ``cells`` are the :func:`cell_counts`.
    """
    return [*_row_checks(engine, rules), *_cell_checks(rules, cells)]


def cell_counts(engine: Engine) -> pa.Table:
    """Cells mended and left empty by source and field (:data:`CELL_COUNT`), in their order."""
    imports = only(engine.arrow(engine.table("import")))
    handled = _handled(engine, imports)
    read: Counter[tuple[str, str]] = Counter()
    for one in imports:
        for field in json.loads(str(one["mapping"]))["columns"]:
            read[str(one["source"]), field] += int(str(one["rows_read"]))
    found = [
        {
            "source": source,
            "field": field,
            "row_count": rows,
            "repaired_count": handled[source, field, "repaired"],
            "set_aside_count": handled[source, field, "set_aside"],
        }
        for (source, field), rows in sorted(read.items())
    ]
    return pa.Table.from_pylist(found, schema=ibis.schema(CELL_COUNT).to_pyarrow())


def repair_counts(engine: Engine) -> ir.Table:
    """How many cells import mended, by the code of the repair (:data:`REPAIR_COUNT`)."""
    issues = engine.table("cell_issue")
    mended = issues.filter(issues.handling == "repaired")
    return mended.group_by("reason").agg(cell_count=mended.count())


def _handled(engine: Engine, imports: list[dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    issues = engine.table("cell_issue")
    counted = issues.group_by(["import_id", "field", "handling"]).agg(cells=issues.count())
    source = {one["import_id"]: one["source"] for one in imports}
    found: Counter[tuple[str, str, str]] = Counter()
    for one in only(engine.arrow(counted)):
        found[source[one["import_id"]], str(one["field"]), str(one["handling"])] += int(str(one["cells"]))
    return found


def _row_checks(engine: Engine, rules: QualityRules) -> Iterator[Row]:
    imports = only(engine.arrow(engine.table("import")))
    waiting = _waiting(engine)
    sums: dict[tuple[str, str], Counter[str]] = {}
    for one in imports:
        sums.setdefault((str(one["source"]), str(one["table_name"])), Counter()).update(
            read=int(str(one["rows_read"])),
            waiting=waiting[str(one["import_id"])],
            again=int(str(one["rows_already_there"])),
        )
    for (source, table), count in sorted(sums.items()):
        for key, failing in (("rows_readable", count["waiting"]), ("rows_once", count["again"])):
            yield _row(rules, key, {"source": source, "table_name": table}, count["read"], failing)


def _waiting(engine: Engine) -> Counter[str]:
    rows = engine.table("quarantine")
    counted = only(engine.arrow(rows.group_by("import_id").agg(waiting=rows.count())))
    return Counter({str(one["import_id"]): int(str(one["waiting"])) for one in counted})


def _cell_checks(rules: QualityRules, cells: pa.Table) -> Iterator[Row]:
    for one in cells.to_pylist():
        if one["field"] in source_fields() and source_fields()[one["field"]].kind in _ALWAYS_READABLE:
            continue
        where = {"source": one["source"], "table_name": "cell_issue", "column_name": one["field"]}
        yield _row(rules, "cells_readable", where, one["row_count"], one["set_aside_count"])


def _row(rules: QualityRules, key: str, where: Mapping[str, str], rows: int, failing: int) -> Row:
    check = rules.import_checks[key]
    told = {"check": key, "dimension": check.dimension, "severity": check.severity, "column_name": "", **where}
    return {**told, "row_count": rows, "failing_count": failing}
