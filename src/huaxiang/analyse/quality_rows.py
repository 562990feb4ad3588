"""The rows behind a figure of the scorecard: which rows of which file fail a check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.customers import in_stores
from huaxiang.engine.interface import Engine, only
from huaxiang.model.identity import IdentityRules
from huaxiang.model.mapping import source_fields
from huaxiang.model.quality import QualityRules, Target
from huaxiang.model.tables import canonical_table
from huaxiang.prepare.lookup import with_customer
from huaxiang.prepare.quality.checks import judged
from huaxiang.prepare.quality.judging import Round
from huaxiang.release.masking import mask_value

#: What the cells of a field of a file are masked as, by the kind of the field.
_MASK_OF_KIND = {"phone": "phone", "email": "email", "id_card": "id_card", "name": "name", "birth_date": "birth_date"}
_MASK_OF_IDENTIFIER = {
    "phone": "phone",
    "email": "email",
    "id_card": "id_card",
    "openid": "openid",
    "unionid": "openid",
    "device_id": "openid",
}


@dataclass(frozen=True)
class Wanted:
    """Which failing rows: of one check on one column of one source, of customers of these stores (None: all rows)."""

    check: str
    table: str
    column: str
    source: str
    stores: frozenset[str] | None = None
    limit: int = 25
    offset: int = 0


def failing_rows(
    engine: Engine, rules: QualityRules, identity: IdentityRules, wanted: Wanted, as_of: date
) -> list[dict[str, Any]]:
    """One row per failing row, in the order of the files: ``import_id, source_row, file_name, sheet, customer_id``,
    and ``value``, masked.

    Times at which nothing arrived have a value but no file. With ``stores`` only rows of their customers come out.
    Raises :class:`NotFound` for an unknown check or column.
    """
    rows, mask = (
        _set_aside(engine, wanted)
        if wanted.check == "cells_readable"
        else _judged(Round(engine, as_of, identity, "failing"), rules, wanted)
    )
    if wanted.stores is not None:
        seen = rows.filter(rows.customer_id.notnull())
        rows = in_stores(seen, engine.table("sale"), wanted.stores)
    files = engine.table("import").select(file_id="import_id", file_name="file_name", sheet="sheet")
    named = rows.left_join(files, rows.import_id == files.file_id)
    columns = ("import_id", "source_row", "file_name", "sheet", "customer_id", "value")
    ordered = named.select(*columns).order_by(["import_id", "source_row", "value"])
    found = only(engine.arrow(ordered.limit(wanted.limit, offset=wanted.offset)))
    return [row | {"value": _shown(row["value"], mask)} for row in found]


def _judged(now: Round, rules: QualityRules, wanted: Wanted) -> tuple[ir.Table, str | None]:
    target = rules.target(wanted.check, wanted.table, wanted.column)
    rows = judged(now, wanted.check, rules.checks[wanted.check], target)
    failing = rows.filter(rows.fails, rows.source == wanted.source)
    return with_customer(failing, now.engine.table("account")), mask_of(target)


def _set_aside(engine: Engine, wanted: Wanted) -> tuple[ir.Table, str | None]:
    issues, imports = engine.table("cell_issue"), engine.table("import").select("import_id", "source")
    mine = issues.filter(issues.field == wanted.column, issues.handling == "set_aside").inner_join(imports, "import_id")
    rows = mine.filter(mine.source == wanted.source).select("import_id", "source_row", value="raw_value")
    field = source_fields().get(wanted.column)
    mask = "text" if field is None else _MASK_OF_KIND.get(field.kind, "text")
    return rows.mutate(customer_id=ibis.null("string")), mask


def mask_of(target: Target) -> str | None:
    """The kind of mask under which the values of a column are shown; None when they may be seen."""
    column = canonical_table(target.table).columns[target.column]
    if column.sensitivity == "open":
        return None
    return _MASK_OF_IDENTIFIER.get(target.where.get("identifier_type", ""), column.mask or "all")


def _shown(value: object, mask: str | None) -> str | None:
    if value is None:
        return None
    return mask_value(str(value), mask) if mask else str(value)
