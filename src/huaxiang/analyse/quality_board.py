"""The contradiction board: the customers about whom the data contradict themselves most, each with the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.customers import in_stores
from huaxiang.analyse.quality import published_quality
from huaxiang.engine.interface import Engine, only
from huaxiang.model.quality import QualityRules
from huaxiang.release.masking import mask_value


@dataclass(frozen=True)
class BoardPage:
    """One page of the board: customers with their contradictions; ``customers`` and ``contradictions`` count all."""

    rows: tuple[Mapping[str, Any], ...]
    customers: int
    contradictions: int


@dataclass(frozen=True)
class BoardWanted:
    """Which contradictions: of one check (empty: all), of customers of these stores (None: all), which page."""

    check: str = ""
    stores: frozenset[str] | None = None
    limit: int = 20
    offset: int = 0


def board(engine: Engine, rules: QualityRules, wanted: BoardWanted) -> BoardPage:
    """Customers in the order of the sum of the severities, then of the gravest, then of their number; ties by
    ``customer_id``.

    A row has ``customer_id, severity, weight`` and ``details``: each contradiction with ``check, severity, left_value,
    right_value`` (masked), and ``source, file_name, sheet, source_row`` of both sides, the right ones as ``right_…``.
    """
    wrong = published_quality(engine, "contradiction")
    rows = wrong.filter(wrong.customer_id.notnull())
    if wanted.check:
        rules.words_of(wanted.check)
        rows = rows.filter(rows.check == wanted.check)
    rows = in_stores(rows, engine.table("sale"), wanted.stores)
    totals = only(engine.arrow(rows.aggregate(customers=rows.customer_id.nunique(), contradictions=rows.count())))[0]
    people = _people(engine, rows, wanted)
    details = _details(engine, rules, rows, [str(one["customer_id"]) for one in people])
    return BoardPage(
        tuple(one | {"details": details[str(one["customer_id"])]} for one in people),
        int(str(totals["customers"])),
        int(str(totals["contradictions"])),
    )


def _people(engine: Engine, rows: ir.Table, wanted: BoardWanted) -> list[dict[str, Any]]:
    people = rows.group_by("customer_id").agg(
        weight=rows.severity.sum(), severity=rows.severity.max(), count=rows.count()
    )
    order = [ibis.desc("weight"), ibis.desc("severity"), ibis.desc("count"), "customer_id"]
    return only(engine.arrow(people.order_by(order).limit(wanted.limit, offset=wanted.offset)))


def _details(
    engine: Engine, rules: QualityRules, rows: ir.Table, customer_ids: list[str]
) -> dict[str, list[dict[str, Any]]]:
    files = engine.table("import").select("import_id", "file_name", "sheet")
    mine = rows.filter(rows.customer_id.isin(customer_ids)).left_join(files, "import_id").drop("import_id_right")
    others = files.select(other_id="import_id", right_file_name="file_name", right_sheet="sheet")
    named = mine.left_join(others, mine.right_import_id == others.other_id)
    order = [ibis.desc("severity"), "check", "import_id", "source_row", "left_value"]
    found: dict[str, list[dict[str, Any]]] = {one: [] for one in customer_ids}
    for row in only(engine.arrow(named.order_by(order))):
        found[str(row["customer_id"])].append(_masked(row, rules))
    return found


def _masked(row: dict[str, Any], rules: QualityRules) -> dict[str, Any]:
    hidden = {}
    for side in ("left", "right"):
        mask = rules.traits[row[f"{side}_trait"]].shown_mask
        hidden[f"{side}_value"] = mask_value(row[f"{side}_value"], mask) if mask else row[f"{side}_value"]
    return row | hidden
