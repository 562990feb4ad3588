"""What agreement weighs: odds of levels into bits, and how common the values are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.model.matching import Frequencies, LevelOdds, TrainedModel

#: What is taken for granted before anything is learned: one person's values are the same in nine of ten pairs.
ALIKE = 0.9
_DIGITS = 6


def bits(probability: float) -> float:
    """The weight of a probability; minus infinity for none."""
    return math.log2(probability / (1 - probability)) if probability > 0 else -math.inf


def frequencies(values: pa.ChunkedArray, most: int) -> Frequencies:
    """The shares of the ``most`` commonest values that more than one record has. Any other counts as one record, or,
    where some of them did not find room, as the last that did: it must not pass for rare.
    """
    present = values.drop_null()
    counted = pc.value_counts(present)
    shared = counted.filter(pc.greater(counted.field("counts"), 1))
    pairs = zip(shared.field("values").to_pylist(), shared.field("counts").to_pylist(), strict=True)
    commonest = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
    total = max(len(present), 1)
    shares = {value: rounded(count / total) for value, count in commonest[:most]}
    rest = commonest[most - 1][1] if len(commonest) > most else 1
    return Frequencies(values=shares, rest=rounded(rest / total))


def shares(known: Frequencies) -> pa.Table:
    """The shares as rows: ``known_value, share``."""
    columns = [pa.array(known.values.keys(), pa.string()), pa.array(known.values.values(), pa.float64())]
    return pa.table(columns, ["known_value", "share"])


def chance_levels(comparisons: Sequence[Any], told: Mapping[str, float]) -> dict[str, tuple[LevelOdds, ...]]:
    """The levels of Splink's comparisons as drawn.

    ``told``: by comparison how many of the drawn pairs had something to compare. A share that none of them showed is
    taken to be half a pair of these, so what was hardly ever compared weighs hardly anything.
    """
    return {one.output_column_name: _odds(one, told[one.output_column_name]) for one in comparisons}


def _odds(drawn_levels: Any, told: float) -> tuple[LevelOdds, ...]:
    levels = [level for level in drawn_levels.comparison_levels if not level.is_null_level]
    odds = []
    for place, level in enumerate(levels):
        m = ALIKE if place == 0 else (1 - ALIKE) / (len(levels) - 1)
        u = level.u_probability if level._u_is_trained else 0.0  # noqa: SLF001
        u = min(max(u, 0.5 / max(told, 1.0)), 1.0)
        odds.append(LevelOdds(label=level.label_for_charts, m=rounded(m), u=rounded(u)))
    return tuple(odds)


def in_order(m: npt.NDArray[np.float64], u: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The ``u`` of levels from different to alike, raised where a level would say more for one person than a level that
    is more alike, or where to differ would say anything for it. Few pairs show the levels between, and by chance the
    guess of how few of them are of two people can be too low."""
    most = np.minimum.accumulate((m / u)[::-1])[::-1]
    most[0] = min(most[0], 1.0)
    return np.asarray(np.minimum(m / most, 1.0), np.float64)


def pattern_weights(patterns: pa.Table, model: TrainedModel) -> pa.Table:
    """The patterns with ``weight_<comparison>`` in bits, and for a comparison whose values are rare or common
    ``chance_<comparison>``: the bits by which chance agreement counts, where the values are the same."""
    found = patterns.drop_columns(["pair_count"])
    for name, odds in model.levels.items():
        levels = np.asarray(patterns[f"level_{name}"], np.int64)
        gains = np.array([math.log2(level.m / level.u) for level in odds[::-1]])
        weights = np.where(levels < 0, 0.0, gains[np.maximum(levels, 0)])
        found = found.append_column(f"weight_{name}", pa.array(weights))
        if name in model.frequencies:
            same = pa.array(levels == len(odds) - 1)
            chance = pc.if_else(same, math.log2(odds[0].u), pa.scalar(None, pa.float64()))
            found = found.append_column(f"chance_{name}", chance)
    return found


def rounded(share: float) -> float:
    """The share to six digits, so that the same data give the same model to the last bit."""
    return float(f"{share:.{_DIGITS}g}")
