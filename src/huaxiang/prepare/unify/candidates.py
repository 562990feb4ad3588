"""Which values are shared, by whom: the engine finds them, Python gets only the accounts that share something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine, only
from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.folding import folded
from huaxiang.prepare.unify.conflicts import ID_CARD
from huaxiang.prepare.unify.crowds import crowds
from huaxiang.prepare.unify.placeholders import is_placeholder
from huaxiang.prepare.unify.records import Account, Crowd, Shared, Use

_VALUE = ("identifier_type", "identifier_value")
_COUNTS = ("account_count", "trusted_count")
_USE = ("account_key", "is_verified", "is_hashed", "is_trusted", "first_day", "last_day")
_TRAITS = ("account_key", "namespace", "person_name", "gender", "birth_date", "first_known_at", "first_import_id")


class Candidates(NamedTuple):
    """The shared values, the accounts that use them, the number of accounts that may carry one value, and what is known
    of values that crowds use."""

    shared: list[Shared]
    accounts: dict[str, Account]
    most_accounts: int
    crowds: dict[tuple[str, str], Crowd]


def candidates(
    engine: Engine,
    accounts: ir.Table,
    meeting: ir.Table,
    rules: IdentityRules,
    persons: Mapping[str, str] | None = None,
) -> Candidates:
    """The values of listed identifier types that two or more accounts use.

    ``meeting`` is :func:`huaxiang.prepare.unify.meeting.meeting_uses`. Of a value that more accounts carry than may,
    only the first accounts by key are given, those with a trusted source before the others. ``persons`` are accounts
    to be given in any case, each with its ``person`` (empty: nobody decided who that is).
    """
    total = engine.arrow(accounts.count()).column(0)[0].as_py()
    most = max(rules.sharing.most_accounts, int(rules.sharing.most_share * total))
    counted = _counted(meeting)
    # Every use of a shared value is read twice: for those who join, and for the crowds.
    every = engine.keep("unify_every_use", _with_count(meeting, counted))
    uses = engine.keep("unify_uses", _first_of_each(every, accounts, most))
    users = engine.keep("unify_users", _users(engine, accounts, uses, persons or {}))
    rows = engine.arrow(uses.order_by(*_VALUE, "account_key"))
    found = crowds(engine, every, counted, accounts, rules)
    return Candidates(_shared(rows), _accounts(engine, users, rules, persons or {}), most, found)


def _users(engine: Engine, accounts: ir.Table, uses: ir.Table, persons: Mapping[str, str]) -> ir.Table:
    keys = uses.select("account_key").distinct()
    if persons:
        brought = engine.bring("unify_named", pa.table({"account_key": pa.array(sorted(persons), pa.string())}))
        keys = keys.union(brought, distinct=True)
    return accounts.semi_join(keys, "account_key").select(*_TRAITS)


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
    # Where no row dates the use itself, the account was there from its first to its last day.
    days = accounts.select("first_seen_at", "last_seen_at", seen_key="account_key")
    joined = first.left_join(days, first.account_key == days.seen_key)
    return joined.mutate(
        first_day=joined.told_first.coalesce(joined.first_seen_at).date(),
        last_day=joined.told_last.coalesce(joined.last_seen_at).date(),
    ).drop("told_first", "told_last", "first_seen_at", "last_seen_at", "seen_key")


def _shared(rows: pa.Table) -> list[Shared]:
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


def _accounts(engine: Engine, users: ir.Table, rules: IdentityRules, persons: Mapping[str, str]) -> dict[str, Account]:
    exclusive = _exclusive(engine, users, rules)
    rows = engine.arrow(users)
    columns = zip(*(rows.column(name).to_pylist() for name in _TRAITS), strict=True)
    return {
        key: Account(
            *(key, namespace, name, gender, born, (known_at.isoformat(), import_id, key)),
            exclusive=frozenset(exclusive[key]) if key in exclusive else frozenset(),
            person=persons.get(key, ""),
        )
        for key, namespace, name, gender, born, known_at, import_id in columns
    }


def _exclusive(engine: Engine, users: ir.Table, rules: IdentityRules) -> dict[str, set[tuple[str, str]]]:
    """By account the identity cards and numbers of which a person has one; the number in its own key left out."""
    kinds = sorted({ID_CARD, *rules.one_per_customer})
    rows = engine.table("identifier").filter(lambda t: t.identifier_type.isin(kinds))
    owned = rows.inner_join(users.select("account_key", "namespace"), "account_key")
    others = owned.filter(owned.identifier_type != owned.namespace).select("account_key", *_VALUE).distinct()
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in only(engine.arrow(others)):
        key, kind, value = (str(row[name]) for name in ("account_key", *_VALUE))
        if not is_placeholder(kind, value, rules):
            found[key].add((kind, folded(value)))
    return found


def id_cards(engine: Engine, account_keys: Iterable[str], rules: IdentityRules) -> set[str]:
    """The valid identity card numbers of some accounts, in comparable form."""
    rows = engine.table("identifier")
    mine = rows.filter((rows.identifier_type == ID_CARD) & rows.account_key.isin(sorted(account_keys)))
    values = engine.arrow(mine.select("identifier_value").distinct()).column(0).to_pylist()
    return {folded(value) for value in values if not is_placeholder(ID_CARD, value, rules)}
