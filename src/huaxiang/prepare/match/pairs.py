"""Which records are compared at all: those that agree on a block, and on none that brings too many together."""

from __future__ import annotations

from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, count_of, only
from huaxiang.model.matching import Columns, MatchingRules
from huaxiang.words import Message


def block_keys(records: ir.Table, blocks: tuple[Columns, ...]) -> ir.Table:
    """One row per record and block on which it has all values: ``record_id, block`` (its number), ``block_key``."""
    return ibis.union(*[_keys(records, number, columns) for number, columns in enumerate(blocks)])


def _keys(records: ir.Table, number: int, columns: Columns) -> ir.Table:
    if "phones" in columns:
        records = records.filter(records.phones.notnull()).mutate(phones=records.phones.unnest())
    key: Any = ibis.literal(str(number))
    for column in columns:
        key = key + "|" + records[column]
    rows = records.select("record_id", block=ibis.literal(number, type="int64"), block_key=key)
    return rows.filter(rows.block_key.notnull())


class Usable(NamedTuple):
    """What brings records together: ``keys`` (``record_id, block_key``), the blocks that are too coarse for the data at
    hand, and what to tell about values left out."""

    keys: ir.Table
    too_coarse: tuple[Columns, ...]
    messages: list[Message]


def usable(
    engine: Engine, records: ir.Table, blocks: tuple[Columns, ...], matching: MatchingRules, name: str
) -> Usable:
    """The keys that two or more records share, not too many, and not in too coarse a block. Session tables are named
    after ``name``."""
    keys = block_keys(records, blocks)
    sizes = _sizes(engine, keys, name)
    found = only(engine.arrow(_by_block(sizes, matching)))
    limits = matching.limits
    coarse = _coarse(found, max(limits.most_pairs_per_record * count_of(engine, records), limits.few_pairs))
    fine = sizes.filter(sizes.block.notin(coarse)) if coarse else sizes
    held = engine.keep(name, keys.semi_join(_small(fine, matching), "block_key").select("record_id", "block_key"))
    return Usable(held, tuple(blocks[number] for number in coarse), _told(found, matching))


def usable_of_new(
    engine: Engine, new: ir.Table, known: ir.Table, blocks: tuple[Columns, ...], matching: MatchingRules, name: str
) -> Usable:
    """As :func:`usable`, of keys that a new record has; a value is as crowded as it is among all records. Which blocks
    are too coarse was found when the model was trained."""
    fresh = engine.keep(f"{name}_fresh", block_keys(new, blocks))
    keys = engine.keep(f"{name}_both", fresh.union(block_keys(known, blocks).semi_join(fresh, "block_key")))
    sizes = _sizes(engine, keys, name)
    held = engine.keep(name, keys.semi_join(_small(sizes, matching), "block_key").select("record_id", "block_key"))
    return Usable(held, (), _told(only(engine.arrow(_by_block(sizes, matching))), matching))


def _sizes(engine: Engine, keys: ir.Table, name: str) -> ir.Table:
    sizes = keys.group_by("block", "block_key").agg(record_count=keys.count())
    return engine.keep(f"{name}_sizes", sizes.filter(sizes.record_count > 1))


def _small(sizes: ir.Table, matching: MatchingRules) -> ir.Table:
    return sizes.filter(sizes.record_count <= matching.limits.most_in_block)


def _coarse(blocks: list[dict[str, object]], most: int) -> list[int]:
    """The numbers of all blocks but those that bring the fewest pairs, as many as bring no more than ``most``."""
    found, total = list[int](), 0
    for pairs, block in sorted((int(str(row["pair_count"])), int(str(row["block"]))) for row in blocks):
        total += pairs
        if total > most:
            found.append(block)
    return sorted(found)


def _by_block(sizes: ir.Table, matching: MatchingRules) -> ir.Table:
    is_crowded = sizes.record_count > matching.limits.most_in_block
    pairs = ibis.ifelse(is_crowded, 0, sizes.record_count * (sizes.record_count - 1))
    return sizes.group_by("block").agg(
        pair_count=(pairs.sum() / 2).cast("int64"),
        crowded=is_crowded.cast("int64").sum(),
        largest=sizes.record_count.max(),
    )


def _told(blocks: list[dict[str, object]], matching: MatchingRules) -> list[Message]:
    crowded = sum(int(str(row["crowded"])) for row in blocks)
    largest = max((int(str(row["largest"])) for row in blocks), default=0)
    if not crowded:
        return []
    told = {"blocks": crowded, "most": matching.limits.most_in_block, "largest": largest}
    return [Message("match.crowded_blocks", told)]


def pairs_within(engine: Engine, keys: ir.Table, name: str) -> ir.Table:
    """Each pair of records once, the lesser id first: ``left_id, right_id``."""
    left = keys.select("block_key", left_id="record_id")
    right = keys.select("block_key", right_id="record_id")
    pairs = left.inner_join(right, ["block_key", left.left_id < right.right_id])
    return engine.keep(name, pairs.select("left_id", "right_id").distinct())


def pairs_across(engine: Engine, keys: ir.Table, fresh: ir.Table, name: str) -> ir.Table:
    """Each pair of which at least one is in ``fresh`` once, the lesser id first: ``left_id, right_id``."""
    own = keys.semi_join(fresh, "record_id").select("block_key", fresh_id="record_id")
    other = keys.semi_join(own, "block_key").select("block_key", other_id="record_id")
    pairs = own.inner_join(other, ["block_key", own.fresh_id != other.other_id])
    ids = (pairs.fresh_id, pairs.other_id)
    return engine.keep(name, pairs.select(left_id=ibis.least(*ids), right_id=ibis.greatest(*ids)).distinct())
