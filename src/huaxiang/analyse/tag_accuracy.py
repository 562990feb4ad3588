"""How often a tag agrees with what customers state of themselves, and how much of it can be used."""

from __future__ import annotations

from datetime import date
from math import sqrt
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, only
from huaxiang.model.tags import Tag, Tags

#: The confidence of the tag named behind it, where its rule gives one.
SURE = "sure_"
#: Below this a value is a guess.
LEAST_SURE = 0.6
#: Fewer stated answers than this say nothing about a tag.
ENOUGH = 30
_Z = 1.959964


class Accuracy(NamedTuple):
    """Of ``n`` customers with a value and a stated answer, ``hits`` have the same; Wilson's 95% interval of the share.

    ``abstained`` have a stated answer and a value that no answer can be, such as neutral.
    """

    twin: str
    n: int
    hits: int
    abstained: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        """The share of hits; None with too few answers."""
        return self.hits / self.n if self.n >= ENOUGH else None


class Usable(NamedTuple):
    """How many customers there are, have a value, and have one that is sure enough to be used."""

    everyone: int
    known: int
    usable: int


def accuracy(engine: Engine, profile: ir.Table, tag: Tag, tags: Tags) -> Accuracy | None:
    """The tag against its stated twin; None where it has none or the portrait lacks one of them."""
    twin = tags.get(tag.stated_twin or "")
    if twin is None or {tag.key, twin.key} - set(profile.columns):
        return None
    said, found = profile[twin.key], profile[tag.key]
    both = said.notnull() & found.notnull()
    answers = found.isin(sorted(twin.values)) if twin.values else ibis.literal(value=True)
    figures: Any = profile.aggregate(
        n=profile.count(where=both & answers),
        hits=profile.count(where=both & answers & (said == found)),
        abstained=profile.count(where=both & ~answers),
    )
    row = {name: int(str(value)) for name, value in only(engine.arrow(figures))[0].items()}
    return Accuracy(twin.key, row["n"], row["hits"], row["abstained"], *wilson(row["hits"], row["n"]))


def usable(engine: Engine, profile: ir.Table, tag: Tag, as_of: date) -> Usable:
    """How much of the tag can be used: known, sure enough where its rule says how sure, and of a tag that holds."""
    known = profile[tag.key].notnull()
    sure = profile[SURE + tag.key] >= LEAST_SURE if SURE + tag.key in profile.columns else ibis.literal(value=True)
    holds = tag.expires_on is None or tag.expires_on >= as_of
    figures = profile.aggregate(
        everyone=profile.count(), known=profile.count(where=known), usable=profile.count(where=known & sure)
    )
    row = {name: int(str(value)) for name, value in only(engine.arrow(figures))[0].items()}
    return Usable(row["everyone"], row["known"], row["usable"] if holds else 0)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share; 0 to 1 for nobody."""
    if not n:
        return 0.0, 1.0
    share, spread = hits / n, _Z * _Z / n
    middle = share + spread / 2
    half = _Z * sqrt(share * (1 - share) / n + spread / n / 4)
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))
