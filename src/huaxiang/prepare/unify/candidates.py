"""Which values are shared, by whom: the engine finds them, and Python makes objects only of what has to be judged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.crowds import crowds
from huaxiang.prepare.unify.records import Crowd, Shared, Use
from huaxiang.prepare.unify.traits import exclusive_numbers, with_traits
from huaxiang.prepare.unify.webs import Told

_VALUE = ("identifier_type", "identifier_value")
_COUNTS = ("account_count", "trusted_count")
_USE = ("account_key", "is_verified", "is_hashed", "is_trusted", "first_day", "last_day")


class Candidates(NamedTuple):
    """What the engine found of shared values and the accounts that use them, the number of accounts that may carry one
    value, and what is known of values that crowds use."""

    told: Told
    most_accounts: int
    crowds: dict[tuple[str, str], Crowd]


def candidates(
    engine: Engine,
    accounts: ir.Table,
    meeting: ir.Table,
    rules: IdentityRules,
    named: Iterable[str] = (),
) -> Candidates:
    """The values of listed identifier types that two or more accounts use.

    ``meeting`` is :func:`huaxiang.prepare.unify.meeting.meeting_uses`. Of a value that more accounts carry than may,
    only the first accounts by key are given, those with a trusted source before the others. The accounts ``named`` are
    given in any case.
    """
    total = engine.arrow(accounts.count()).column(0)[0].as_py()
    most = max(rules.sharing.most_accounts, int(rules.sharing.most_share * total))
    counted = _counted(meeting)
    # Every use of a shared value is read twice: for those who join, and for the crowds.
    every = engine.keep("unify_every_use", _with_count(meeting, counted))
    uses = engine.keep("unify_uses", _first_of_each(every, accounts, most))
    users = engine.keep("unify_users", _users(engine, accounts, uses, rules, named))
    rows = engine.arrow(uses.select(*_VALUE, *_COUNTS, *_USE).order_by(*_VALUE, "account_key"))
    told = Told(rows, engine.arrow(users), exclusive_numbers(engine, users, rules))
    return Candidates(told, most, crowds(engine, every, counted, accounts, rules))


def _users(engine: Engine, accounts: ir.Table, uses: ir.Table, rules: IdentityRules, named: Iterable[str]) -> ir.Table:
    keys = uses.select("account_key").distinct()
    if more := sorted(set(named)):
        brought = engine.bring("unify_named", pa.table({"account_key": pa.array(more, pa.string())}))
        keys = keys.union(brought, distinct=True)
    return with_traits(engine, accounts.semi_join(keys, "account_key"), rules)


def _counted(meeting: ir.Table) -> ir.Table:
    return meeting.group_by(*_VALUE).agg(
        account_count=meeting.count(), trusted_count=meeting.is_trusted.cast("int64").sum()
    )


def _with_count(meeting: ir.Table, counted: ir.Table) -> ir.Table:
    shared = counted.filter(counted.account_count > 1).rename(kind="identifier_type", shared_value="identifier_value")
    same = [meeting.identifier_type == shared.kind, meeting.identifier_value == shared.shared_value]
    return meeting.inner_join(shared, same).drop("kind", "shared_value")


def _first_of_each(every: ir.Table, accounts: ir.Table, most: int) -> ir.Table:
    order = [every.is_trusted.desc(), every.account_key]
    place = ibis.row_number().over(group_by=[every[name] for name in _VALUE], order_by=order)
    placed = every.mutate(place=place)
    first = placed.filter(placed.place <= most).drop("place")
    # Where no row says since or until when it was used, the account was there from its first or to its last day.
    days = accounts.select("first_seen_at", "last_seen_at", seen_key="account_key")
    joined = first.left_join(days, first.account_key == days.seen_key)
    first, last = joined.told_first.coalesce(joined.first_seen_at), joined.told_last.coalesce(joined.last_seen_at)
    # Of two times told the wrong way round both are known all the same.
    return joined.mutate(first_day=ibis.least(first, last).date(), last_day=ibis.greatest(first, last).date()).drop(
        "told_first", "told_last", "first_seen_at", "last_seen_at", "seen_key"
    )


def shared_values(rows: pa.Table) -> list[Shared]:
    """The uses of a table such as :class:`Told` has as values, each with all its uses."""
    columns = zip(*(rows.column(name).to_pylist() for name in (*_VALUE, *_COUNTS, *_USE)), strict=True)
    found = []
    for (kind, value), uses in groupby(columns, key=lambda row: row[:2]):
        of_value = list(uses)
        accounts, trusted = of_value[0][2:4]
        found.append(Shared(kind, value, accounts, tuple(_use(*row[4:]) for row in of_value), trusted))
    return found


def _use(
    account: str, is_verified: bool, is_hashed: bool, is_trusted: bool, first_day: date | None, last_day: date | None
) -> Use:
    seen = (first_day, last_day) if first_day and last_day else None
    return Use(account, is_verified, is_hashed, is_trusted, seen)
