"""Matching again after new data: only what could have changed is compared, and the result is that of comparing all."""

from __future__ import annotations

from typing import NamedTuple

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.model.identity import IdentityRules
from huaxiang.model.matching import MatchingRules, TrainedModel
from huaxiang.prepare.match.bands import banded
from huaxiang.prepare.match.matching import Matched, blocks_of, scores_of_new
from huaxiang.prepare.match.pairs import block_keys

_ENDS = ("account_key_a", "account_key_b")


class Before(NamedTuple):
    """What was published by the same model and rules: ``records`` (``match_record``) and ``pairs`` (``match_pair``)."""

    records: ir.Table
    pairs: ir.Table


def matches_again(
    engine: Engine,
    records: ir.Table,
    before: Before,
    rules: IdentityRules,
    matching: MatchingRules,
    model: TrainedModel,
) -> Matched:
    """The same pairs as comparing all ``records`` by ``model``, at the cost of those that are new or changed.

    ``compared`` counts the pairs that were compared this time.
    """
    touched = _touched(engine, records, before.records, model, matching)
    fresh = engine.keep("match_fresh", records.semi_join(touched, "account_key"))
    known = records.anti_join(touched, "account_key")
    found = scores_of_new(engine, fresh, known, matching, model)
    kept = before.pairs.drop("band", "doubt")
    for end in _ENDS:
        kept = kept.semi_join(known.select(**{end: known.account_key}), end)
    pairs = kept.union(found.pairs.select(kept.columns))
    return Matched(banded(engine, pairs, records, model, rules, matching), model, found.compared, found.messages)


def _touched(
    engine: Engine, records: ir.Table, before: ir.Table, model: TrainedModel, matching: MatchingRules
) -> ir.Table:
    """The accounts whose pairs may differ from before: those of records that are new, changed or gone, and those on a
    value that has become too crowded to bring records together, or no longer is."""
    columns = records.columns
    new = engine.keep("match_new", records.difference(before.select(columns)))
    gone = engine.keep("match_gone", before.select(columns).difference(records))
    blocks = blocks_of(model, matching)
    keys = [block_keys(rows.mutate(record_id=rows.account_key), blocks) for rows in (new, gone, records, before)]
    looked_at = engine.keep("match_looked_at", keys[0].union(keys[1]).select("block_key").distinct())
    now, then = (
        engine.keep(f"match_keys_{name}", one.semi_join(looked_at, "block_key"))
        for name, one in (("now", keys[2]), ("then", keys[3]))
    )
    crowded_now, crowded_then = (_crowded(one, matching) for one in (now, then))
    turned = crowded_now.anti_join(crowded_then, "block_key").union(crowded_then.anti_join(crowded_now, "block_key"))
    on_turned = now.semi_join(turned, "block_key").select(account_key="record_id")
    accounts = new.select("account_key").union(gone.select("account_key")).union(on_turned)
    return engine.keep("match_touched_accounts", accounts.distinct())


def _crowded(keys: ir.Table, matching: MatchingRules) -> ir.Table:
    sizes = keys.group_by("block_key").agg(record_count=keys.count())
    return sizes.filter(sizes.record_count > matching.limits.most_in_block).select("block_key")
