"""Counting what an import did: rows by verdict, repairs by field, rows without a customer, and what to say about it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.collect.staging import Staged
from huaxiang.collect.unfold import tells_who
from huaxiang.collect.waiting import Waiting
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import only
from huaxiang.model.mapping import Mapping, forms
from huaxiang.words import Message

_AMOUNTS = {"orders": "paid_amount", "order_line": "line_amount"}
#: From this share on a file is said to know no customers at all.
_NOBODY = 0.999


@dataclass(frozen=True)
class Nobody:
    """New rows that do not say who the customer is: how many, of how many, and their amount (None: unknown)."""

    count: int
    all: int
    amount: Decimal | None

    def messages(self) -> list[Message]:
        """What it costs, in one sentence, when there are any."""
        if not self.count:
            return []
        share = self.count / self.all
        code = "collect.no_customer_key" if share >= _NOBODY else "collect.rows_without_customer"
        amount = "-" if self.amount is None else f"{self.amount.normalize():f}"
        return [Message(code, {"count": self.count, "share": round(100 * share, 1), "amount": amount})]


def nobody(engine: DuckEngine, judged: ir.Table, mapping: Mapping) -> Nobody:
    """The new rows without a customer; none where the file is not the one that would say."""
    if not tells_who(mapping):
        return Nobody(0, 0, None)
    fresh = judged.filter(judged.verdict == "new")
    guest = fresh.who.isnull()
    column = _AMOUNTS.get(forms()[mapping.form].table)
    amount = fresh[column].sum(where=guest) if column else ibis.null("decimal(18, 4)")
    [row] = _rows(engine, fresh.aggregate(count=guest.sum(), all=fresh.count(), amount=amount))
    return Nobody(row["count"] or 0, row["all"], row["amount"])


def verdict_counts(engine: DuckEngine, judged: ir.Table) -> Counter[tuple[str, bool]]:
    """Rows by verdict and by whether they were repaired."""
    counted = judged.group_by(["verdict", "is_repaired"]).aggregate(count=judged.count())
    return Counter({(row["verdict"], row["is_repaired"]): row["count"] for row in _rows(engine, counted)})


def repair_counts(engine: DuckEngine, staged: Staged) -> dict[str, int]:
    """Cells mended or left empty, by ``field/reason``."""
    issues = engine.read_parquet([str(staged.issues)])
    counted = issues.group_by(["field", "reason"]).aggregate(count=issues.count()).order_by(["field", "reason"])
    return {f"{row['field']}/{row['reason']}": row["count"] for row in _rows(engine, counted)}


def conflicts(engine: DuckEngine, judged: ir.Table) -> list[Waiting]:
    """Rows that tell otherwise about a fact that never changes."""
    lineage = ("is_repaired", "who", "verdict", "row_hash", "row_key", "known_at", "import_id")
    rows = judged.filter(judged.verdict == "conflict").drop(*lineage).order_by("source_row")
    return [
        Waiting(
            row.pop("source_row"), None, "told_otherwise_before", {}, json.dumps(row, ensure_ascii=False, default=str)
        )
        for row in _rows(engine, rows)
    ]


def _rows(engine: DuckEngine, rows: ir.Table) -> list[dict[str, Any]]:
    return only(engine.arrow(rows))
