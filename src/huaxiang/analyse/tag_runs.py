"""What each refresh measured of every tag, kept from run to run: coverage, distribution, and how much they moved."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.analyse.tag_bands import BAND_COLUMNS, by_value, is_list, whole
from huaxiang.engine.interface import Engine, only
from huaxiang.model.tags import Tags

TABLE = "tag_run"
#: One row per run, tag and band. ``run_id`` and ``as_of`` are those of the run, ``version`` that of the tag.
RUN_COLUMNS = {"run_id": "string", "as_of": "date", "version": "int64", **BAND_COLUMNS}
#: More than a year of daily runs.
MOST_RUNS = 400
#: PSI up to here is calm, up to the next worth a look, beyond it calls for action (Siddiqi, Credit Risk Scorecards).
CALM, LOOK = 0.1, 0.25
#: With fewer customers with a value in one of two runs nothing is said about their distance.
ENOUGH = 100
_LEAST_SHARE = 0.05

Band = tuple[str | None, float | None]
Counts = Mapping[Band, int]


class Covered(NamedTuple):
    """One run of one tag: how many have a value, of how many, and the distance to the run before (None: too few)."""

    run_id: str
    as_of: date
    version: int
    known: int
    everyone: int
    psi: float | None

    @property
    def coverage(self) -> float:
        """The share of customers with a value; 0 without customers."""
        return self.known / self.everyone if self.everyone else 0.0


@dataclass(frozen=True)
class Measured:
    """A tag over its runs, the earliest first, and its bands in the latest run: label, ends, customers."""

    runs: tuple[Covered, ...]
    bands: tuple[Mapping[str, Any], ...]

    @property
    def latest(self) -> Covered | None:
        """The latest run; None for a tag that no run has measured."""
        return self.runs[-1] if self.runs else None


def tag_runs(bands: pa.Table, tags: Tags, day: date, run_id: str, before: pa.Table | None) -> pa.Table:
    """The rows of a run behind those of the runs before it, of which the latest :data:`MOST_RUNS` are kept."""
    versions = [tags[key].version for key in bands.column("tag").to_pylist()]
    count = bands.num_rows
    own = {"run_id": [run_id] * count, "as_of": [day] * count, "version": versions}
    schema = ibis.schema(RUN_COLUMNS).to_pyarrow()
    columns = {**own, **{name: bands.column(name) for name in BAND_COLUMNS}}
    rows = pa.table([columns[name] for name in RUN_COLUMNS], schema=schema)
    if before is None:
        return rows
    kept = sorted(set(before.column("run_id").to_pylist()) - {run_id})[-MOST_RUNS + 1 :]
    old = before.filter(pc.is_in(before.column("run_id"), value_set=pa.array(kept, pa.string())))
    return pa.concat_tables([old.select(list(RUN_COLUMNS)).cast(schema), rows])


def tag_runs_before(engine: Engine) -> pa.Table | None:
    """What the published runs measured; None where no run did."""
    if TABLE not in engine.tables():
        return None
    rows = engine.table(TABLE)
    return engine.arrow(rows.order_by(["run_id", "tag", "low", "band"]))


def measured(engine: Engine, keys: Sequence[str] | None = None, most: int = MOST_RUNS) -> dict[str, Measured]:
    """By tag (all of them, or those of ``keys``) what its latest ``most`` runs measured."""
    if TABLE not in engine.tables():
        return {}
    rows = engine.table(TABLE)
    latest = rows.select("run_id").distinct().order_by(ibis.desc("run_id")).limit(most)
    recent = rows.semi_join(latest, "run_id")
    wanted = recent if keys is None else recent.filter(recent.tag.isin(list(keys)))
    by_tag: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in only(engine.arrow(wanted.order_by(["run_id", "tag"]))):
        by_tag.setdefault(str(row["tag"]), {}).setdefault(str(row["run_id"]), []).append(row)
    return {tag: _over(runs) for tag, runs in by_tag.items()}


def psi(before: Counts, after: Counts) -> float | None:
    """The population stability index of two distributions: Σ (p − q) · ln(p / q) over the values that are known.

    Neighbouring bands are joined until each holds a twentieth of the earlier one, and half a customer is added to each,
    so that rare values do not shout. None when either has fewer than :data:`ENOUGH` customers.
    """
    bands = sorted((band for band in {*before, *after} if band[0] is not None), key=lambda band: _place(band, before))
    then, now = ([counts.get(band, 0) for band in bands] for counts in (before, after))
    if min(sum(then), sum(now)) < ENOUGH:
        return None
    joined = _joined(then, now)
    sums = [sum(pair[side] + 0.5 for pair in joined) for side in (0, 1)]
    shares = [((first + 0.5) / sums[0], (second + 0.5) / sums[1]) for first, second in joined]
    return sum((q - p) * math.log(q / p) for p, q in shares)


def _over(runs: Mapping[str, list[dict[str, Any]]]) -> Measured:
    found: list[Covered] = []
    before: list[dict[str, Any]] | None = None
    for run_id in sorted(runs):
        rows = runs[run_id]
        everyone = sum(int(row["customers"]) for row in whole(rows))
        known = everyone - sum(int(row["customers"]) for row in rows if row["band"] is None)
        # Runs in which the members of a list were told apart say nothing of earlier ones in which they were not.
        enough = bool(found) and min(known, found[-1].known) >= ENOUGH
        told = before is not None and enough and is_list(before) == is_list(rows)
        moved = psi(_counts(before), _counts(rows)) if before is not None and told else None
        found.append(Covered(run_id, rows[0]["as_of"], int(rows[0]["version"]), known, everyone, moved))
        before = rows
    latest = sorted(runs[found[-1].run_id], key=lambda row: (row["band"] is None, row["low"] or 0.0, -row["customers"]))
    return Measured(tuple(found), tuple(latest))


def _counts(rows: Sequence[Mapping[str, Any]]) -> Counts:
    return {(row["band"], row["low"]): int(row["customers"]) for row in by_value(rows)}


def _joined(then: Sequence[int], now: Sequence[int]) -> list[tuple[int, int]]:
    least, found = sum(then) * _LEAST_SHARE, list[tuple[int, int]]()
    held = (0, 0)
    for pair in zip(then, now, strict=True):
        held = held[0] + pair[0], held[1] + pair[1]
        if held[0] >= least:
            found.append(held)
            held = (0, 0)
    if not found:
        return [held]
    return found if held == (0, 0) else [*found[:-1], (found[-1][0] + held[0], found[-1][1] + held[1])]


def _place(band: Band, before: Counts) -> tuple[float, int, str]:
    # Numbers have neighbours; of values the rare ones are joined with one another.
    return band[1] or 0.0, -before.get(band, 0), str(band[0])
