"""What speaks for a value that an analysis gives, for one customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.analysis import Analysis, Choices
from huaxiang.analyse.evidence import MOST_ROWS, Evidence, Witness
from huaxiang.analyse.models import tables_of
from huaxiang.analyse.order import with_needed
from huaxiang.analyse.profile import profile
from huaxiang.analyse.registry import analysis_named
from huaxiang.engine.interface import only
from huaxiang.model.rules import Model
from huaxiang.model.tags import Tags


def spoken(witness: Witness, rule: Model, tags: Tags) -> Evidence:
    """The rows of the analysis' evidence, those of most weight first, at most 50; and how sure the value is."""
    engine, as_of, analysis = witness.engine, witness.as_of, analysis_named(rule.analysis)
    everyone = profile(engine, with_needed(analysis.needs, tags), as_of, witness.facts)
    tables = tables_of(engine, analysis, everyone, witness.facts, as_of)
    if analysis.evidence is None or tables is None:
        return Evidence((), 0, None, as_of, None)
    params = analysis.complete(rule.params)
    rows = _strongest(witness, analysis.evidence(engine, tables, params, as_of))
    return Evidence(rows[:MOST_ROWS], len(rows), None, as_of, _sure(witness, analysis, rule, tables, params))


def _strongest(witness: Witness, rows: ir.Table) -> tuple[Mapping[str, Any], ...]:
    own = rows.filter(rows.customer_id == witness.customer_id).drop("customer_id")
    others = [ibis.asc(own[name], nulls_first=True) for name in own.columns if name != "weight"]
    place = ibis.row_number().over(ibis.window(order_by=[own.weight.abs().desc(), *others]))
    return tuple(only(witness.engine.arrow(own.mutate(place=place).order_by("place").drop("place"))))


def _sure(
    witness: Witness, analysis: Analysis, rule: Model, tables: Mapping[str, ir.Table], params: Choices
) -> float | None:
    if rule.confidence is None:
        return None
    members = analysis.on(witness.engine, tables, params, witness.as_of).members
    if members is None:
        return None
    own = members.filter(members.customer_id == witness.customer_id)
    found = only(witness.engine.arrow(own.select(sure=own[rule.confidence].cast("float64"))))
    return float(str(found[0]["sure"])) if found and found[0]["sure"] is not None else None
