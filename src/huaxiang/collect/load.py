"""Bringing one accepted operation into the lake: staged, judged against what is there, published in one transaction."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.collect.landing import Operation
from huaxiang.collect.reading import Reading, open_file
from huaxiang.collect.report import ImportReport, messages_json
from huaxiang.collect.staging import Staged, Stager, Waiting
from huaxiang.collect.unfold import main_rows, side_rows
from huaxiang.collect.versions import verdicts, with_lineage
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import only
from huaxiang.errors import InputError
from huaxiang.model.mapping import Mapping, forms
from huaxiang.model.operations import IMPORT, QUARANTINE
from huaxiang.model.tables import canonical_table
from huaxiang.settings import Settings
from huaxiang.words import Message

_AMOUNTS = {"orders": "paid_amount", "order_line": "line_amount"}


@dataclass(frozen=True)
class Loader:
    """Loads operations into the lake that ``engine`` writes."""

    engine: DuckEngine
    settings: Settings
    scratch: Path

    def load(self, operation: Operation, path: Path, *, dry_run: bool = False) -> ImportReport:
        """Read the original and publish its rows; nothing is published on a dry run."""
        mapping = operation.reading()
        reading = sheet_of(path, operation.sheet, operation.file_name)
        with self._folder() as folder:
            staged = self._stage(operation, mapping, reading, folder)
            judged = self._judge(operation, mapping, staged)
            report = self._report(operation, mapping, reading, staged, judged, dry_run)
            if not dry_run:
                self._publish(operation, mapping, staged, judged, report)
        return report

    def _stage(self, operation: Operation, mapping: Mapping, reading: Reading, folder: Path) -> Staged:
        fixes = {int(row): cells for row, cells in operation.fixes.items()}
        now = datetime.fromisoformat(operation.known_at)
        stager = Stager(mapping, self.settings.timezone, now, operation.import_id)
        return stager.stage(reading, folder, fixes, only_fixed=operation.kind == "replay")

    def _judge(self, operation: Operation, mapping: Mapping, staged: Staged) -> ir.Table:
        rows = self.engine.read_parquet([str(staged.rows)])
        table = canonical_table(forms()[mapping.form].table)
        flags = rows.select(flag_row="source_row", is_repaired="is_repaired")
        main = with_lineage(main_rows(rows, mapping, self.settings.currency), table, operation, mapping.source)
        keyed = self.engine.keep("main_rows", main)
        judged = verdicts(self.engine, keyed, table.name)
        return self.engine.keep("judged", judged.inner_join(flags, judged.source_row == flags.flag_row).drop("flag_row"))

    def _report(self, operation: Operation, mapping: Mapping, reading: Reading, staged: Staged, judged: ir.Table, dry_run: bool) -> ImportReport:
        table = forms()[mapping.form].table
        counts = Counter({(row["verdict"], row["is_repaired"]): row["count"] for row in only(self.engine.arrow(_verdict_counts(judged)))})
        staged.waiting += _conflicts(self.engine, judged)
        nobody = self._without_customer(judged, table)
        return ImportReport(
            import_id=operation.import_id,
            file_name=operation.file_name,
            sheet=operation.sheet,
            form=mapping.form,
            table=table,
            source=mapping.source,
            rows_read=staged.rows_read,
            rows_kept=counts["new", False],
            rows_repaired=counts["new", True],
            rows_quarantined=len(staged.waiting),
            rows_already_there=counts["already_there", False] + counts["already_there", True],
            rows_blank=staged.rows_blank,
            rows_without_customer=nobody["count"],
            amount_without_customer=nobody["amount"],
            reasons=dict(Counter(one.reason for one in staged.waiting)),
            repairs=self._repairs(staged),
            messages=(*reading.messages, *_warnings(table, nobody, staged)),
            dry_run=dry_run,
        )

    def _without_customer(self, judged: ir.Table, table: str) -> dict[str, Any]:
        if "account_key" not in judged.columns:
            return {"count": 0, "amount": None, "share": 0.0}
        fresh = judged.filter(judged.verdict == "new")
        guest = fresh.account_key.isnull()
        amount = fresh[_AMOUNTS[table]].sum(where=guest) if table in _AMOUNTS else ibis.null("decimal(18, 4)")
        row = only(self.engine.arrow(fresh.aggregate(count=guest.sum(), all=fresh.count(), amount=amount)))[0]
        return {"count": int(row["count"] or 0), "amount": row["amount"], "share": int(row["count"] or 0) / max(int(row["all"]), 1)}  # type: ignore[call-overload]

    def _repairs(self, staged: Staged) -> dict[str, int]:
        issues = self.engine.read_parquet([str(staged.issues)])
        counted = issues.group_by(["field", "reason"]).aggregate(count=issues.count()).order_by(["field", "reason"])
        return {f"{row['field']}/{row['reason']}": int(row["count"]) for row in only(self.engine.arrow(counted))}  # type: ignore[call-overload]

    def _publish(self, operation: Operation, mapping: Mapping, staged: Staged, judged: ir.Table, report: ImportReport) -> None:
        append = self._canonical(operation, mapping, staged, judged)
        append["cell_issue"] = self.engine.read_parquet([str(staged.issues)])
        append["quarantine"] = self.engine.bring("waiting", _waiting_rows(operation, staged.waiting))
        done = {"operation": [operation.name], "kind": [operation.kind], "import_id": [operation.import_id]}
        append["operation"] = self.engine.bring("done", pa.table(done))
        replace = {}
        if operation.kind == "import":
            append["import"] = self.engine.bring("report", self._import_row(operation, report, judged))
        else:
            replace = self._replayed(operation, report)
            replace["quarantine"] = replace["quarantine"].union(append.pop("quarantine"))
        self.engine.publish({name: self.engine.keep(f"next_{name}", rows) for name, rows in replace.items()}, append)

    def _canonical(self, operation: Operation, mapping: Mapping, staged: Staged, judged: ir.Table) -> dict[str, ir.Table]:
        table = canonical_table(forms()[mapping.form].table)
        found = {table.name: judged.filter(judged.verdict == "new").select(*table.columns)}
        rows = self.engine.read_parquet([str(staged.rows)])
        taken = rows.semi_join(judged.filter(judged.verdict != "conflict"), "source_row")
        for name, side in side_rows(taken, mapping, self.settings.currency).items():
            keyed = self.engine.keep(f"side_{name}", with_lineage(side, canonical_table(name), operation, mapping.source))
            fresh = verdicts(self.engine, keyed, name)
            found[name] = self.engine.keep(f"new_{name}", fresh.filter(fresh.verdict == "new").select(*canonical_table(name).columns))
        return found

    def _import_row(self, operation: Operation, report: ImportReport, judged: ir.Table) -> pa.Table:
        span = only(self.engine.arrow(judged.aggregate(first=judged.occurred_at.min(), last=judged.occurred_at.max())))[0]
        body = report.to_dict() | {
            "table_name": report.table,
            "sha256": operation.sha256,
            "known_at": datetime.fromisoformat(operation.known_at),
            "amount_without_customer": report.amount_without_customer,
            "first_occurred_at": span["first"],
            "last_occurred_at": span["last"],
            "messages": messages_json(report.messages),
            "mapping": json.dumps(operation.mapping, ensure_ascii=False),
        }
        return pa.Table.from_pylist([{name: body[name] for name in IMPORT}], schema=ibis.schema(IMPORT).to_pyarrow())

    def _replayed(self, operation: Operation, report: ImportReport) -> dict[str, ir.Table]:
        """The quarantine without the rows that were read again, and the report of their import with new counts."""
        rows = [int(row) for row in operation.fixes]
        waiting, imports = self.engine.table("quarantine"), self.engine.table("import")
        mine = (waiting.import_id == operation.import_id) & waiting.source_row.isin(rows)
        hit = imports.import_id == operation.import_id
        change = {
            "rows_quarantined": report.rows_quarantined - report.rows_read,
            "rows_kept": report.rows_kept,
            "rows_repaired": report.rows_repaired,
            "rows_already_there": report.rows_already_there,
        }
        moved = {name: ibis.ifelse(hit, imports[name] + by, imports[name]) for name, by in change.items()}
        return {"quarantine": waiting.filter(~mine), "import": imports.mutate(**moved)}

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        folder = Path(tempfile.mkdtemp(prefix="import-", dir=self.scratch))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sheet_of(path: Path, sheet: str | None, file_name: str) -> Reading:
    """The sheet of that name (None: the only one) of a file."""
    readings = open_file(path)
    for reading in readings:
        if sheet is None or reading.sheet == sheet:
            return reading
    raise InputError("collect.no_such_sheet", file=file_name, given=sheet, known=", ".join(str(one.sheet) for one in readings))


def _verdict_counts(judged: ir.Table) -> ir.Table:
    return judged.group_by(["verdict", "is_repaired"]).aggregate(count=judged.count())


def _conflicts(engine: DuckEngine, judged: ir.Table) -> list[Waiting]:
    rows = judged.filter(judged.verdict == "conflict").drop("is_repaired", "verdict", "row_hash", "row_key", "known_at", "import_id")
    return [
        Waiting(row.pop("source_row"), None, "told_otherwise_before", {}, json.dumps(row, ensure_ascii=False, default=str))  # type: ignore[arg-type]
        for row in only(engine.arrow(rows.order_by("source_row")))
    ]


def _warnings(table: str, nobody: dict[str, Any], staged: Staged) -> list[Message]:
    found = []
    if nobody["count"]:
        everyone = nobody["share"] >= 0.999
        code = "collect.no_customer_key" if everyone else "collect.rows_without_customer"
        found.append(Message(code, {"count": nobody["count"], "share": round(100 * nobody["share"], 1), "amount": str(nobody["amount"] or "-")}))
    if staged.waiting:
        found.append(Message("collect.rows_waiting", {"count": len(staged.waiting)}))
    return found


def _waiting_rows(operation: Operation, waiting: list[Waiting]) -> pa.Table:
    rows = [
        {
            "import_id": operation.import_id,
            "source_row": one.source_row,
            "field": one.field,
            "reason": one.reason,
            "params": json.dumps(one.params, ensure_ascii=False, default=str),
            "raw_text": one.raw_text,
            "status": "waiting",
        }
        for one in sorted(waiting, key=lambda one: one.source_row)
    ]
    return pa.Table.from_pylist(rows, schema=ibis.schema(QUARANTINE).to_pyarrow())
