"""A model that learned from what people said of pairs, beside the pairs that nobody judged."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.model.matching import TrainedModel
from huaxiang.prepare.match.model import Answer, Taught, with_answers
from huaxiang.prepare.match.proving import Flags, Floats, best_way, parts_of
from huaxiang.prepare.match.scoring import scored
from huaxiang.prepare.match.settling import Said

#: By pair of account keys, the lesser first: whether it is one person, and how much the answer counts (1 for a whole
#: decision of somebody).
Answers = Mapping[tuple[str, str], tuple[bool, float]]


def learned(engine: Engine, rows: ir.Table, answers: Answers, taught: Taught) -> TrainedModel:
    """The model that learned from answers: from those about each pattern of levels and one shift by what that still
    gets wrong, or by the shift alone, or not at all; whichever is least wrong about answers that are held back from it.
    Answers about accounts that are gone teach nothing."""
    judged, pairs = _judged(engine, rows, answers)
    if not pairs:
        return taught.model()
    lesson = _Lesson(engine, judged, pairs, taught)
    ways = (lesson.anew, lesson.shifted, lesson.untaught)
    best = best_way([lambda told, way=way: lesson.weights(way(told)) for way in ways], *lesson.proof())  # type: ignore[misc]
    return ways[best](np.ones(len(pairs), np.bool_))


class _Lesson:
    """The judged pairs, and each way of learning from some of them (a flag for each pair)."""

    def __init__(
        self, engine: Engine, judged: ir.Table, pairs: Mapping[tuple[int, int], tuple[bool, float]], taught: Taught
    ) -> None:
        self._engine, self._records, self._pairs, self._taught = engine, judged, pairs, taught
        self._plain = taught.model()
        self._scores = self._scored(self._plain)
        said = [pairs[pair] for pair in self._order()]
        self._same, self._counts = (np.array([one[at] for one in said], np.float64) for at in (0, 1))

    def proof(self) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
        """What a way of learning is proved by: the part of each pair, what was said of it, and how much that counts."""
        return parts_of(self._order()), self._same, self._counts

    def weights(self, model: TrainedModel) -> Floats:
        """The weight of every pair by the model."""
        scores = self._scores if model.levels == self._plain.levels else self._scored(model)
        return np.asarray(scores["weight"], np.float64) + model.shift

    def untaught(self, _: Flags) -> TrainedModel:
        """The model without any answer."""
        return self._plain

    def shifted(self, told: Flags, model: TrainedModel | None = None) -> TrainedModel:
        """``model``, by default the one without answers, with all its weights shifted by what it gets wrong."""
        known = model or self._plain
        rows = zip(self.weights(known)[told].tolist(), self._same[told] > 0, self._counts[told].tolist(), strict=True)
        return with_answers(known, [Answer(weight, bool(same), counts) for weight, same, counts in rows])

    def anew(self, told: Flags) -> TrainedModel:
        """Every level learned anew, then shifted."""
        said = Said(self._scores.filter(pa.array(told)), self._same[told], self._counts[told])
        return self.shifted(told, self._taught.model(said))

    def _order(self) -> list[tuple[int, int]]:
        return list(zip(self._scores["left_id"].to_pylist(), self._scores["right_id"].to_pylist(), strict=True))

    def _scored(self, model: TrainedModel) -> pa.Table:
        sides = [pa.array([pair[side] for pair in self._pairs], pa.int64()) for side in (0, 1)]
        asked = pa.table(sides, ["left_id", "right_id"])
        scores = scored(self._engine, self._records, asked, model, self._taught.matching, 0.0)
        return scores.sort_by([("left_id", "ascending"), ("right_id", "ascending")])


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
