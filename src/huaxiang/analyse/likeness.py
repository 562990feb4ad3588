"""By what customers are alike, of all of them and held in memory: looking at everybody is quick, reading is not.

About a hundred bytes a customer for the tags of ``definitions/portrait/one_customer.yaml``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.analyse.customers import in_stores
from huaxiang.engine.interface import Engine
from huaxiang.model.tags import Tag, Tags

#: Places of customers in the order of their ids.
Places = npt.NDArray[np.int64]
Apart = npt.NDArray[np.float64]
_SPREAD = 4.0
_COUNTED = frozenset({"money", "int", "quantity"})
_NUMBERS = _COUNTED | {"number", "share"}
_UNKNOWN = -1


@dataclass(frozen=True)
class Numbers:
    """One tag that is a number: what each customer has, amounts and counts as logarithms, NaN for unknown; ``spread``
    is four standard deviations of those known."""

    values: Apart
    spread: float

    def apart(self, mine: int, others: slice | Places) -> Apart:
        """How far others are from the customer at that place, each from 0 to 1; 1 for those of whom it is unknown."""
        found: Apart = np.abs(self.values[others] - self.values[mine])
        if not self.spread:
            return np.where(found == 0.0, 0.0, 1.0)
        found /= self.spread
        return np.fmin(found, 1.0, out=found)


@dataclass(frozen=True)
class Texts:
    """One tag that is a text: a number for each text that occurs, -1 for unknown."""

    codes: npt.NDArray[np.int16] | npt.NDArray[np.int32]

    def apart(self, mine: int, others: slice | Places) -> Apart:
        """0 for those who have the same as the customer at that place, else 1."""
        found: Apart = (self.codes[others] != self.codes[mine]).astype(np.float64)
        return found


@dataclass(frozen=True)
class Likeness:
    """All customers, sorted by id, with the tags by which they are compared."""

    customer_ids: pa.StringArray
    tags: Mapping[str, Numbers | Texts]

    def place(self, customer_id: str) -> int | None:
        """Where that customer stands; None for nobody."""
        found = bisect_left(range(len(self.customer_ids)), customer_id, key=self.customer_id)
        return found if found < len(self.customer_ids) and self.customer_id(found) == customer_id else None

    def customer_id(self, place: int) -> str:
        """Who stands at that place."""
        return str(self.customer_ids[int(place)].as_py())

    def places(self, customer_ids: pa.Array) -> Places:
        """Where these customers stand, in order; those who are unknown are left out."""
        found = pc.index_in(customer_ids, value_set=self.customer_ids).drop_null()
        return np.sort(found.to_numpy()).astype(np.int64)


def comparable(keys: Sequence[str], tags: Tags) -> tuple[Tag, ...]:
    """Those of the tags by which customers can be compared: open ones that are numbers or texts."""
    known = (tags[key] for key in keys if key in tags)
    return tuple(tag for tag in known if tag.sensitivity == "open" and (is_number(tag) or tag.type == "text"))


def is_number(tag: Tag) -> bool:
    """Whether two values of the tag have a difference."""
    return tag.type in _NUMBERS


def likeness(engine: Engine, profile: ir.Table, tags: Sequence[Tag]) -> Likeness:
    """Everybody of the profile, with these tags; they come from :func:`comparable`."""
    told = {tag.key: _scaled(tag, profile) if is_number(tag) else profile[tag.key] for tag in tags}
    rows = engine.arrow(profile.select("customer_id", **told).order_by("customer_id"))
    ids = rows.column("customer_id").combine_chunks().cast(pa.string())
    return Likeness(ids, {tag.key: _read(tag, rows.column(tag.key).combine_chunks()) for tag in tags})


def seen_in(engine: Engine, everyone: Likeness, sale: ir.Table, stores: frozenset[str]) -> Places:
    """Where those stand who have an order in one of the stores."""
    found = engine.arrow(in_stores(sale.select("customer_id").distinct(), sale, stores))
    return everyone.places(found.column("customer_id").combine_chunks().cast(pa.string()))


def _scaled(tag: Tag, rows: ir.Table) -> ir.FloatingValue:
    value = rows[tag.key].cast("float64")
    if tag.type not in _COUNTED:
        return value
    # Of refunds and slips the sign stays.
    return value.sign() * (value.abs() + 1.0).ln()


def _read(tag: Tag, column: pa.Array) -> Numbers | Texts:
    if is_number(tag):
        known = column.drop_null().to_numpy()
        values = column.fill_null(float("nan")).to_numpy(zero_copy_only=False)
        return Numbers(values, _SPREAD * float(known.std()) if len(known) else 0.0)
    codes = column.dictionary_encode()
    small = np.int16 if len(codes.dictionary) < np.iinfo(np.int16).max else np.int32
    return Texts(codes.indices.fill_null(_UNKNOWN).to_numpy(zero_copy_only=False).astype(small))
