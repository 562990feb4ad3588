"""Learning without labels: expectation maximisation over the pairs that are worth comparing.

How often each pattern of levels occurs tells how often one person's values agree, which share of the pairs is one
person, and how much of the agreement in random pairs was theirs. The last matters where hardly any two people agree (a
phone, an identity card), the more the smaller the data.

What people said of pairs is evidence for all pairs of the same pattern: of such a pattern the share of one person is a
beta distribution around what the model thinks, moved by the answers. People are asked about a pair because of how alike
it looks, which is its pattern, so that answers by pattern teach no bias towards the pairs that were asked about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from huaxiang.engine.linker_weights import ALIKE, in_order, rounded
from huaxiang.model.matching import LevelOdds, MatchingRules, TrainedModel

_ROUNDS = 40
#: What is taken for granted counts as much as this many pairs.
_BEFORE = 5.0
#: What the model thinks of a pattern counts as much as this many answers about it.
_BELIEF = 4.0
#: No level is quite impossible: one wrong cell must not outweigh all that agrees.
_LEAST = 0.0005
_Floats = npt.NDArray[np.float64]


class _Patterns(NamedTuple):
    """Each pattern of levels that occurs, one row each, and for how many pairs it stands."""

    levels: dict[str, npt.NDArray[np.int64]]
    pairs: _Floats


class _Odds(NamedTuple):
    """``m`` and ``u`` of one comparison by level number, 0 for different."""

    m: _Floats
    u: _Floats


class Said(NamedTuple):
    """What people said of pairs, one row each: ``level_<comparison>``, whether it is one person (1 or 0), and how much
    the answer counts."""

    levels: pa.Table
    same: _Floats
    counts: _Floats


def settled(
    model: TrainedModel, records: pa.Table, counted: pa.Table, matching: MatchingRules, said: Said | None = None
) -> TrainedModel:
    """The model with prior, ``m`` and ``u`` as the candidate pairs show them, and what people ``said`` of some.

    ``counted``: how often each pattern of levels occurs among them (``level_<comparison>``, ``pair_count``).
    """
    rules = tuple(model.levels)
    patterns = _Patterns(
        {name: np.asarray(counted[f"level_{name}"], np.int64) for name in rules},
        np.asarray(counted["pair_count"], np.float64),
    )
    count = len(records)
    total = count * (count - 1) / 2
    comparable = {name: total * (1 - records[name].null_count / count) ** 2 for name in rules}
    first = {name: _odds(levels) for name, levels in model.levels.items()}
    odds, prior = first, model.prior
    told_same, told = _told_of(patterns, said)
    blocked = {columns[0] for columns in matching.blocks if len(columns) == 1}
    for _ in range(_ROUNDS):
        believed = _BELIEF * _probability(patterns, odds, prior)
        same = patterns.pairs * (believed + told_same) / (_BELIEF + told)
        prior = float(min(max(same.sum() / total, 0.5 / total), 0.5))
        odds = {
            name: _learned(
                first[name],
                _sums(patterns.levels[name], same, len(first[name].m)),
                _sums(patterns.levels[name], patterns.pairs - same, len(first[name].m)),
                comparable[name],
                is_blocked=bool({name, f"{name}s"} & blocked),
            )
            for name in rules
        }
    levels = {name: _told(model.levels[name], odds[name]) for name in rules}
    return model.model_copy(update={"prior": rounded(prior), "levels": levels})


def _told_of(patterns: _Patterns, said: Said | None) -> tuple[_Floats, _Floats]:
    """By pattern how many answers said one person, and how many there are."""
    found = np.zeros((2, len(patterns.pairs)))
    if said is None:
        return found[0], found[1]
    place = {
        key: at for at, key in enumerate(zip(*(levels.tolist() for levels in patterns.levels.values()), strict=True))
    }
    asked = zip(*(said.levels[f"level_{name}"].to_pylist() for name in patterns.levels), strict=True)
    for key, same, counts in zip(asked, said.same, said.counts, strict=True):
        if key in place:
            found[:, place[key]] += (same * counts, counts)
    return found[0], found[1]


def _odds(levels: tuple[LevelOdds, ...]) -> _Odds:
    upwards = levels[::-1]
    return _Odds(np.array([level.m for level in upwards]), np.array([level.u for level in upwards]))


def _told(levels: tuple[LevelOdds, ...], odds: _Odds) -> tuple[LevelOdds, ...]:
    found = zip(levels, odds.m[::-1], odds.u[::-1], strict=True)
    return tuple(LevelOdds(label=level.label, m=rounded(m), u=rounded(u)) for level, m, u in found)


def _probability(patterns: _Patterns, odds: Mapping[str, _Odds], prior: float) -> _Floats:
    weight = np.full(len(patterns.pairs), np.log(prior / (1 - prior)))
    for name, one in odds.items():
        levels = patterns.levels[name]
        gain = np.log(one.m) - np.log(one.u)
        weight += np.where(levels < 0, 0.0, gain[np.maximum(levels, 0)])
    return np.asarray(1 / (1 + np.exp(-np.clip(weight, -500, 500))))


def _sums(levels: npt.NDArray[np.int64], pairs: _Floats, count: int) -> _Floats:
    told = levels >= 0
    return np.asarray(np.bincount(levels[told], weights=pairs[told], minlength=count), np.float64)


def _learned(before: _Odds, same: _Floats, apart: _Floats, comparable: float, *, is_blocked: bool) -> _Odds:
    usual = np.full(len(same), (1 - ALIKE) / (len(same) - 1))
    usual[-1] = ALIKE
    m = np.maximum((same + _BEFORE * usual) / (same.sum() + _BEFORE), _LEAST)
    share = min(same.sum() / max(comparable, 1.0), 0.5)
    least = np.minimum(before.u, 0.5 / max(comparable, 1.0))
    u = np.maximum((before.u - share * m) / (1 - share), least)
    if is_blocked:
        # Every pair that has this value in common is a candidate, so they are counted, not drawn.
        u[-1] = (apart[-1] + 0.5) / max(comparable, 1.0)
    m = np.minimum(m, 1.0)
    return _Odds(m, in_order(m, np.minimum(u, 1.0)))
