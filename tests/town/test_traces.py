"""Which accounts of a person anything connects: the same as a plain walk over the clean rows, one row at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from huaxiang.town.block import Block, block_of
from huaxiang.town.calendar import Calendar
from huaxiang.town.catalogue import open_catalogue
from huaxiang.town.columns import Rows
from huaxiang.town.names import phones
from huaxiang.town.world import World

_SEED, _COUNT = 5, 900
Node = tuple[str, str]


@pytest.fixture(scope="module")
def block() -> Block:
    """Nine hundred people over 150 days, still clean."""
    world = World(Calendar(date(2026, 6, 30), 150), open_catalogue(_SEED, _COUNT), _SEED)
    return block_of(0, np.arange(_COUNT), world)


def dicts(rows: Rows) -> Iterator[dict[str, str]]:
    """Yield rows with empty text for empty cells."""
    names = list(rows)
    for cells in zip(*(rows[name].to_pylist() for name in names), strict=True):
        yield {name: cell or "" for name, cell in zip(names, cells, strict=True)}


def left_by(block: Block) -> Iterator[tuple[Node, Node]]:
    """Yield every account of a register with each value that it left of its own."""
    friends = set(phones(_SEED, 2, np.arange(_COUNT)).to_pylist())
    for row in dicts(block.raw["会员资料"]):
        card = ("会员资料", row["会员号"])
        who = [(row["姓名"], row["地址"]), (row["姓名"], row["生日"]), (row["生日"], row["地址"])]
        yield from ((card, ("who", "|".join(pair))) for pair in who if all(pair))
        for column, kind in (("手机号", "phone"), ("邮箱", "mail"), ("微信openid", "openid")):
            yield card, (kind, row[column])
    for row in dicts(block.raw["商城账号"]):
        yield ("商城账号", row["买家账号"]), ("phone", row["绑定手机号"])
        yield ("商城账号", row["买家账号"]), ("openid", row["openid"])
    for row in dicts(block.raw["商城订单"]):
        if row["手机号"] not in friends:
            yield ("商城账号", row["买家账号"]), ("phone", row["手机号"])
        yield ("商城账号", row["买家账号"]), ("coupon", row["优惠券号"])
    for table, source, account, kind, value in (
        ("优惠券发放", "会员资料", "会员号", "coupon", "券号"),
        ("门店销售", "会员资料", "会员号", "phone", "手机号"),
        ("网站与App行为", "商城账号", "买家账号", "device", "设备ID"),
    ):
        for row in dicts(block.raw[table]):
            yield (source, row[account]), (kind, row[value])


def neighbours(block: Block) -> dict[Node, set[Node]]:
    """Return for every account those of the same person that left one of its values."""
    owner = {(row["source"], row["account_id"]): row["person_id"] for row in dicts(block.truth["accounts"])}
    users = defaultdict(set)
    for account, value in [*left_by(block), *((account, account) for account in owner)]:
        if account[1] and value[1]:
            users[owner[account], value].add(account)
    beside: dict[Node, set[Node]] = {account: set() for account in owner}
    for several in users.values():
        for one, other in pairwise(sorted(several)):
            beside[one].add(other)
            beside[other].add(one)
    return beside


def groups(block: Block) -> set[frozenset[Node]]:
    """Return the accounts of each person that hang together, by walking from one to the next."""
    beside, found, seen = neighbours(block), set[frozenset[Node]](), set[Node]()
    for start in beside:
        reached, ahead = set[Node](), [start]
        while ahead:
            if (one := ahead.pop()) not in seen:
                seen.add(one)
                reached.add(one)
                ahead += beside[one]
        found |= {frozenset(reached)} - {frozenset()}
    return found


def test_linkable_accounts_are_those_that_a_plain_walk_reaches(block: Block) -> None:
    told = defaultdict(set)
    for row in dicts(block.truth["accounts"]):
        told[row["linkable"]].add((row["source"], row["account_id"]))
    assert {frozenset(accounts) for accounts in told.values()} == groups(block)
    assert 1 < sum(len(accounts) > 1 for accounts in told.values()) < len(told)


def test_a_linkable_group_is_of_one_person(block: Block) -> None:
    owners = defaultdict(set)
    for row in dicts(block.truth["accounts"]):
        owners[row["linkable"]].add(row["person_id"])
    assert all(len(people) == 1 for people in owners.values())
    assert len(owners) > len({person for people in owners.values() for person in people})
