"""Customers who are most like one of them, and in what: a distance over a handful of tags that can be told in words.

After J. C. Gower, "A General Coefficient of Similarity and Some of Its Properties", Biometrics 27 (1971): each tag adds
a number from 0 to 1, and the distance is their mean. Two texts differ by 0 or 1; two numbers by their difference over
four standard deviations (about the whole spread), at most 1, where amounts and counts are compared by their logarithm.
Tags that are not known of the customer asked about are left out; where only the other one is unknown, that counts as 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.customers import in_stores
from huaxiang.engine.interface import Engine, only
from huaxiang.model.tags import Tag, Tags

#: Fewer known tags than this say too little about whom somebody is like.
LEAST_TAGS = 3
_SPREAD = 4.0
_COUNTED = frozenset({"money", "int", "quantity"})
_NUMBERS = _COUNTED | {"number", "share"}
_DISTANCE, _APART, _SD = "distance_", "apart_", "sd_"


@dataclass(frozen=True)
class Similar:
    """One customer who is like the one asked about. ``distance`` runs from 0, the same in every tag, to 1.

    ``apart`` has the part of each tag, 0 the same to 1 as different as can be; ``values`` the customer's values.
    """

    customer_id: str
    distance: float
    apart: Mapping[str, float]
    values: Mapping[str, Any]

    def alike(self, most: int) -> tuple[str, ...]:
        """The tags that make the two alike, the most alike first, ties in the order in which they are compared."""
        return tuple(sorted((key for key in self.apart if self.apart[key] < 0.5), key=self.apart.__getitem__)[:most])

    def different(self, most: int) -> tuple[str, ...]:
        """The tags in which the two differ most, the most different first."""
        found = sorted((key for key in self.apart if self.apart[key] > 0), key=lambda key: -self.apart[key])
        return tuple(found[:most])


def compared(keys: Sequence[str], tags: Tags, row: Mapping[str, Any]) -> tuple[Tag, ...]:
    """Those of the tags by which the customer of ``row`` can be compared: open ones of a comparable type, known."""
    known = (tags[key] for key in keys if key in tags and row.get(key) is not None)
    return tuple(tag for tag in known if tag.sensitivity == "open" and (tag.type in _NUMBERS or tag.type == "text"))


def similar(
    engine: Engine,
    tables: Mapping[str, ir.Table],
    tags: Sequence[Tag],
    customer_id: str,
    stores: frozenset[str] | None = None,
    most: int = 8,
) -> list[Similar]:
    """The customers who are most like the one of ``customer_id``, the nearest first, ties by ``customer_id``.

    ``tables`` are ``profile`` and ``sale``; ``tags`` come from :func:`compared`. With ``stores`` only customers with an
    order in one of them. None come out where fewer than :data:`LEAST_TAGS` tags can be compared.
    """
    if len(tags) < LEAST_TAGS:
        return []
    rows = tables["profile"].select("customer_id", *(tag.key for tag in tags))
    spread = rows.aggregate(**{_SD + tag.key: _scaled(tag, rows).std(how="pop") for tag in tags if _is_number(tag)})
    own = rows.filter(rows.customer_id == customer_id)
    mine = own.select(**{f"own_{tag.key}": own[tag.key] for tag in tags})
    others = in_stores(rows.filter(rows.customer_id != customer_id), tables["sale"], stores)
    pairs = others.cross_join(mine)
    if len(spread.columns):
        pairs = pairs.cross_join(spread)
    apart = {_APART + tag.key: _apart(tag, pairs) for tag in tags}
    known = pairs.mutate(**apart)
    total = sum((known[name] for name in apart), start=ibis.literal(0.0))
    ranked = known.mutate(**{_DISTANCE: total / float(len(tags))})
    nearest = ranked.order_by([ranked[_DISTANCE], ranked.customer_id]).limit(most)
    return [_found(row, tags) for row in only(engine.arrow(nearest))]


def _is_number(tag: Tag) -> bool:
    return tag.type in _NUMBERS


def _scaled(tag: Tag, rows: ir.Table, prefix: str = "") -> ir.FloatingValue:
    value = rows[prefix + tag.key].cast("float64")
    if tag.type not in _COUNTED:
        return value
    # Of refunds and slips the sign stays.
    return value.sign() * (value.abs() + 1.0).ln()


def _apart(tag: Tag, pairs: ir.Table) -> ir.FloatingValue:
    if not _is_number(tag):
        return ibis.ifelse(pairs[tag.key] == pairs[f"own_{tag.key}"], 0.0, 1.0).fill_null(1.0)
    difference = (_scaled(tag, pairs) - _scaled(tag, pairs, "own_")).abs()
    share = difference / (pairs[_SD + tag.key] * _SPREAD).nullif(0.0)
    return ibis.ifelse(difference == 0.0, 0.0, ibis.least(share.fill_null(1.0), 1.0)).fill_null(1.0)


def _found(row: Mapping[str, Any], tags: Sequence[Tag]) -> Similar:
    return Similar(
        str(row["customer_id"]),
        float(row[_DISTANCE]),
        {tag.key: float(row[_APART + tag.key]) for tag in tags},
        {tag.key: row[tag.key] for tag in tags},
    )
