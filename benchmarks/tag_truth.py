"""Tags of a town beside its truth: who shops as a woman, who responds to promotions, minds prices, has left.

    python -m benchmarks.tag_truth [customers] [days] [folder of a town that is there already]

Prints areas under the curve by how much is known of a customer, calibration, coverage of every tag and seconds.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from sklearn.metrics import roc_auc_score

import huaxiang
from benchmarks.measuring import timed
from huaxiang.analyse.registry import analysis_named
from huaxiang.engine.interface import only
from huaxiang.model.tables import canonical_tables
from huaxiang.town import build
from huaxiang.workspace import Workspace

NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
_NAMESPACES = {"会员资料": "member_no", "商城账号": "shop_account", "openid": "openid", "device": "device_id"}
_LEAST = (1, 3, 5, 10, 20)
_BANDS = (0.0, 0.1, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9, 1.0001)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Beside:
    """One customer who is just one person: the profile, what analyses say of them, and the truth."""

    profile: Row
    said: Row
    truth: Row


@dataclass(frozen=True)
class Ranked:
    """How well a score ranks those with at least ``least`` rows: the area under the curve over ``n`` customers."""

    least: int
    n: int
    area: float


def besides(workspace: Workspace, truth: Path) -> list[Beside]:
    """The customers who are exactly one person of the town, by customer id."""
    with workspace.reading() as engine:
        accounts = only(engine.arrow(engine.table("account").select("account_key", "customer_id")))
        profiles = {str(row["customer_id"]): row for row in only(engine.arrow(engine.table("profile")))}
    said: dict[str, dict[str, Any]] = defaultdict(dict)
    for analysis in ("shopping_gender", "price_position", "promotion_sensitivity"):
        for row in _members(workspace, analysis):
            told = {f"{analysis}.{name}": value for name, value in row.items()}
            said[str(row["customer_id"])] |= told
    persons = {row["person_id"]: row for row in pq.read_table(truth / "persons.parquet").to_pylist()}
    owners = _owners(accounts, pq.read_table(truth / "accounts.parquet").to_pylist())
    return [
        Beside(profiles[key], said[key], persons[next(iter(people))])
        for key, people in sorted(owners.items())
        if len(people) == 1 and key in profiles
    ]


def _members(workspace: Workspace, analysis: str) -> list[dict[str, Any]]:
    """Everybody of whom the analysis can say anything at all, few rows or many."""
    least = {"shopping_gender": "least_lines", "price_position": "least_lines"}.get(analysis, "least_orders")
    with workspace.reading() as engine:
        tables = {name: engine.table(name) for name in engine.tables() if name not in canonical_tables()}
        members = analysis_named(analysis).on(engine, tables, {least: 1}, workspace.as_of()).members
        return [] if members is None else list(only(engine.arrow(members)))


def _owners(accounts: Iterable[Row], truth: Iterable[Row]) -> dict[str, set[str]]:
    person = {f"{_NAMESPACES[row['source']]}:{row['account_id']}": str(row["person_id"]) for row in truth}
    found: dict[str, set[str]] = defaultdict(set)
    for row in accounts:
        if row["account_key"] in person:
            found[str(row["customer_id"])].add(person[str(row["account_key"])])
    return found


def gender_ranked(people: Sequence[Beside], least: int) -> Ranked:
    """How well the probability of shopping as a woman tells women from men."""
    own = [one for one in people if one.said.get("shopping_gender.lines", 0) >= least]
    female = [one.truth["gender"] == "female" for one in own]
    scores = [one.said["shopping_gender.female_probability"] for one in own]
    return Ranked(least, len(own), float(roc_auc_score(female, scores)))


def extremes_ranked(people: Sequence[Beside], score: str, count: str, truth: str, least: int) -> Ranked:
    """How well a score tells the top quarter of a planted trait from its bottom quarter."""
    own = [one for one in people if one.said.get(count, 0) >= least]
    planted = np.array([one.truth[truth] for one in own])
    low, high = np.quantile(planted, [0.25, 0.75])
    ends = (planted <= low) | (planted >= high)
    scores = np.array([float(one.said[score]) for one in own])
    return Ranked(least, int(ends.sum()), float(roc_auc_score(planted[ends] >= high, scores[ends])))


def calibration(people: Sequence[Beside], least: int) -> list[tuple[float, float, int, float, float]]:
    """Bands of the probability: from, to, customers, mean probability and share who truly are women."""
    own = [one for one in people if one.said.get("shopping_gender.lines", 0) >= least]
    told = np.array([one.said["shopping_gender.female_probability"] for one in own])
    female = np.array([one.truth["gender"] == "female" for one in own])
    found = []
    for low, high in pairwise(_BANDS):
        inside = (told >= low) & (told < high)
        if inside.any():
            found.append((low, min(high, 1.0), int(inside.sum()), float(told[inside].mean()),
                          float(female[inside].mean())))  # fmt: skip
    return found


def in_neutral_band(people: Sequence[Beside]) -> tuple[int, float]:
    """How many are called neutral, and which share of them truly are women."""
    neutral = [one.truth["gender"] == "female" for one in people if one.profile["shopping_gender"] == "neutral"]
    return len(neutral), float(np.mean(neutral)) if neutral else float("nan")


def left_by_stage(people: Sequence[Beside]) -> dict[str, tuple[int, float]]:
    """By stage of the lifecycle: customers, and the share of them who truly have lost interest."""
    found: dict[str, list[bool]] = defaultdict(list)
    for one in people:
        found[str(one.profile["lifecycle"])].append(one.truth["churn_date"] is not None)
    return {stage: (len(left), float(np.mean(left))) for stage, left in sorted(found.items())}


def main(customers: int, days: int, town: Path | None) -> None:
    """Build, import, refresh, and print."""
    with tempfile.TemporaryDirectory() as folder:
        place = town or Path(folder) / "town"
        if town is None:
            build(place, customers=customers, days=days, seed=7)
        workspace = huaxiang.init(Path(folder) / "ws")
        looks = [look for path in sorted((place / "raw").iterdir()) for look in workspace.look(path)]
        workspace.import_files(looks, NOW)
        steps: dict[str, float] = {}
        seconds, _ = timed(lambda: workspace.refresh(NOW, progress=lambda name, *_: _note(steps, name)))
        print(f"refresh {seconds:.1f} s, of which profile {steps['rfm'] - steps['profile']:.1f} s")
        people = besides(workspace, place / "truth")
        print(f"{len(people):,} customers are just one person")
        told(people)
        coverage(workspace)


def _note(steps: dict[str, float], name: str) -> None:
    steps[name] = perf_counter()


def told(people: Sequence[Beside]) -> None:
    """Print how the tags compare with the truth."""
    print("shopping gender against the true one, area under the curve:")
    for least in _LEAST:
        _line(gender_ranked(people, least), "lines")
    print("calibration (3 lines and more): from, to, customers, mean probability, truly women")
    for low, high, count, mean, share in calibration(people, 3):
        print(f"  {low:.1f}-{high:.1f}  {count:>7,}  {mean:.3f}  {share:.3f}")
    count, share = in_neutral_band(people)
    print(f"  neutral: {count:,}, of whom {share:.1%} are women")
    for name, score, rows, truth in (
        ("promotion sensitivity", "promotion_sensitivity.promotion_sensitivity", "promotion_sensitivity.orders",
         "promotion_response"),
        ("price sensitivity", "price_position.price_sensitivity", "price_position.lines", "price_sensitivity"),
    ):  # fmt: skip
        print(f"{name}, top against bottom quarter of {truth}, area under the curve:")
        for least in _LEAST:
            _line(extremes_ranked(people, score, rows, truth, least), rows.rpartition(".")[2])
    print("lifecycle: customers, and the share of them who truly have lost interest")
    for stage, (count, share) in left_by_stage(people).items():
        print(f"  {stage:<10} {count:>7,}  {share:.1%}")


def _line(found: Ranked, rows: str) -> None:
    print(f"  at least {found.least:>2} {rows}: {found.area:.3f} over {found.n:,} customers")


def coverage(workspace: Workspace) -> None:
    """Print for every tag that users see the share of customers with a value."""
    tags = workspace.definitions.tags
    with workspace.reading() as engine:
        rows = engine.table("profile")
        counts = {key: rows[key].count() for key, tag in tags.items() if not tag.helper and key in rows.columns}
        found = only(engine.arrow(rows.aggregate(everybody=rows.count(), **counts)))[0]
    everybody = int(str(found.pop("everybody")))
    print(f"coverage of {len(found)} tags among {everybody:,} customers:")
    for key, known in found.items():
        print(f"  {key:<28} {int(str(known)) / everybody:6.1%}")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        int(given[0]) if given else 5_000,
        int(given[1]) if len(given) > 1 else 365,
        Path(given[2]) if len(given) > 2 else None,
    )
