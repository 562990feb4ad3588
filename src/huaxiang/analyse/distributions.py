"""Behaviour distributions: around which hour of the day a customer is active, and whether that is clear at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import add
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.confidence import SURE, confidence
from huaxiang.analyse.weights import ONE, micros
from huaxiang.analyse.windows import Rows, unexpired
from huaxiang.engine.interface import Engine, only
from huaxiang.model.rules import Distribution
from huaxiang.model.tags import Tag

HOURS = range(24)


def histogram(key: str, rule: Distribution, rows: Rows) -> dict[str, ir.Value]:
    """The figures behind the tag, to be taken together with others over the same rows: the weight of each hour, the
    number of rows, and when the newest of them happened."""
    counts, hour = rows.meant(rule) & rows.at.notnull(), rows.at.hour()
    weight = micros(rows.remains(rule, rule.half_life_days))
    found = {_hour(key, one): weight.sum(where=counts & (hour == one)) for one in HOURS}
    return {**found, f"hours_n_{key}": rows.table.count(where=counts), f"hours_last_{key}": rows.at.max(where=counts)}


def hours(engine: Engine, tag: Tag, rule: Distribution, grouped: ir.Table, as_of: date) -> ir.Table:
    """One row per customer with rows that count: ``customer_id``, the tag and how sure it is, from the histograms.

    ``grouped`` has those of all rows, also of people who are no customers. Whose hours are spread too evenly has none
    that is clear.
    """
    key = tag.key
    n, last = f"hours_n_{key}", f"hours_last_{key}"
    own = [grouped[_hour(key, one)].fill_null(0) for one in HOURS]
    added = [micros_of_all * rule.smooth for micros_of_all in _shares_of_all(engine, grouped, key)]
    around = {f"around_{one}": sum_of(own, one) + ibis.literal(round(ONE * sum_of(added, one))) for one in HOURS}
    alone = {f"alone_{one}": own[one] for one in HOURS}
    held = grouped.select("customer_id", n, last, all=reduce(add, own), **around, **alone)
    # Columns with names of their own: worded in every hour's test, they would make them all as long as the day.
    held = engine.view(f"around_{key}", held.filter(held.customer_id.notnull(), held[n] > 0))
    held = engine.view(f"around_best_{key}", held.mutate(best=ibis.greatest(*(held[name] for name in around))))
    held = engine.view(f"around_most_{key}", held.mutate(most=_most_alone(held)))
    share = held.best.cast("float64") / (held["all"].cast("float64") + rule.smooth * ONE)
    value = unexpired(_named(rule, held, share), held[last], rule, as_of)
    sure = unexpired(confidence(share, held[n]), held[last], rule, as_of)
    told = held.select("customer_id", **{key: value.cast(tag.field.ibis_type), SURE + key: sure})
    return engine.keep(f"hours_{key}", told)


def sum_of(figures: Sequence[Any], hour: int) -> Any:
    """The figures of an hour and of the ones before and after it, over midnight too."""
    return figures[hour - 1] + figures[hour] + figures[(hour + 1) % len(figures)]


def _shares_of_all(engine: Engine, grouped: ir.Table, key: str) -> list[float]:
    """The share of everybody's weight that each hour has; all the same where nobody has any."""
    sums = only(engine.arrow(grouped.aggregate(**{_hour(key, one): grouped[_hour(key, one)].sum() for one in HOURS})))[
        0
    ]
    weights = [int(str(sums[_hour(key, one)] or 0)) for one in HOURS]
    everything = sum(weights)
    return [weight / everything for weight in weights] if everything else [1 / 24] * 24


def _most_alone(held: ir.Table) -> ir.Value:
    """The greatest weight of its own that an hour has which is the best together with its neighbours."""
    return ibis.greatest(
        *(ibis.ifelse(held[f"around_{hour}"] == held.best, held[f"alone_{hour}"], -1) for hour in HOURS)
    )


def _named(rule: Distribution, held: ir.Table, share: Any) -> ir.Value:
    """The hour in the middle of the three with the greatest weight, or the name of its band; of equals the one with the
    greatest weight of its own, then the earliest."""
    band_of = {hour: band.value for band in rule.bands for hour in band.hours}
    clear = share >= rule.clear_share
    found = [(clear & _stands_out(held, hour), band_of.get(hour, hour)) for hour in HOURS]
    return ibis.cases(*found, *([(ibis.literal(value=True), rule.unclear)] if rule.unclear else []))


def _stands_out(held: ir.Table, hour: int) -> ir.BooleanValue:
    return (held[f"around_{hour}"] == held.best) & (held[f"alone_{hour}"] == held.most)


def _hour(key: str, hour: int) -> str:
    return f"hour_{hour}_{key}"
