"""Model tags: what analyses say of each customer, each analysis run once, when the tags that it reads are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.analysis import Analysis
from huaxiang.analyse.confidence import SURE, has_confidence
from huaxiang.analyse.facts import Tables, fact_rows
from huaxiang.analyse.registry import analysis_named
from huaxiang.analyse.side_by_side import side_by_side
from huaxiang.engine.interface import Engine
from huaxiang.model.facts import facts_known
from huaxiang.model.rules import Model
from huaxiang.model.tags import Tag


def with_models(engine: Engine, wide: ir.Table, tags: Sequence[Tag], facts: Tables, as_of: date) -> ir.Table:
    """``wide`` (one row per customer) with the model tags among ``tags``, whose needs it holds, and how sure they are.

    A tag is unknown where its analysis says nothing of the customer, or a table that the analysis reads is missing.
    """
    asked: dict[str, list[tuple[Tag, Model]]] = defaultdict(list)
    for tag in tags:
        if isinstance(tag.rule, Model):
            asked[f"{tag.rule.analysis} {sorted(tag.rule.params.items())}"].append((tag, tag.rule))
    if not asked:
        return wide
    parts: list[ir.Table] = []
    found: dict[str, ir.Value] = {}
    for number, group in enumerate(asked.values()):
        rule = group[0][1]
        members = _members(engine, f"model_{rule.analysis}_{number}", rule, wide, facts, as_of)
        if members is None:
            found |= {tag.key: ibis.null(tag.field.ibis_type) for tag, _ in group}
            found |= {SURE + tag.key: ibis.null("float64") for tag, _ in group if has_confidence(tag)}
            continue
        said = {tag.key: members[rule.column].cast(tag.field.ibis_type) for tag, rule in group}
        said |= {SURE + tag.key: members[rule.confidence].cast("float64") for tag, rule in group if rule.confidence}
        parts.append(members.select("customer_id", **said))
    wide = side_by_side(engine, wide, parts)
    return wide.mutate(**found) if found else wide


def tables_of(
    engine: Engine, analysis: Analysis, profile: ir.Table, facts: Tables, as_of: date
) -> dict[str, ir.Table] | None:
    """The tables that an analysis reads, of facts what had happened by the end of ``as_of``; None where one is missing.

    ``profile`` holds the tags that the analysis needs.
    """
    found = dict(facts)
    for name in analysis.inputs:
        rows = fact_rows(name, engine, facts, as_of) if name in facts_known() else None
        if name == "profile":
            rows = profile.select("customer_id", *analysis.needs)
        elif name == "customer":
            rows = facts["customer"] if "customer" in facts else engine.table("customer")
        if rows is None:
            return None
        found[name] = rows
    return found


def _members(engine: Engine, name: str, rule: Model, profile: ir.Table, facts: Tables, as_of: date) -> ir.Table | None:
    analysis = analysis_named(rule.analysis)
    tables = tables_of(engine, analysis, profile, facts, as_of)
    members = None if tables is None else analysis.on(engine, tables, rule.params, as_of).members
    return None if members is None else engine.keep(name, members)
