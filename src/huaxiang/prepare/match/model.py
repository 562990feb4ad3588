"""Training: which comparisons the data allow, what is learned from them, and what people's answers add."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine, count_of
from huaxiang.engine.linker import Comparer
from huaxiang.engine.linker_weights import frequencies, rounded
from huaxiang.model.matching import Columns, ComparisonRule, Frequencies, MatchingRules, TrainedModel
from huaxiang.prepare.match.pairs import pairs_within, usable
from huaxiang.prepare.match.settling import Said, settled

#: Bits by which answers may shift all weights, and the shift that would not surprise before any answer.
_MOST_SHIFT, _SPREAD = 40.0, 1.0


class Taught(NamedTuple):
    """What a model is settled from: the first guess, the records, the patterns of the compared pairs, the rules."""

    guess: TrainedModel
    records: pa.Table
    patterns: pa.Table
    matching: MatchingRules

    def model(self, said: Said | None = None) -> TrainedModel:
        """The model, with what people ``said`` of pairs as further evidence."""
        return settled(*self, said).versioned()


def used_comparisons(records: pa.Table, matching: MatchingRules) -> dict[str, ComparisonRule]:
    """The comparisons whose column is filled often enough, with more than one value."""
    least = max(matching.training.least_filled * len(records), 2)
    return {
        name: rule
        for name, rule in matching.comparisons.items()
        if len(records) - records[name].null_count >= least and len(records[name].unique().drop_null()) > 1
    }


def value_frequencies(
    records: pa.Table, rules: Mapping[str, ComparisonRule], matching: MatchingRules
) -> dict[str, Frequencies]:
    """How common the values of the comparisons are that ask for it."""
    most = matching.training.most_frequencies
    return {name: frequencies(records[name], most) for name, rule in rules.items() if rule.frequency}


def certain_share(engine: Engine, records: ir.Table, matching: MatchingRules) -> float:
    """The share of all pairs that are taken to be one person before anything is learned."""
    found = usable(engine, records, matching.certain, matching, "match_certain_keys")
    same = count_of(engine, pairs_within(engine, found.keys, "match_certain_pairs"))
    count = count_of(engine, records)
    share = max(same, 1) / matching.certain_recall / max(count * (count - 1) / 2, 1)
    return rounded(min(share, 0.5))


def train(
    comparer: Comparer,
    prior: float,
    records: pa.Table,
    known: Mapping[str, Frequencies],
    too_coarse: tuple[Columns, ...],
    matching: MatchingRules,
) -> Taught:
    """What random pairs of ``records`` and the compared ones teach, with ``prior`` for a first guess."""
    guess = TrainedModel(
        rules_version=matching.version,
        prior=prior,
        levels=comparer.chance_levels(matching.training),
        frequencies=dict(known),
        too_coarse=too_coarse,
    )
    return Taught(guess, records, comparer.patterns(), matching)


class Answer(NamedTuple):
    """What somebody said about a pair of this ``weight``: one person or not, and how much the answer ``counts``."""

    weight: float
    same: bool
    counts: float


def with_answers(model: TrainedModel, answers: Sequence[Answer]) -> TrainedModel:
    """The model with its weights shifted by what it still gets wrong of what people answered.

    One number is learned, by logistic regression that leans towards no shift; so a handful of answers can never turn
    the model over.
    """
    if not answers:
        return model
    least, most = -_MOST_SHIFT, _MOST_SHIFT
    for _ in range(60):
        middle = (least + most) / 2
        least, most = (middle, most) if _slope(middle, answers) > 0 else (least, middle)
    told = round(sum(answer.counts for answer in answers))
    return model.model_copy(update={"answers": told, "shift": round(least, 6)}).versioned()


def _slope(shift: float, answers: Sequence[Answer]) -> float:
    """How the answers' likelihood grows with the shift; it falls all the way, so that its zero is the best shift."""
    told = sum(answer.counts * (answer.same - _probability(answer.weight + shift)) for answer in answers)
    return told * math.log(2) - shift / _SPREAD**2


def _probability(weight: float) -> float:
    return 1 / (1 + math.pow(2.0, -max(min(weight, 500.0), -500.0)))
