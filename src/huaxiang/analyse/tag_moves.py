"""What changed in the tags of customers between two refreshes, and since when each value stands.

An engine finds the customers of whom anything changed; what changed is then told from their rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import reduce
from itertools import pairwise
from operator import or_

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.analyse.value_text import FLOATS, spelled
from huaxiang.engine.interface import Engine
from huaxiang.model.tags import Tag

#: Floats that differ by less than this part of themselves are the same sum, added up in another order.
_SAME = 1e-9


def came(now: ir.Table, before: ir.Table, redirect: ir.Table) -> ir.Table:
    """The customers of ``now`` who were not in ``before``: ``customer_id, former_id``.

    ``former_id`` is the customer of ``before`` who is part of that one today; of several the first in order, null for
    none.
    """
    new = now.select("customer_id").anti_join(before, "customer_id")
    gone = redirect.select("old_id", "new_id").semi_join(before, [("old_id", "customer_id")])
    joined = new.left_join(gone, [("customer_id", "new_id")])
    return joined.group_by("customer_id").aggregate(former_id=joined.old_id.min())


def carried(before: ir.Table, formers: ir.Table | None) -> ir.Table:
    """The rows of ``before``, those of former ids under the id of today as well.

    ``formers`` are the rows of :func:`came` with a former id; None says that there are none.
    """
    if formers is None:
        return before
    again = before.inner_join(formers.select("former_id", today="customer_id"), [("customer_id", "former_id")])
    return before.union(again.drop("customer_id", "former_id").rename(customer_id="today").select(before.columns))


def beside(now: ir.Table, before: ir.Table, tags: Iterable[Tag]) -> ir.Table:
    """The customers of both tables of whom any of the tags has another value: ``customer_id``, and of each tag the
    value of now, and the one before under the name that :func:`was` gives. Columns are compared in one pass."""
    wanted = list(tags)
    old = before.select(_was_id="customer_id", **{was(tag.key): before[tag.key] for tag in wanted})
    both = now.select("customer_id", *(tag.key for tag in wanted)).inner_join(old, [("customer_id", "_was_id")])
    differs = [~both[tag.key].identical_to(both[was(tag.key)]) for tag in wanted]
    return both.filter(reduce(or_, differs)).drop("_was_id")


def was(key: str) -> str:
    """What the column with the value before is called."""
    return f"_was_{key}"


def cells(rows: pa.Table, tags: Iterable[Tag]) -> pa.Table:
    """One row per customer and tag of ``rows`` (see :func:`beside`) of which the value is not the same: ``customer_id,
    tag, before, after``, the values as text."""
    return pa.concat_tables([_CELL.empty_table(), *(_cells_of(rows, tag) for tag in tags)])


_CELL = pa.schema([(name, pa.string()) for name in ("customer_id", "tag", "before", "after")])


def _cells_of(rows: pa.Table, tag: Tag) -> pa.Table:
    told = rows.select(["customer_id", was(tag.key), tag.key]).filter(_differs(rows, tag))
    texts = [spelled(told.column(place), tag.type) for place in (1, 2)]
    return pa.table([told.column(0), pa.array([tag.key] * told.num_rows, pa.string()), *texts], schema=_CELL)


def _differs(rows: pa.Table, tag: Tag) -> pa.ChunkedArray:
    before, after = rows.column(was(tag.key)), rows.column(tag.key)
    one_unknown = pc.not_equal(pc.is_null(before), pc.is_null(after))
    if tag.type == "list":
        pairs = zip(before.to_pylist(), after.to_pylist(), strict=True)
        return pa.chunked_array([pa.array([old != new for old, new in pairs], pa.bool_())])
    if tag.type in FLOATS:
        most = pc.max_element_wise(pc.abs(before), pc.abs(after), skip_nulls=False)
        another = pc.greater(pc.abs(pc.subtract(before, after)), pc.multiply(most, _SAME))
    else:
        another = pc.not_equal(before, after)
    return pc.or_(one_unknown, pc.fill_null(another, fill_value=False))


def first_since(now: ir.Table, keys: Iterable[str]) -> ir.Table:
    """Since when values stand before anything was compared: nothing is known of any."""
    return now.select("customer_id", **{key: ibis.null("date") for key in keys})


def stands_since(
    engine: Engine, before: ir.Table, arrived: pa.Table, changed: pa.Table, begins: Mapping[str, bool], as_of: date
) -> ir.Table:
    """One row per customer: the day since which each value stands, null where it did when recording began.

    ``before`` is the same of the refresh before, ``arrived`` the rows of :func:`came`, ``changed`` has ``customer_id``
    and ``tag`` of every change; ``begins`` has every recorded tag and whether its recording begins at this refresh,
    that of ``as_of``. Customers who are gone are still among them.
    """
    known = {key: ibis.null("date") if new else before[key] for key, new in begins.items()}
    old = before.select("customer_id", **known)
    both = [*arrived.column("customer_id").chunks, *changed.column("customer_id").chunks]
    ids = pc.unique(pa.chunked_array(both, pa.string()))
    if not len(ids):
        return old
    formers = dict(zip(*(arrived.column(name).to_pylist() for name in ("customer_id", "former_id")), strict=True))
    asked = pa.array([formers.get(one, one) or one for one in ids.to_pylist()], pa.string())
    told = engine.arrow(old.semi_join(engine.bring("hit_ids", pa.table({"hit": asked})), [("customer_id", "hit")]))
    rows = _turned(told, ids, asked, changed, as_of, begins)
    rows = engine.bring("hit_since", rows)
    return old.anti_join(rows, "customer_id").union(rows)


def _turned(
    told: pa.Table, ids: pa.Array, asked: pa.Array, changed: pa.Table, as_of: date, keys: Iterable[str]
) -> pa.Table:
    """The rows of the customers ``ids``, found in ``told`` under the ids ``asked``: a new one has the day throughout,
    and so has what changed."""
    place = pc.index_in(asked, value_set=told.column("customer_id"))
    is_new = pc.is_null(place).to_numpy(zero_copy_only=False)
    day, changes = pa.scalar(as_of, pa.date32()), _of_each_tag(changed, ids)
    columns = {"customer_id": ids}
    for key in keys:
        hit = is_new.copy()
        hit[changes.get(key, [])] = True
        columns[key] = pc.if_else(pa.array(hit), day, told.column(key).combine_chunks().cast(pa.date32()).take(place))
    return pa.table(columns)


def _of_each_tag(changed: pa.Table, ids: pa.Array) -> dict[str, np.ndarray]:
    """By tag, where in ``ids`` the customers stand of whom it changed."""
    places = pc.index_in(changed.column("customer_id"), value_set=ids).to_numpy()
    tags = changed.column("tag").combine_chunks().dictionary_encode()
    codes = tags.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(len(tags.dictionary) + 1))
    spans = pairwise(ends.tolist())
    return {key: places[order[start:end]] for key, (start, end) in zip(tags.dictionary.to_pylist(), spans, strict=True)}


def begun(keys: Collection[str], before: ir.Table, since: ir.Table, now: ir.Table) -> dict[str, bool]:
    """Every tag of ``keys``, and whether it cannot be compared with ``before``: it was not recorded then, or its values
    were of another type."""
    common = set(before.columns) & set(since.columns)
    return {key: key not in common or _kind(before, key) != _kind(now, key) for key in keys}


def _kind(rows: ir.Table, key: str) -> str:
    return str(rows[key].type().copy(nullable=True))
