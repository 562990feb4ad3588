"""Tags that are there twice: with the same rule, or with nearly the same values on everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, Literal, NamedTuple

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.tag_bands import whole
from huaxiang.analyse.tag_runs import Measured
from huaxiang.engine.interface import Engine, only
from huaxiang.model.fields import NUMERIC
from huaxiang.model.tags import Tag, Tags

#: From this share of equal values on two tags say the same.
NEARLY = 0.99
#: Tags whose counts of customers differ by more than this share need no closer look.
_FAR = 0.02
#: More pairs than this are not compared on the customers; the most alike come first.
_MOST_PAIRS = 60
#: Fewer customers with a value than this are equal by chance.
_ENOUGH = 30


class Twin(NamedTuple):
    """Two tags that say the same: by the rule, or by the share of customers for whom both say the same."""

    one: str
    other: str
    why: Literal["rule", "values"]
    share: float


def twins(engine: Engine, profile: ir.Table, tags: Tags, runs: Mapping[str, Measured]) -> list[Twin]:
    """The pairs of tags that are there twice, same rules first; helpers are left out."""
    shown = [tag for tag in tags.values() if not tag.helper]
    same = _same_rule(shown)
    met = {frozenset(pair[:2]) for pair in same}
    likely = [pair for pair in _likely(shown, profile, runs) if frozenset(one.key for one in pair) not in met]
    return [*same, *_same_values(engine, profile, likely)]


def _same_rule(tags: Sequence[Tag]) -> list[Twin]:
    by_rule: dict[str, list[str]] = {}
    for tag in tags:
        if tag.rule.kind != "given":
            by_rule.setdefault(tag.rule.model_dump_json(), []).append(tag.key)
    return [Twin(*pair, "rule", 1.0) for keys in by_rule.values() for pair in combinations(keys, 2)]


def _likely(tags: Sequence[Tag], profile: ir.Table, runs: Mapping[str, Measured]) -> list[tuple[Tag, Tag]]:
    """Pairs that are known of about as many customers and have values of about the same counts."""
    there = [tag for tag in tags if tag.key in profile.columns and _known(runs.get(tag.key)) >= _ENOUGH]
    by_kind: dict[str, list[Tag]] = {}
    for tag in there:
        by_kind.setdefault("number" if tag.type in NUMERIC else tag.type, []).append(tag)
    pairs = [pair for group in by_kind.values() for pair in combinations(group, 2)]
    far = [(_distance(runs[one.key], runs[other.key]), one, other) for one, other in pairs]
    near = sorted((pair for pair in far if pair[0] <= _FAR), key=lambda pair: (pair[0], pair[1].key, pair[2].key))
    return [(one, other) for _, one, other in near[:_MOST_PAIRS]]


def _known(measured: Measured | None) -> int:
    return measured.latest.known if measured and measured.latest else 0


def _distance(one: Measured, other: Measured) -> float:
    first, second = (
        sorted((int(band["customers"]) for band in whole(each.bands)), reverse=True) for each in (one, other)
    )
    longest = max(len(first), len(second))
    counts = zip(first + [0] * (longest - len(first)), second + [0] * (longest - len(second)), strict=True)
    everyone = max(sum(first), sum(second), 1)
    return sum(abs(left - right) for left, right in counts) / 2 / everyone


def _same_values(engine: Engine, profile: ir.Table, pairs: Sequence[tuple[Tag, Tag]]) -> list[Twin]:
    if not pairs:
        return []
    figures = {f"n{place}": _equal(profile, *pair) for place, pair in enumerate(pairs)}
    row: dict[str, Any] = only(engine.arrow(profile.aggregate(everyone=profile.count(), **figures)))[0]
    everyone = int(row["everyone"])
    shares = [int(row[f"n{place}"]) / everyone if everyone else 0.0 for place in range(len(pairs))]
    return [
        Twin(one.key, other.key, "values", share)
        for (one, other), share in zip(pairs, shares, strict=True)
        if share >= NEARLY
    ]


def _equal(profile: ir.Table, one: Tag, other: Tag) -> ir.IntegerValue:
    left, right = (
        profile[tag.key].cast("float64") if tag.type in NUMERIC else profile[tag.key].cast("string")
        for tag in (one, other)
    )
    same = (left == right).fill_null(ibis.literal(value=False)) | (left.isnull() & right.isnull())
    return profile.count(where=same)
