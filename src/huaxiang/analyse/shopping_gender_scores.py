"""The scores of the shopping gender: learned without a customer's own statement, calibrated to a probability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import log

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from huaxiang.analyse.analysis import Choices
from huaxiang.analyse.facts import rows_read
from huaxiang.analyse.logistic_line import logistic_line
from huaxiang.engine.interface import Engine, only

FOLDS = 5
#: The fold of those who state no gender: their scores are learned from everybody who does.
UNSTATED = FOLDS
#: Fewer women or men than this teach nothing.
FEW_KNOWN = 30
#: A product speaks for itself as far as its category's lines outweigh so many added ones.
PRODUCT_PRIOR = 20.0
_EXACT = "decimal(18, 9)"
#: Points are counted in tenths to be fitted.
_BINS = 10
#: How soon the curve flattens, in the log-odds of the straight line.
_BEND = 2.0


@dataclass(frozen=True)
class Judged:
    """``scores``: ``customer_id, female_probability, lines``. ``spoken``: ``customer_id, category, lines, weight``,
    the points of a customer before they are turned into a probability. ``stated``: ``customer_id, gender``.
    ``categories``: ``category, lines, log_odds`` over everybody; ``known``: customers with lines and a stated gender.
    """

    scores: ir.Table
    spoken: ir.Table
    stated: ir.Table
    categories: ir.Table
    known: int


def judged(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> Judged | None:
    """The scores of every customer who bought; None where too few state a gender to learn from."""
    lines = engine.keep("gender_lines", _lines(engine, tables, params, as_of))
    counts = only(engine.arrow(_known(lines)))
    known = {str(row["gender"]): int(str(row["customers"])) for row in counts}
    if min(known.get("female", 0), known.get("male", 0)) < FEW_KNOWN:
        return None
    learned = engine.keep("gender_learned", _learned(engine, lines, params["smoothing"]))
    raw = engine.keep("gender_raw", _raw(lines, learned))
    fits = engine.bring("gender_fits", _fits(engine, raw))
    spoken = raw.select("customer_id", "category", "lines", weight=raw.points.cast("float64"))
    scored = raw.group_by("customer_id", "fold").aggregate(
        points=raw.points.sum().cast("float64"), lines=raw.lines.sum()
    )
    scores = _fitted(scored.inner_join(fits, "fold"))
    stated = lines.filter(lines.gender.notnull()).select("customer_id", "gender").distinct()
    return Judged(scores, spoken, stated, _categories(learned, lines), sum(known.values()))


def _lines(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> ir.Table:
    """One row per customer, category and product bought for oneself: lines, their decayed weight, fold and gender."""
    rows = rows_read("sale_line", "shopping_gender", engine, tables, as_of)
    sold = rows.filter(rows.is_counted, ~rows.is_return, rows.category.notnull() | rows.product_no.notnull())
    gifts = sold.filter(sold.is_gift).select("source", "order_no").distinct()
    own = sold.anti_join(gifts, ["source", "order_no"])
    days = ibis.literal(as_of).delta(own.ordered_at.date(), unit="day").cast("float64")
    weight = (days.fill_null(float(params["half_life_days"])) * (-log(2) / params["half_life_days"])).exp()
    bought = own.mutate(weight=weight.cast(_EXACT), kind=own.category.coalesce("—"), item=own.product_no.coalesce("—"))
    per = bought.group_by("customer_id", category=bought.kind, product=bought.item).aggregate(
        lines=bought.count(), weight=bought.weight.sum().cast(_EXACT)
    )
    people = tables["profile"].select("customer_id", "gender")
    told = per.inner_join(people, "customer_id")
    return told.mutate(fold=ibis.ifelse(told.gender.isnull(), UNSTATED, _fold(told.customer_id)))


def _fold(customer_id: ir.StringValue) -> ir.IntegerValue:
    # By the first hex digit of the md5, so the same on every engine.
    place = ibis.literal("0123456789abcdef").find(customer_id.hexdigest("md5").substr(0, 1))
    return (place % FOLDS).cast("int64")


def _known(lines: ir.Table) -> ir.Table:
    stated = lines.filter(lines.gender.isin(["female", "male"]))
    return stated.group_by("gender").aggregate(customers=stated.customer_id.nunique())


def _learned(engine: Engine, lines: ir.Table, smoothing: float) -> ir.Table:
    """For every fold, learned from all others: how much a line of a product of a category speaks for a woman.

    A product is a step from its category, as large as its own lines allow.
    """
    left = _left(engine, lines)
    per = ibis.window(group_by=["fold", "category"])
    everything = ibis.window(group_by="fold")
    totals = {f"{name}_of_category": left[name].sum().over(per) for name in ("f", "m")}
    totals |= {f"{name}_in_all": left[name].sum().over(everything) for name in ("f", "m")}
    kinds = lines.aggregate(kinds=lines.category.nunique())
    rows = left.mutate(**totals).cross_join(kinds)
    f, m = (_Side(rows, name, smoothing) for name in ("f", "m"))
    share = (f.lines + m.lines) / (f.of_category + m.of_category).nullif(0)
    added = PRODUCT_PRIOR * share.fill_null(0.0)
    of_category = f.category_share().ln() - m.category_share().ln()
    # Of a product that nobody else bought nothing is known beyond its category.
    step = (f.product_share(added).nullif(0.0).ln() - m.product_share(added).nullif(0.0).ln()).fill_null(0.0)
    return rows.select("fold", "category", "product", of_category=of_category, of_product=of_category + step)


class _Side:
    """The lines of women or of men, smoothed."""

    def __init__(self, rows: ir.Table, name: str, smoothing: float) -> None:
        self.lines: ir.FloatingColumn = rows[name].cast("float64")
        self.of_category: ir.FloatingColumn = rows[f"{name}_of_category"].cast("float64")
        self._in_all = rows[f"{name}_in_all"].cast("float64")
        self._kinds, self._smoothing = rows.kinds.cast("float64"), smoothing

    def category_share(self) -> ir.FloatingValue:
        return (self.of_category + self._smoothing) / (self._in_all + self._smoothing * self._kinds)

    def product_share(self, added: ir.FloatingValue) -> ir.FloatingValue:
        return (self.lines + added) / (self.of_category + PRODUCT_PRIOR)


def _left(engine: Engine, lines: ir.Table) -> ir.Table:
    """The weight of women's (``f``) and men's (``m``) lines outside of each fold, for every product sold at all."""
    folds = engine.bring("gender_folds", pa.table({"left_out": pa.array(range(FOLDS + 1), pa.int64())}))
    sold = lines.group_by("fold", "gender", "category", "product").aggregate(weight=lines.weight.sum())
    each = sold.cross_join(folds)
    outside = each.left_out != each.fold
    sums = {
        name: each.weight.sum(where=outside & (each.gender == gender)).fill_null(0).cast(_EXACT)
        for name, gender in (("f", "female"), ("m", "male"))
    }
    return each.group_by(fold=each.left_out, category=each.category, product=each.product).aggregate(**sums)


def _raw(lines: ir.Table, learned: ir.Table) -> ir.Table:
    """One row per customer and category: lines, and the points that they add to a woman before the fit."""
    told = lines.inner_join(learned, ["fold", "category", "product"])
    points = (told.weight.cast("float64") * told.of_product).cast(_EXACT)
    return told.mutate(points=points).group_by("customer_id", "fold", "gender", "category").aggregate(
        lines=lambda t: t.lines.sum(), points=lambda t: t.points.sum().cast(_EXACT)
    )  # fmt: skip


def _fits(engine: Engine, raw: ir.Table) -> pa.Table:
    """What turns points into log-odds, for each fold fitted on the others.

    Purchases of one customer are not independent, so points pile up faster than certainty: a straight line finds
    where nothing speaks for either, a curve that flattens away from there says how sure the rest is.
    """
    stated = raw.filter(raw.gender.isin(["female", "male"]))
    own = stated.group_by("customer_id", "fold", "gender").aggregate(points=stated.points.sum().cast("float64"))
    binned = own.mutate(place=(own.points * _BINS).round().cast("int64"))
    counted = binned.group_by("fold", "gender", "place").aggregate(customers=binned.count())
    rows = only(engine.arrow(counted.order_by("fold", "gender", "place")))
    fold, gender, place, weight = (
        np.array([row[name] for row in rows]) for name in ("fold", "gender", "place", "customers")
    )
    found = []
    for number in range(FOLDS + 1):
        others = fold != number
        female, count = (gender == "female")[others], weight[others].astype(np.float64)
        points = place[others] / _BINS
        offset, slope = logistic_line(points, female, count)
        start, step = logistic_line(np.arcsinh(_BEND * (offset + slope * points)), female, count)
        found.append({"fold": number, "offset": offset, "slope": slope, "start": start, "step": step})
    return pa.Table.from_pylist(found)


def _fitted(scored: ir.Table) -> ir.Table:
    bent = _BEND * (scored.offset + scored.slope * scored.points)
    far = (bent.abs() + (bent * bent + 1).sqrt()).ln()
    odds = scored.start + scored.step * ibis.ifelse(bent < 0, -far, far)
    # Engines differ in the last digit of exp.
    return scored.select("customer_id", "lines", female_probability=(1 / (1 + (-odds).exp())).round(9))


def _categories(learned: ir.Table, lines: ir.Table) -> ir.Table:
    scores = learned.filter(learned.fold == UNSTATED).group_by("category").aggregate(
        log_odds=lambda t: t.of_category.max()
    )  # fmt: skip
    sold = lines.group_by("category").aggregate(lines=lines.lines.sum())
    return sold.inner_join(scores, "category").select("category", "lines", "log_odds")
