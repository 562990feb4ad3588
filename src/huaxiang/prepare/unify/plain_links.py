"""Links and founders of accounts that need no judging: those that judging would give."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.arrays import Bools, Ints
from huaxiang.prepare.unify.records import COUPON, LINK_TYPES
from huaxiang.prepare.unify.webs import Told, Webs, anonymous


def ages(told: Told) -> Ints:
    """By account its place in the order in which accounts were first known."""
    order = [(name, "ascending") for name in ("first_known_at", "first_import_id", "account_key")]
    place = np.empty(told.traits.num_rows, np.int64)
    place[np.asarray(pc.sort_indices(told.traits, sort_keys=order))] = np.arange(len(place))
    return place


def plain_links(told: Told, found: Webs, is_plain: Bools, rules: IdentityRules) -> pa.Table:
    """From the account that vouches for a value, the longest known verified one, to all others; and from the eldest
    account on a device to the one without a login. In the shape of :class:`Link`, in no order."""
    age = ages(told)
    is_device_account = anonymous(told, rules)
    use = np.flatnonzero(is_plain[found.web[found.account]])
    bringing, stranger = found.brings[found.value[use]], is_device_account[found.account[use]]
    brought = bringing & stranger
    # Where a device brings nobody, its uses join nobody.
    brings_somebody = np.bincount(found.value[use[brought]], minlength=len(found.first)) > 0
    used = use[~bringing | (bringing & ~stranger & brings_somebody[found.value[use]])]
    verified = np.asarray(told.uses.column("is_verified").to_numpy(zero_copy_only=False), np.bool_)
    counts = verified & ~found.brings[found.value]
    order = used[np.lexsort((age[found.account[used]], ~counts[used], found.value[used]))]
    starts = np.flatnonzero(np.diff(found.value[order], prepend=-1))
    centre = np.empty(len(found.first), np.int64)
    centre[found.value[order[starts]]] = order[starts]
    other = np.concatenate([_but(order, starts)[~found.brings[found.value[_but(order, starts)]]], use[brought]])
    return _links(told, found, centre[found.value[other]], other, verified)


def plain_founders(told: Told, found: Webs, is_plain: Bools, rules: IdentityRules) -> pa.Table:
    """Every account that is not alone with the founder of its customer: ``account_key, founder``."""
    keys = told.traits.column("account_key")
    of_device = anonymous(told, rules)
    size = np.bincount(found.web)
    mine = np.flatnonzero(is_plain[found.web] & (size[found.web] > 1))
    order = mine[np.lexsort((ages(told)[mine], of_device[mine], found.web[mine]))]
    founder = np.empty(len(size), np.int64)
    starts = np.flatnonzero(np.diff(found.web[order], prepend=-1))
    founder[found.web[order[starts]]] = order[starts]
    columns = [keys.take(pa.array(mine)), keys.take(pa.array(founder[found.web[mine]]))]
    return pa.table(columns, ["account_key", "founder"])


def _but(order: Ints, starts: Ints) -> Ints:
    return np.delete(order, starts)


def _links(told: Told, found: Webs, one: Ints, other: Ints, verified: Bools) -> pa.Table:
    keys, at = told.traits.column("account_key"), pa.array(other)
    kinds = told.uses.column("identifier_type").take(at)
    device = found.brings[found.value[other]]
    by_coupon = pc.if_else(pc.equal(kinds, COUPON), "coupon_used", "shared_value")
    columns = [
        keys.take(pa.array(found.account[one])),
        keys.take(pa.array(found.account[other])),
        kinds,
        told.uses.column("identifier_value").take(at),
        pc.if_else(pa.array(device), "only_user_of_device", by_coupon),
        pa.array(verified[one] & verified[other] & ~device),
        pa.repeat("", len(other)),
    ]
    schema = pa.schema(LINK_TYPES.items())
    return pa.table([_as(column, field.type) for column, field in zip(columns, schema, strict=True)], schema)


def _as(column: pa.Array | pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    return pa.chunked_array([column]).cast(kind) if isinstance(column, pa.Array) else column.cast(kind)
