"""What accounts that share something say of themselves: in the engine, and as records of those that are judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from huaxiang.engine.interface import Engine, only
from huaxiang.model.folding import folded
from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.conflicts import ID_CARD
from huaxiang.prepare.unify.placeholders import is_placeholder
from huaxiang.prepare.unify.records import Account
from huaxiang.prepare.unify.webs import Told, carried

_VALUE = ("identifier_type", "identifier_value")
_TRAITS = ("account_key", "namespace", "person_name", "gender", "birth_date", "first_known_at", "first_import_id")


def with_traits(engine: Engine, accounts: ir.Table, rules: IdentityRules) -> ir.Table:
    """The accounts with what they are judged by, a row each as :class:`Told` has them."""
    return _with_address(engine, _with_carried(engine, accounts.select(*_TRAITS), rules), rules)


def _with_address(engine: Engine, users: ir.Table, rules: IdentityRules) -> ir.Table:
    """``users`` with ``address``: city and address of accounts of which a person has one, null where they told several
    or too little to be one home."""
    told = engine.table("person_record").filter(lambda t: t.address.length() >= rules.households.least_address_length)
    home = told.mutate(home=(told.city.fill_null("") + " " + told.address).lower())
    one = home.group_by(housed="account_key").agg(address=home.home.min(), last=home.home.max())
    joined = users.left_join(one, users.account_key == one.housed)
    counts = joined.namespace.isin(sorted(rules.one_per_customer)) & (joined.address == joined.last)
    return joined.mutate(address=ibis.ifelse(counts, joined.address, ibis.null("string"))).drop("housed", "last")


def _with_carried(engine: Engine, users: ir.Table, rules: IdentityRules) -> ir.Table:
    """``users`` with ``carried_<type>``: how many values of each type that people carry along an account shows."""
    rows = engine.table("identifier").filter(lambda t: t.identifier_type.isin(sorted(rules.carried)))
    shown = rows.select("account_key", *_VALUE).distinct()
    counted = shown.group_by(carrier="account_key").agg(
        **{carried(kind): (shown.identifier_type == kind).cast("int64").sum() for kind in sorted(rules.carried)}
    )
    joined = users.left_join(counted, users.account_key == counted.carrier).drop("carrier")
    return joined.mutate(**{name: joined[name].fill_null(0) for name in map(carried, sorted(rules.carried))})


def account_records(told: Told, rules: IdentityRules, persons: Mapping[str, str]) -> dict[str, Account]:
    """The accounts by their key. ``persons`` are accounts with who they were decided to be (empty: nobody decided)."""
    numbers: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in only(told.exclusive):
        key, kind, value = (str(row[name]) for name in ("account_key", *_VALUE))
        numbers[key].add((kind, value))
    columns = zip(*(told.traits.column(name).to_pylist() for name in _TRAITS), strict=True)
    more = zip(_carries(told, rules), told.traits.column("address").to_pylist(), strict=True)
    return {
        key: Account(
            *(key, namespace, name, gender, born, (known_at.isoformat(), import_id, key)),
            exclusive=frozenset(numbers.get(key, ())),
            person=persons.get(key, ""),
            carries=carries,
            address=address,
        )
        for (key, namespace, name, gender, born, known_at, import_id), (carries, address) in zip(
            columns, more, strict=True
        )
    }


def _carries(told: Told, rules: IdentityRules) -> list[frozenset[str]]:
    found = [set[str]() for _ in range(told.traits.num_rows)]
    for kind in rules.carried:
        for at in np.flatnonzero(told.traits.column(carried(kind)).to_numpy()):
            found[at].add(kind)
    return [frozenset(kinds) for kinds in found]


def exclusive_numbers(engine: Engine, users: ir.Table, rules: IdentityRules) -> pa.Table:
    """By account the identity cards and numbers of which a person has one, in comparable form; the number in its own
    key and placeholders left out."""
    kinds = sorted({ID_CARD, *rules.one_per_customer})
    rows = engine.table("identifier").filter(lambda t: t.identifier_type.isin(kinds))
    owned = rows.inner_join(users.select("account_key", "namespace"), "account_key")
    others = owned.filter(owned.identifier_type != owned.namespace).select("account_key", *_VALUE).distinct()
    found = [
        (row["account_key"], row["identifier_type"], folded(str(row["identifier_value"])))
        for row in only(engine.arrow(others))
        if not is_placeholder(str(row["identifier_type"]), str(row["identifier_value"]), rules)
    ]
    columns = list(zip(*found, strict=True)) or [()] * 3
    return pa.table([pa.array(column, pa.string()) for column in columns], ["account_key", *_VALUE])


def id_cards(engine: Engine, account_keys: Iterable[str], rules: IdentityRules) -> set[str]:
    """The valid identity card numbers of some accounts, in comparable form."""
    rows = engine.table("identifier")
    mine = rows.filter((rows.identifier_type == ID_CARD) & rows.account_key.isin(sorted(account_keys)))
    values = engine.arrow(mine.select("identifier_value").distinct()).column(0).to_pylist()
    return {folded(value) for value in values if not is_placeholder(ID_CARD, value, rules)}
