"""How often a tag agrees with what customers state of themselves, and how much of it can be used."""

from __future__ import annotations

from datetime import date
from math import sqrt
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.confidence import SURE
from huaxiang.analyse.filled import filled_column
from huaxiang.engine.interface import Engine, count_of, only
from huaxiang.model.tags import Tag, Tags

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


def accuracy(engine: Engine, profile: ir.Table, tag: Tag, tags: Tags, filled: ir.Table | None) -> Accuracy | None:
    """The tag against its stated twin; None where it has none or the portrait lacks one of them.

    Answers that were filled in for the customer (rows of ``filled_value``) are nobody's word, and are left out.
    """
    twin = tags.get(tag.stated_twin or "")
    if twin is None or {tag.key, twin.key} - set(profile.columns):
        return None
    profile = _answered(profile, twin, filled)
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


def _answered(profile: ir.Table, twin: Tag, filled: ir.Table | None) -> ir.Table:
    """The customers for whom the twin was not filled in."""
    column = filled_column(twin)
    if column is None or filled is None:
        return profile
    return profile.anti_join(filled.filter(filled.column_name == column), "customer_id")


def usable(engine: Engine, profile: ir.Table, confidence: ir.Table | None, tag: Tag, as_of: date) -> Usable:
    """How much of the tag can be used: known, sure enough where its rule says how sure, and of a tag that holds.

    ``confidence`` is the published table of that name; None where none was published.
    """
    known = profile.filter(profile[tag.key].notnull()).select("customer_id")
    sure = known
    if confidence is not None and SURE + tag.key in confidence.columns:
        enough = confidence.filter(confidence[SURE + tag.key] >= LEAST_SURE).select("customer_id")
        sure = known.semi_join(enough, "customer_id")
    everyone, has_value, can_use = (count_of(engine, rows) for rows in (profile, known, sure))
    holds = tag.expires_on is None or tag.expires_on >= as_of
    return Usable(everyone, has_value, can_use if holds else 0)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share; 0 to 1 for nobody."""
    if not n:
        return 0.0, 1.0
    share, spread = hits / n, _Z * _Z / n
    middle = share + spread / 2
    half = _Z * sqrt(share * (1 - share) / n + spread / n / 4)
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))
