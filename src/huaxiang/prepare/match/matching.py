"""Matching, the whole of it: records in, pairs with a probability, its explanation and a band out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.engine.linker import comparing
from huaxiang.model.identity import IdentityRules
from huaxiang.model.matching import Columns, MatchingRules, TrainedModel
from huaxiang.prepare.match.bands import banded, empty_pairs, scored_pairs
from huaxiang.prepare.match.estimate import Estimate, estimated
from huaxiang.prepare.match.model import (
    certain_share,
    train,
    used_comparisons,
    value_frequencies,
)
from huaxiang.prepare.match.numbering import numbered
from huaxiang.prepare.match.pairs import pairs_across, pairs_within, usable, usable_of_new
from huaxiang.prepare.match.scoring import rules_of, scored, told
from huaxiang.prepare.match.teaching import Answers, learned
from huaxiang.words import Message


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
    *,
    tell: Callable[[Estimate], None] | None = None,
) -> Matched:
    """Pairs among ``records`` (see :func:`match_records`), scored by ``trained`` or by what these records teach.

    ``answers`` are pairs that people judged, from which a model is learned as well; one that is ``trained`` stays as it
    is. The order of the records never matters. ``tell`` hears what comparing will cost before it begins.
    """
    rows = numbered(engine, records, "match_numbered")
    blocks = usable(engine, rows, blocks_of(trained, matching), matching, "match_keys")
    if tell:
        tell(estimated(engine, rows, blocks, matching))
    candidates = engine.arrow(pairs_within(engine, blocks.keys, "match_candidates"))
    here = told(engine, rows, matching)
    used = rules_of(trained, matching) if trained else used_comparisons(here, matching)
    if not used or not len(candidates):
        too_little = [] if trained else [Message("match.too_little", {"records": len(here)})]
        return Matched(empty_pairs(engine, tuple(used)), trained, 0, (*blocks.messages, *too_little))
    known = trained.frequencies if trained else value_frequencies(here, used, matching)
    with comparing(engine.lake, here, used, known) as comparer:
        comparer.compare(candidates)
        model = trained
        if model is None:
            share = certain_share(engine, rows, matching)
            taught = train(comparer, share, here, known, blocks.too_coarse, matching)
            model = learned(engine, rows, answers, taught) if answers else taught.model()
        scores = comparer.scored(model, _least(model, matching))
    pairs = scored_pairs(engine, scores, rows, model, matching.bands.keep)
    return Matched(banded(engine, pairs, rows, model, rules, matching), model, len(candidates), tuple(blocks.messages))


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
    found = scores_of_new(engine, new, known, matching, model)
    return replace(found, pairs=banded(engine, found.pairs, new.union(known), model, rules, matching))


def scores_of_new(
    engine: Engine, new: ir.Table, known: ir.Table, matching: MatchingRules, model: TrainedModel
) -> Matched:
    """As :func:`matches_of_new`, before bands: pairs without ``band`` and ``doubt``, which depend on all pairs."""
    fresh, other = (rows.mutate(record_id=rows.account_key) for rows in (new, known))
    blocks = usable_of_new(engine, fresh, other, blocks_of(model, matching), matching, "match_keys_new")
    found = pairs_across(engine, blocks.keys, fresh.select("record_id"), "match_candidates_new")
    rows = _touched(engine, new.union(known), found)
    pairs = engine.arrow(_by_number(found, rows))
    if not len(pairs):
        nothing = empty_pairs(engine, tuple(model.levels)).drop("band", "doubt")
        return Matched(nothing, model, 0, tuple(blocks.messages))
    scores = scored(engine, rows, pairs, model, matching, _least(model, matching))
    told = engine.keep("match_scored_new", scored_pairs(engine, scores, rows, model, matching.bands.keep))
    return Matched(told, model, len(pairs), tuple(blocks.messages))


def _touched(engine: Engine, records: ir.Table, pairs: ir.Table) -> ir.Table:
    ends = pairs.select(account_key="left_id").union(pairs.select(account_key="right_id")).distinct()
    touched = engine.keep("match_touched", records.semi_join(ends, "account_key"))
    return numbered(engine, touched, "match_numbered_new")


def _by_number(pairs: ir.Table, rows: ir.Table) -> ir.Table:
    left = rows.select(left_key="account_key", left_number="record_id")
    right = rows.select(right_key="account_key", right_number="record_id")
    joined = pairs.inner_join(left, pairs.left_id == left.left_key)
    joined = joined.inner_join(right, joined.right_id == right.right_key)
    return joined.select(left_id="left_number", right_id="right_number")


def blocks_of(model: TrainedModel | None, matching: MatchingRules) -> tuple[Columns, ...]:
    """The blocks that bring records together: all, but those that were too coarse when the model was trained."""
    left_out = model.too_coarse if model else ()
    return tuple(block for block in matching.blocks if block not in left_out)


def _least(model: TrainedModel, matching: MatchingRules) -> float:
    return matching.bands.keep if model.shift <= 0 else matching.bands.keep / 2**model.shift
