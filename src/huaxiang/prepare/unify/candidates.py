"""Which values are shared, by whom: the engine finds them, Python gets only the accounts that share something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine, only
from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.folding import folded
from huaxiang.prepare.unify.judge import ID_CARD
from huaxiang.prepare.unify.placeholders import is_placeholder
from huaxiang.prepare.unify.records import Account, Shared, Use

_VALUE = ("identifier_type", "identifier_value")
_TRAITS = ("account_key", "namespace", "person_name", "gender", "birth_date", "first_known_at", "first_import_id")


class Candidates(NamedTuple):
    """The shared values, the accounts that use them, and the number of accounts that may carry one value."""

    shared: list[Shared]
    accounts: dict[str, Account]
    most_accounts: int


def candidates(
    engine: Engine, accounts: ir.Table, rules: IdentityRules, persons: Mapping[str, str] | None = None
) -> Candidates:
    """The values of listed identifier types that two or more accounts use.

    Of a value that more accounts carry than may, only the first accounts by key are given. ``persons`` are accounts to
    be given in any case, each with its ``person`` (empty: nobody decided who that is).
    """
    total = engine.arrow(accounts.count()).column(0)[0].as_py()
    most = max(rules.sharing.most_accounts, int(rules.sharing.most_share * total))
    uses = engine.keep("unify_uses", _uses_of_shared(engine, rules, most))
    users = engine.keep("unify_users", _users(engine, accounts, uses, persons or {}))
    rows = engine.arrow(uses.order_by(*_VALUE, "account_key"))
    return Candidates(_shared(rows), _accounts(engine, users, rules, persons or {}), most)


def _users(engine: Engine, accounts: ir.Table, uses: ir.Table, persons: Mapping[str, str]) -> ir.Table:
    keys = uses.select("account_key").distinct()
    if persons:
        brought = engine.bring("unify_named", pa.table({"account_key": pa.array(sorted(persons), pa.string())}))
        keys = keys.union(brought, distinct=True)
    return accounts.semi_join(keys, "account_key").select(*_TRAITS)


def _uses_of_shared(engine: Engine, rules: IdentityRules, most: int) -> ir.Table:
    rows = engine.table("identifier")
    listed = rows.filter(rows.identifier_type.isin(sorted(rules.identifiers)))
    uses = listed.group_by("account_key", *_VALUE).agg(is_verified=listed.is_verified.any())
    values = uses.group_by(kind=uses.identifier_type, shared_value=uses.identifier_value).agg(
        account_count=uses.count()
    )
    shared = values.filter(values.account_count > 1)
    same = [uses.identifier_type == shared.kind, uses.identifier_value == shared.shared_value]
    found = uses.inner_join(shared, same).drop("kind", "shared_value")
    place = ibis.row_number().over(group_by=[found[name] for name in _VALUE], order_by=found.account_key)
    placed = found.mutate(place=place)
    return placed.filter(placed.place <= most).drop("place")


def _shared(rows: pa.Table) -> list[Shared]:
    names = (*_VALUE, "account_key", "is_verified", "account_count")
    columns = zip(*(rows.column(name).to_pylist() for name in names), strict=True)
    found = []
    for (kind, value), uses in groupby(columns, key=lambda row: row[:2]):
        of_value = list(uses)
        found.append(Shared(kind, value, of_value[0][4], tuple(Use(row[2], row[3]) for row in of_value)))
    return found


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
