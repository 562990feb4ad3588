"""Matching, the whole of it: records in, pairs with a probability, its explanation and a band out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.engine.linker import scored
from huaxiang.model.identity import IdentityRules
from huaxiang.model.matching import MatchingRules, TrainedModel
from huaxiang.prepare.match.bands import banded, empty_pairs
from huaxiang.prepare.match.model import train, with_answers
from huaxiang.prepare.match.numbering import numbered
from huaxiang.prepare.match.pairs import block_keys, pairs_across, pairs_within, usable
from huaxiang.words import Message

Answers = Mapping[tuple[str, str], bool]


@dataclass(frozen=True)
class Matched:
    """What matching found.

    ``pairs``: one row per pair of accounts of at least the probability that is listed: ``account_key_a`` (the lesser),
    ``account_key_b``, ``probability`` (0 to 1), ``weight`` (bits), ``band`` (link, ask, leave), ``doubt`` (why a pair
    that is probable enough is asked about and not linked; null for none), and for every comparison
    ``weight_<comparison>`` (bits for or against) and ``level_<comparison>`` (0 for different, -1 where a side is
    missing, more the more alike).
    ``model`` is None when there was too little to learn from; there are no pairs then. ``compared``: pairs compared.
    """

    pairs: ir.Table
    model: TrainedModel | None
    compared: int
    messages: tuple[Message, ...]


def matches(
    engine: Engine,
    records: ir.Table,
    rules: IdentityRules,
    matching: MatchingRules,
    trained: TrainedModel | None = None,
    answers: Answers | None = None,
) -> Matched:
    """Pairs among ``records`` (see :func:`match_records`), scored by ``trained`` or by what these records teach.

    ``answers`` are pairs of account keys, the lesser first, that a person judged: one person or not. They make a model
    of their own version. The order of the records never matters.
    """
    rows = numbered(engine, records, "match_numbered")
    keys, told = usable(engine, block_keys(rows, matching.blocks), rows, matching, "match_keys")
    candidates = engine.arrow(pairs_within(engine, keys, "match_candidates").order_by("left_id", "right_id"))
    here = engine.arrow(rows.order_by("record_id"))
    model = trained or train(engine, rows, here, candidates, matching)
    if model is None:
        return Matched(empty_pairs(engine), None, 0, (*told, Message("match.too_little", {"records": len(here)})))
    if answers:
        model = with_answers(model, _answered(here, answers, model, matching))
    pairs = _scored(engine, here, candidates, model, rules, matching)
    return Matched(pairs, model, len(candidates), tuple(told))


def matches_of_new(
    engine: Engine,
    new: ir.Table,
    known: ir.Table,
    rules: IdentityRules,
    matching: MatchingRules,
    model: TrainedModel,
) -> Matched:
    """Pairs of which at least one is among the records ``new``, scored by a model that stays as it is.

    ``known`` are records of accounts that are not in ``new``. Costs what the new ones cost: of the known ones only
    those that share a block with a new one are looked at.
    """
    both = new.mutate(is_new=ibis.literal(True)).union(known.mutate(is_new=ibis.literal(False)))
    rows = numbered(engine, both, "match_numbered_new")
    keys, told = usable(engine, block_keys(rows, matching.blocks), rows, matching, "match_keys_new")
    fresh = rows.filter(rows.is_new).select("record_id")
    pairs = engine.arrow(pairs_across(engine, keys, fresh, "match_candidates_new").order_by("left_id", "right_id"))
    touched = engine.bring("match_touched", _touched(pairs))
    here = engine.arrow(rows.semi_join(touched, "record_id").order_by("record_id"))
    return Matched(_scored(engine, here, pairs, model, rules, matching), model, len(pairs), tuple(told))


def _touched(pairs: pa.Table) -> pa.Table:
    ids = pa.chunked_array([*pairs["left_id"].chunks, *pairs["right_id"].chunks], pa.int64())
    return pa.table({"record_id": ids.unique()})


def _scored(
    engine: Engine,
    rows: pa.Table,
    pairs: pa.Table,
    model: TrainedModel,
    rules: IdentityRules,
    matching: MatchingRules,
) -> ir.Table:
    used = {name: matching.comparisons[name] for name in model.levels}
    least = matching.bands.keep if model.shift <= 0 else matching.bands.keep / 2**model.shift
    parts = list(scored(rows, pairs, used, model, least)) if len(pairs) else []
    if not parts:
        return empty_pairs(engine, tuple(used))
    return banded(engine, pa.concat_tables(parts), rows, model, rules, matching)


def _answered(
    rows: pa.Table, answers: Answers, model: TrainedModel, matching: MatchingRules
) -> list[tuple[float, bool]]:
    place = dict(zip(rows["account_key"].to_pylist(), rows["record_id"].to_pylist(), strict=True))
    known = sorted((place[a], place[b], same) for (a, b), same in answers.items() if a in place and b in place)
    if not known:
        return []
    ids = [pa.array([row[side] for row in known], pa.int64()) for side in (0, 1)]
    used = {name: matching.comparisons[name] for name in model.levels}
    weights: dict[tuple[int, int], float] = {}
    for part in scored(rows, pa.table(ids, ["left_id", "right_id"]), used, model, 0.0):
        pairs = zip(part["left_id"].to_pylist(), part["right_id"].to_pylist(), strict=True)
        weights.update(zip(pairs, part["weight"].to_pylist(), strict=True))
    return [(weights[left, right], same) for left, right, same in known if (left, right) in weights]
