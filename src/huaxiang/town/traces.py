"""What each account left in the files: values of its own person by which somebody could tell whose account it is.

Values are those of the world before dirt. What people left of others, such as the phone that a present was sent to, is
no trace of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from huaxiang.town.columns import Column, Ints, Rows, joined, where, whole
from huaxiang.town.names import phones
from huaxiang.town.people import People


class _Traces(NamedTuple):
    """Accounts beside values that they left, in parallel: both as texts that name their kind; empty cells say nothing.

    A value may be an account itself: the openid on a card is the account of that openid.
    """

    account: Column
    value: Column


def linkable(people: People, accounts: Rows, raw: dict[str, Rows], seed: int) -> Column:
    """For every row of ``accounts`` (``source, account_id, person_id``) the group of its person's accounts that hang
    together by values which they left, directly or through others. Accounts of two groups share nothing."""
    nodes = joined(accounts["source"], ":", accounts["account_id"])
    person = pc.index_in(accounts["person_id"], people.person_id).to_numpy()
    left = pa.concat_arrays([one.account for one in _left(people, raw, seed)])
    value = pa.concat_arrays([one.value for one in _left(people, raw, seed)])
    told = pc.and_(pc.is_valid(value), pc.is_in(left, nodes))
    left, value = left.filter(told), value.filter(told)
    place = pc.index_in(left, nodes).to_numpy()
    return joined(accounts["person_id"], "/", whole(_numbers(_together(nodes, place, value, person), person)))


def _together(nodes: Column, place: Ints, value: Column, person: Ints) -> Ints:
    """The component of each node; a value joins accounts of one person only, whoever else has it."""
    owned = joined(whole(person[place]), "|", value)
    itself = joined(whole(person), "|", nodes)
    known = pc.unique(pa.concat_arrays([owned, itself]))
    ends = np.concatenate([pc.index_in(owned, known).to_numpy(), pc.index_in(itself, known).to_numpy()])
    starts = np.concatenate([place, np.arange(len(nodes))])
    size = len(nodes) + len(known)
    edges = coo_array((np.ones(len(starts), np.int8), (starts, len(nodes) + ends)), shape=(size, size))
    return np.asarray(connected_components(edges, directed=False)[1][: len(nodes)], np.int64)


def _numbers(component: Ints, person: Ints) -> Ints:
    """The components of each person numbered from 1, in the order of their first account."""
    _, first, group = np.unique(component, return_index=True, return_inverse=True)
    order = np.lexsort((first, person[first]))
    owner = person[first][order]
    start = np.flatnonzero(np.diff(owner, prepend=-1))
    number = np.empty(len(first), np.int64)
    number[order] = np.arange(len(first)) - np.repeat(start, np.diff([*start, len(first)])) + 1
    return np.asarray(number[group], np.int64)


def _left(people: People, raw: dict[str, Rows], seed: int) -> list[_Traces]:
    return [
        *_of_cards(raw["会员资料"]),
        *_of_logins(raw["商城账号"]),
        *_of_orders(people, raw["商城订单"], seed),
        _Traces(joined("会员资料:", raw["优惠券发放"]["会员号"]), _typed("coupon", raw["优惠券发放"]["券号"])),
        _Traces(joined("会员资料:", raw["门店销售"]["会员号"]), _typed("phone", raw["门店销售"]["手机号"])),
        _Traces(
            joined("商城账号:", raw["网站与App行为"]["买家账号"]), _typed("device", raw["网站与App行为"]["设备ID"])
        ),
    ]


def _of_cards(rows: Rows) -> Iterable[_Traces]:
    """The second card names its owner as 王女士, so that birthday and address together tell who it is."""
    card = joined("会员资料:", rows["会员号"])
    named = [_both(rows[one], rows[other]) for one, other in (("姓名", "地址"), ("姓名", "生日"), ("生日", "地址"))]
    for kind, value in (("phone", rows["手机号"]), ("mail", rows["邮箱"]), ("openid", rows["微信openid"])):
        yield _Traces(card, _typed(kind, value))
    for value in named:
        yield _Traces(card, _typed("who", value))


def _of_logins(rows: Rows) -> Iterable[_Traces]:
    login = joined("商城账号:", rows["买家账号"])
    yield _Traces(login, _typed("phone", rows["绑定手机号"]))
    yield _Traces(login, _typed("openid", rows["openid"]))


def _of_orders(people: People, rows: Rows, seed: int) -> Iterable[_Traces]:
    login = joined("商城账号:", rows["买家账号"])
    friends = phones(seed, 2, people.index)
    own = where(np.asarray(pc.is_in(rows["手机号"], friends)), None, rows["手机号"])
    yield _Traces(login, _typed("phone", own))
    yield _Traces(login, _typed("coupon", rows["优惠券号"]))


def _typed(kind: str, value: Column) -> Column:
    said = np.asarray(pc.greater(pc.binary_length(value), 0).fill_null(False))
    return where(said, joined(kind, ":", value), None)


def _both(one: Column, other: Column) -> Column:
    said = pc.and_(pc.greater(pc.binary_length(one), 0), pc.greater(pc.binary_length(other), 0)).fill_null(False)
    return where(np.asarray(said), joined(one, "|", other), None)
