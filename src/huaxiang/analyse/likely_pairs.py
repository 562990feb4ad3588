"""Why two accounts look like one person, comparison by comparison."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.identity_records import Tables
from huaxiang.engine.interface import Engine, only
from huaxiang.model.matching import TrainedModel
from huaxiang.prepare.unify.records import LIKENESS

#: The columns of a pair that name its accounts, the lesser first.
PAIR = ("account_key_a", "account_key_b")


class Line(NamedTuple):
    """One comparison of a pair: both values (None where nothing is known), how alike they are (a level of
    ``definitions/matching.yaml``, ``else`` for different, ``missing``), and the bits that speak for one person."""

    comparison: str
    value_a: str | None
    value_b: str | None
    level: str
    bits: float


@dataclass(frozen=True)
class Likeness:
    """Why two accounts look like one person: it starts from ``start_bits`` (any two accounts), every line adds its
    bits, and ``probability`` is what the sum amounts to. ``doubt``: why it is asked about even so, None for nothing.
    ``band``: what becomes of it, ``link``, ``ask`` or ``leave``. ``refused``: what the two customers of a pair that
    would be linked say against it (a reason of a hold), None for nothing."""

    account_key_a: str
    account_key_b: str
    probability: float
    doubt: str | None
    start_bits: float
    lines: tuple[Line, ...]
    band: str
    refused: str | None = None

    @property
    def held_back_by(self) -> str:
        """The code of the words that say what keeps it from being joined; empty where nothing is known to."""
        if self.doubt:
            return f"match.doubt.{self.doubt}"
        return f"match.refused.{self.refused}" if self.refused else ""

    @property
    def total_bits(self) -> float:
        """The sum of all."""
        return self.start_bits + math.fsum(line.bits for line in self.lines)


def compared_by(engine: Engine, tables: Tables) -> str | None:
    """The version of the model that compared the published pairs; None when nothing was compared."""
    found = engine.arrow(tables["match_run"].model_version).column(0).to_pylist() if "match_run" in tables else []
    return found[0] if found else None


def likenesses(
    engine: Engine, tables: Tables, model: TrainedModel, pairs: Collection[Sequence[str]]
) -> dict[tuple[str, str], Likeness]:
    """Why each of these pairs (account keys, the lesser first) looks like one person; pairs that were not compared are
    left out. Unmasked: pass the values through release."""
    if not pairs:
        return {}
    wanted = pa.table({key: pa.array([pair[side] for pair in pairs], pa.string()) for side, key in enumerate(PAIR)})
    rows = tables["match_pair"].semi_join(engine.bring("likeness_wanted", wanted), PAIR)
    records = _records(engine, tables, {key for pair in pairs for key in pair[:2]})
    refused = _refused(engine, tables["identity_hold"], pairs)
    told = (_likeness(row, records, model) for row in only(engine.arrow(rows)))
    both = (((one.account_key_a, one.account_key_b), one) for one in told)
    return {pair: replace(one, refused=refused.get(pair)) for pair, one in both}


def strongest(engine: Engine, tables: Tables, one: Collection[str], other: Collection[str]) -> tuple[str, str] | None:
    """The most probable pair between the accounts of two customers; None when none was compared."""
    pair = tables["match_pair"]
    here, there = list(one), list(other)
    across: ir.BooleanValue = (pair.account_key_a.isin(here) & pair.account_key_b.isin(there)) | (
        pair.account_key_a.isin(there) & pair.account_key_b.isin(here)
    )
    found = only(engine.arrow(pair.filter(across).order_by([ibis.desc("probability"), *PAIR]).limit(1)))
    return (str(found[0][PAIR[0]]), str(found[0][PAIR[1]])) if found else None


def _records(engine: Engine, tables: Tables, keys: set[str]) -> dict[str, dict[str, Any]]:
    record = tables["match_record"]
    wanted = engine.bring("likeness_accounts", pa.table({"account_key": pa.array(sorted(keys), pa.string())}))
    return {str(row["account_key"]): row for row in only(engine.arrow(record.semi_join(wanted, "account_key")))}


def _refused(engine: Engine, hold: ir.Table, pairs: Collection[Sequence[str]]) -> dict[tuple[str, str], str]:
    """Why pairs that are likely enough were not joined even so. The hold on a pair lists both of its accounts."""
    listed = {", ".join(pair[:2]): (pair[0], pair[1]) for pair in pairs}
    rows = hold.filter(hold.identifier_type == LIKENESS, hold.account_keys.isin(sorted(listed)))
    return {listed[str(row["account_keys"])]: str(row["reason"]) for row in only(engine.arrow(rows))}


def _likeness(row: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]], model: TrainedModel) -> Likeness:
    sides = tuple(records.get(row[key], {}) for key in PAIR)
    lines = tuple(sorted(_lines(row, sides, model), key=lambda line: -abs(line.bits)))
    start = row["weight"] - math.fsum(line.bits for line in lines)
    return Likeness(row[PAIR[0]], row[PAIR[1]], row["probability"], row["doubt"], start, lines, row["band"])


def _lines(row: Mapping[str, Any], sides: Sequence[Mapping[str, Any]], model: TrainedModel) -> Iterator[Line]:
    for name, levels in model.levels.items():
        place = row[f"level_{name}"]
        # Levels are listed from alike to different; the least of them is 0.
        level = "missing" if place < 0 else levels[len(levels) - 1 - place].label
        values = [None if side.get(name) is None else str(side[name]) for side in sides]
        if any(value is not None for value in values):
            yield Line(name, values[0], values[1], level, row[f"weight_{name}"])
