"""The values that weigh most with each customer: favourites, and preferences with the weights behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.confidence import SURE, confidence
from huaxiang.analyse.weighing import COUNT, LAST, WEIGHT, Weighed, seen_last
from huaxiang.analyse.weights import ONE
from huaxiang.analyse.windows import unexpired
from huaxiang.engine.interface import Engine
from huaxiang.model.rules import Favourite, Preference
from huaxiang.model.tags import Tag

#: The published table of weights: one row per customer, preference and value of its best.
WEIGHTS = {
    "customer_id": "string",
    "tag": "string",
    "value": "string",
    "weight": "float64",
    "share": "float64",
    "place": "int64",
}


def favourites(engine: Engine, name: str, found: Weighed, as_of: date) -> ir.Table | None:
    """One row per customer: the value that weighs most by each favourite among the tags, and how sure it is.

    None where no tag is a favourite. Values without weight (a sum of 0 or less) are no favourites.
    """
    tags = [(tag, tag.rule) for tag in found.tags if isinstance(tag.rule, Favourite)]
    figures: dict[str, Any] = {}
    for tag, rule in tags:
        figures |= _best(tag, rule, found.table, as_of)
    return engine.keep(name, found.table.group_by("customer_id").aggregate(**figures)) if figures else None


def _best(tag: Tag, rule: Favourite, table: ir.Table, as_of: date) -> dict[str, Any]:
    weight, last, count = (table[prefix + tag.key] for prefix in (WEIGHT, LAST, COUNT))
    weighs = (weight > 0).fill_null(False)
    order = ibis.struct({"weight": -weight, "seen": seen_last(last), "value": table.value})
    best = table.value.argmin(order, where=weighs).cast(tag.field.ibis_type)
    every = weight.sum(where=weighs).cast("float64")
    sure = confidence(weight.max(where=weighs).cast("float64") / every, count.sum(where=weighs))
    newest = last.max(where=weighs)
    found = {tag.key: best, SURE + tag.key: sure}
    return {name: unexpired(value, newest, rule, as_of) for name, value in found.items()}


def preferred(engine: Engine, tag: Tag, rule: Preference, found: Weighed, as_of: date) -> tuple[ir.Table, ir.Table]:
    """One row per customer with the best values of a preference and how sure the first one is; and their weights, in
    the columns of :data:`WEIGHTS`."""
    placed = engine.keep(f"preferred_{tag.key}", _placed(rule, _with_rarity(tag, rule, found.table), as_of))
    firsts = [placed.value.max(where=placed.place == place) for place in range(1, rule.top + 1)]
    value = ibis.array(firsts).filter(lambda one: one.notnull()) if tag.type == "list" else firsts[0]
    first = placed.place == 1
    sure = confidence(placed.share.max(where=first), placed["n"].max())
    best = placed.group_by("customer_id").aggregate(**{tag.key: value, SURE + tag.key: sure})
    kept = engine.keep(f"best_{tag.key}", best.mutate(best[tag.key].cast(tag.field.ibis_type).name(tag.key)))
    weights = placed.mutate(tag=ibis.literal(tag.key), weight=placed.weight.cast("float64") / ONE)
    return kept, weights.select(**{name: weights[name].cast(kind) for name, kind in WEIGHTS.items()})


def _with_rarity(tag: Tag, rule: Preference, table: ir.Table) -> ir.Table:
    """``table`` with the weight of every value in millionths, less where it speaks of everybody."""
    names = {"weight": WEIGHT + tag.key, "last": LAST + tag.key, "n": COUNT + tag.key}
    rows = table.select("customer_id", "value", **{name: table[key] for name, key in names.items()})
    if not rule.idf:
        return rows
    named = rows.filter(rows.weight > 0)
    of_value = named.group_by("value").aggregate(of_value=named.weight.sum().cast("float64"))
    both = of_value.cross_join(named.aggregate(of_all=named.weight.sum().cast("float64")))
    rarity = (1.0 + both.of_all / both.of_value).ln()
    joined = rows.left_join(both.select(of="value", rarity=rarity), [("value", "of")])
    return joined.mutate(weight=(joined.weight * joined.rarity).round().cast("int64")).drop("of", "rarity")


def _placed(rule: Preference, rows: ir.Table, as_of: date) -> ir.Table:
    """The best values of each customer with their place from 1, their share of all weight, and the rows behind all."""
    rows = rows.filter(rows.weight > 0)
    order = [rows.weight.desc(), seen_last(rows["last"]), rows.value]
    own = ibis.window(group_by="customer_id")
    place = ibis.row_number().over(ibis.window(group_by="customer_id", order_by=order)) + 1
    share = rows.weight.cast("float64") / rows.weight.sum().over(own).cast("float64")
    ranked = rows.mutate(place=place, share=share, n=rows.n.sum().over(own), newest=rows["last"].max().over(own))
    ranked = ranked.filter(ranked.place <= rule.top)
    if rule.expires_after_days is not None:
        ranked = ranked.filter(unexpired(ibis.literal(value=True), ranked.newest, rule, as_of).fill_null(False))
    return ranked.drop("last", "newest")


def weights_of(engine: Engine, found: Sequence[ir.Table]) -> ir.Table:
    """The weights of all preferences in one table; without rows where there is none."""
    none = engine.bring("no_weights", ibis.schema(WEIGHTS).to_pyarrow().empty_table())
    return ibis.union(none, *found) if found else none
