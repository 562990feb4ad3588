"""Training: which comparisons the data allow, what is learned from them, and what people's answers add."""

from __future__ import annotations

import math
from collections.abc import Sequence

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine, count_of
from huaxiang.engine.linker import frequencies, random_levels
from huaxiang.model.matching import ComparisonRule, MatchingRules, TrainedModel
from huaxiang.prepare.match.pairs import block_keys, pairs_within, usable
from huaxiang.prepare.match.settling import settled

#: Bits by which answers may shift all weights, and the shift that would not surprise before any answer.
_MOST_SHIFT, _SPREAD = 40.0, 3.0


def used_comparisons(records: pa.Table, matching: MatchingRules) -> dict[str, ComparisonRule]:
    """The comparisons whose column is filled often enough, with more than one value."""
    least = max(matching.training.least_filled * len(records), 2)
    return {
        name: rule
        for name, rule in matching.comparisons.items()
        if len(records) - records[name].null_count >= least and len(records[name].unique().drop_null()) > 1
    }


def train(
    engine: Engine, numbered: ir.Table, records: pa.Table, candidates: pa.Table, matching: MatchingRules
) -> TrainedModel | None:
    """What these records teach; None when there is nothing to learn from.

    ``numbered`` and ``records`` are the same records with ``record_id``, in the engine and in Arrow; ``candidates`` are
    their pairs that are worth comparing.
    """
    rules = used_comparisons(records, matching)
    if not rules or not len(candidates):
        return None
    first = TrainedModel(
        rules_version=matching.version,
        prior=_prior(engine, numbered, matching),
        levels=random_levels(records, rules, matching.training),
        frequencies={
            name: frequencies(records[name], matching.training.most_frequencies)
            for name, rule in rules.items()
            if rule.frequency
        },
    )
    return settled(first, records, candidates, rules, matching).versioned()


def with_answers(model: TrainedModel, answers: Sequence[tuple[float, bool]]) -> TrainedModel:
    """The model with its weights shifted to what people answered: ``(weight, same person)`` for each pair asked.

    One number is learned, by logistic regression that leans towards no shift; so a handful of answers can never turn
    the model over.
    """
    if not answers:
        return model
    least, most = -_MOST_SHIFT, _MOST_SHIFT
    for _ in range(60):
        middle = (least + most) / 2
        least, most = (middle, most) if _slope(middle, answers) > 0 else (least, middle)
    return model.model_copy(update={"answers": len(answers), "shift": round(least, 6)}).versioned()


def _slope(shift: float, answers: Sequence[tuple[float, bool]]) -> float:
    """How the answers' likelihood grows with the shift; it falls all the way, so that its zero is the best shift."""
    told = sum(same - _probability(weight + shift) for weight, same in answers)
    return told * math.log(2) - shift / _SPREAD**2


def _probability(weight: float) -> float:
    return 1 / (1 + math.pow(2.0, -max(min(weight, 500.0), -500.0)))


def _prior(engine: Engine, numbered: ir.Table, matching: MatchingRules) -> float:
    keys, _ = usable(engine, block_keys(numbered, matching.certain), numbered, matching, "match_certain_keys")
    same = count_of(engine, pairs_within(engine, keys, "match_certain_pairs"))
    count = count_of(engine, numbered)
    share = max(same, 1) / matching.certain_recall / max(count * (count - 1) / 2, 1)
    return float(f"{min(share, 0.5):.6g}")
