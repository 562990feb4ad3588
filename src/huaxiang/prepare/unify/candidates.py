"""Which values are shared, by whom: the engine finds them, Python gets only the accounts that share something."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.records import Account, Shared, Use

_VALUE = ("identifier_type", "identifier_value")
_TRAITS = ("account_key", "namespace", "person_name", "gender", "birth_date", "first_known_at", "first_import_id")


class Candidates(NamedTuple):
    """The shared values, the accounts that use them, and the number of accounts that may carry one value."""

    shared: list[Shared]
    accounts: dict[str, Account]
    most_accounts: int


def candidates(engine: Engine, accounts: ir.Table, rules: IdentityRules) -> Candidates:
    """The values of listed identifier types that two or more accounts use.

    Of a value that more accounts carry than may, only the first accounts by key are given.
    """
    total = engine.arrow(accounts.count()).column(0)[0].as_py()
    most = max(rules.sharing.most_accounts, int(rules.sharing.most_share * total))
    uses = engine.keep("unify_uses", _uses_of_shared(engine, rules, most))
    users = accounts.semi_join(uses, "account_key").select(*_TRAITS)
    rows = engine.arrow(uses.order_by(*_VALUE, "account_key"))
    return Candidates(_shared(rows), _accounts(engine.arrow(users)), most)


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


def _accounts(rows: pa.Table) -> dict[str, Account]:
    columns = zip(*(rows.column(name).to_pylist() for name in _TRAITS), strict=True)
    return {
        key: Account(key, namespace, name, gender, birth_date, (known_at.isoformat(), import_id, key))
        for key, namespace, name, gender, birth_date, known_at, import_id in columns
    }
