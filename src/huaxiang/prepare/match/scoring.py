"""Pairs scored by a model: the columns that it compares, and its comparisons."""

from __future__ import annotations

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.engine.linker import comparing
from huaxiang.model.matching import ComparisonRule, MatchingRules, TrainedModel


def told(engine: Engine, rows: ir.Table, matching: MatchingRules) -> pa.Table:
    """The records with what comparisons read of them."""
    columns = {column for name, rule in matching.comparisons.items() for column in (name, *rule.also)}
    return engine.arrow(rows.select("record_id", *sorted(columns)))


def rules_of(model: TrainedModel, matching: MatchingRules) -> dict[str, ComparisonRule]:
    """The comparisons that the model knows."""
    return {name: matching.comparisons[name] for name in model.levels}


def scored(
    engine: Engine, rows: ir.Table, pairs: pa.Table, model: TrainedModel, matching: MatchingRules, least: float
) -> pa.Table:
    """The ``pairs`` of ``record_id`` in ``rows`` that have at least the probability ``least``, as
    :meth:`huaxiang.engine.linker.Comparer.scored` gives them."""
    rules = rules_of(model, matching)
    with comparing(engine.lake, told(engine, rows, matching), rules, model.frequencies) as comparer:
        comparer.compare(pairs)
        return comparer.scored(model, least)
