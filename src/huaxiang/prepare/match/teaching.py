"""A model that learned from what people said of pairs, beside the pairs that nobody judged."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.model.matching import MatchingRules, TrainedModel
from huaxiang.prepare.match.model import Answer, Taught, with_answers
from huaxiang.prepare.match.scoring import scored
from huaxiang.prepare.match.settling import Said

#: By pair of account keys, the lesser first: whether it is one person, and how much the answer counts (1 for a whole
#: decision of somebody).
Answers = Mapping[tuple[str, str], tuple[bool, float]]


def learned(engine: Engine, rows: ir.Table, answers: Answers, taught: Taught) -> TrainedModel:
    """The model that learned from answers as well: from those about each pattern of levels, then one shift by what it
    still gets wrong. Answers about accounts that are gone teach nothing."""
    model = taught.model()
    judged, pairs = _judged(engine, rows, answers)
    if not pairs:
        return model
    said = Said(*_weighed(engine, judged, pairs, model, taught.matching))
    model = taught.model(said)
    levels, same, counts = _weighed(engine, judged, pairs, model, taught.matching)
    weights = levels["weight"].to_pylist()
    return with_answers(model, [Answer(*one) for one in zip(weights, same > 0, counts.tolist(), strict=True)])


def _judged(
    engine: Engine, rows: ir.Table, answers: Answers
) -> tuple[ir.Table, dict[tuple[int, int], tuple[bool, float]]]:
    """The records of judged pairs, and what was said by their numbers; pairs of which a record is gone left out."""
    keys = sorted({key for pair in answers for key in pair})
    asked = engine.bring("match_asked", pa.table({"account_key": pa.array(keys, pa.string())}))
    judged = engine.keep("match_judged", rows.semi_join(asked, "account_key"))
    ids = engine.arrow(judged.select("account_key", "record_id"))
    place = dict(zip(ids["account_key"].to_pylist(), ids["record_id"].to_pylist(), strict=True))
    known = {(place[a], place[b]): said for (a, b), said in answers.items() if a in place and b in place}
    return judged, dict(sorted(known.items()))


def _weighed(
    engine: Engine,
    judged: ir.Table,
    pairs: Mapping[tuple[int, int], tuple[bool, float]],
    model: TrainedModel,
    matching: MatchingRules,
) -> tuple[pa.Table, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The judged pairs as ``model`` scores them, and in the same order what was said and how much it counts."""
    sides = [pa.array([pair[side] for pair in pairs], pa.int64()) for side in (0, 1)]
    scores = scored(engine, judged, pa.table(sides, ["left_id", "right_id"]), model, matching, 0.0)
    scores = scores.sort_by([("left_id", "ascending"), ("right_id", "ascending")])
    said = [pairs[pair] for pair in zip(scores["left_id"].to_pylist(), scores["right_id"].to_pylist(), strict=True)]
    return scores, *(np.array([one[at] for one in said], np.float64) for at in (0, 1))
