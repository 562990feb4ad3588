"""What matching will cost, known before it runs: pairs, time and memory."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, count_of
from huaxiang.model.matching import Columns, MatchingRules
from huaxiang.prepare.match.numbering import numbered
from huaxiang.prepare.match.pairs import Usable, pairs_across, usable
from huaxiang.words import Message

#: Records whose pairs are counted; with all of them the count is exact.
_LOOKED_AT = 20_000


@dataclass(frozen=True)
class Estimate:
    """``pairs`` to compare among ``records``; ``seconds`` and ``memory_mb`` on two cores such as ours. What brings no
    records together: ``messages`` about values that too many share, and the blocks that are ``too_coarse``."""

    records: int
    pairs: int
    seconds: float
    memory_mb: float
    messages: tuple[Message, ...] = ()
    too_coarse: tuple[Columns, ...] = ()


def estimate(engine: Engine, records: ir.Table, matching: MatchingRules) -> Estimate:
    """What training a model on these records will cost."""
    rows = numbered(engine, records, "match_estimated")
    return estimated(engine, rows, usable(engine, rows, matching.blocks, matching, "match_estimate_keys"), matching)


def estimated(engine: Engine, rows: ir.Table, blocks: Usable, matching: MatchingRules) -> Estimate:
    """What comparing numbered records by these blocks will cost. The pairs of a part of the records are counted."""
    count = count_of(engine, rows)
    step = max(count // _LOOKED_AT, 1)
    some = rows.filter(rows.record_id % step == 0).select("record_id")
    found = count_of(engine, pairs_across(engine, blocks.keys, some, "match_estimate_pairs"))
    share = 1 / step
    pairs = round(found / (2 * share - share**2))
    cost = matching.cost
    million, million_pairs = count / 1e6, pairs / 1e6
    return Estimate(
        records=count,
        pairs=pairs,
        seconds=cost.fixed_seconds + cost.seconds_per_million_records * million + pairs / cost.pairs_per_second,
        memory_mb=cost.fixed_mb + cost.mb_per_million_records * million + cost.mb_per_million_pairs * million_pairs,
        messages=tuple(blocks.messages),
        too_coarse=blocks.too_coarse,
    )
