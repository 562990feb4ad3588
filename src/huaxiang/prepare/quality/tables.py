"""All tables of cleaning, by the names under which they are published."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.model.identity import IdentityRules, identity_rules
from huaxiang.model.quality import QualityRules, quality_rules
from huaxiang.prepare.quality.checks import QUALITY_CHECK, Row, check_counts
from huaxiang.prepare.quality.contradictions import CONTRADICTION, Compared, compared
from huaxiang.prepare.quality.imported import CELL_COUNT, REPAIR_COUNT, cell_counts, import_checks, repair_counts
from huaxiang.prepare.quality.judging import Round
from huaxiang.prepare.quality.missing import FILLED_VALUE, MISSING_VALUE, Filling, all_of
from huaxiang.prepare.quality.statements import Statements

QUALITY_TABLES = {
    "quality_check": QUALITY_CHECK,
    "contradiction": CONTRADICTION,
    "filled_value": FILLED_VALUE,
    "missing_value": MISSING_VALUE,
    "cell_count": CELL_COUNT,
    "repair_count": REPAIR_COUNT,
}


def quality_tables(
    engine: Engine,
    account: ir.Table,
    as_of: date,
    prefix: str = "next",
    rules: QualityRules | None = None,
    identity: IdentityRules | None = None,
) -> dict[str, ir.Table]:
    """The :data:`QUALITY_TABLES` of the canonical tables as they stand, each computed once and held by the engine as
    ``<prefix>_<name>``.

    ``account`` is the account table of :func:`huaxiang.prepare.unify.unify`. ``as_of`` is the day up to which data are
    expected, its end included. ``rules`` and ``identity`` (which says what stands for no value) are the shipped ones
    where none are given.
    """
    told = rules or quality_rules()
    now = Round(engine, as_of, identity or identity_rules(), f"{prefix}_quality")
    statements = Statements(now, account)
    said = {name: statements.of(name, trait) for name, trait in told.traits.items()}
    pairs = compared(now, told, said)
    filling = Filling(now, told, account, said)
    cells = cell_counts(engine)
    counts = [*check_counts(now, told), *_pair_counts(now, told, pairs), *import_checks(engine, told, cells)]
    schema = ibis.schema(QUALITY_CHECK).to_pyarrow()
    filled = engine.keep(f"{prefix}_filled_value", filling.filled())
    found = {
        "contradiction": all_of([one.contradictions() for one in pairs], engine, CONTRADICTION),
        "missing_value": filling.counts(filled),
        "repair_count": repair_counts(engine),
    }
    return {name: engine.keep(f"{prefix}_{name}", rows) for name, rows in found.items()} | {
        "quality_check": engine.bring(f"{prefix}_quality_check", pa.Table.from_pylist(counts, schema=schema)),
        "filled_value": filled,
        "cell_count": engine.bring(f"{prefix}_cell_count", cells),
    }


def _pair_counts(now: Round, rules: QualityRules, pairs: list[Compared]) -> list[Row]:
    return [row for one in pairs for row in one.counts(now, rules.traits[one.rule.left])]
