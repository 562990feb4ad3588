"""What can be told of values that crowds use: placeholders that nobody listed, and values that an operator types."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, only
from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.current import current
from huaxiang.prepare.unify.records import Crowd

_VALUE = ("identifier_type", "identifier_value")


def crowds(
    engine: Engine, uses: ir.Table, counted: ir.Table, accounts: ir.Table, rules: IdentityRules
) -> dict[tuple[str, str], Crowd]:
    """By type and value why so many use it, for values that more names use than may share one.

    ``uses`` has a row per account and value, ``counted`` a row per value with its ``account_count``. A value that one
    operator or, where no operator is told, one store wrote for nearly all of its accounts is theirs; one that nearly
    every account uses under a name of its own is a placeholder. Others are left out: nothing more can be said.
    """
    many = counted.filter(counted.account_count > rules.sharing.most_people)
    named = engine.keep("unify_crowds", _named(uses, many, accounts).filter(_several_names(rules)))
    if not only(engine.arrow(named.limit(1))):
        return {}
    operated = {_value(row): int(str(row["by_one"])) for row in only(engine.arrow(_by_operator(engine, uses, named)))}
    usual = {str(row["identifier_type"]): float(str(row["usual"])) for row in only(engine.arrow(_usual(counted)))}
    found: dict[tuple[str, str], Crowd] = {}
    for row in only(engine.arrow(named)):
        key, accounts_count, names = _value(row), int(str(row["account_count"])), int(str(row["name_count"]))
        if operated.get(key, 0) >= rules.learned.least_of_one_operator * accounts_count:
            found[key] = Crowd("operator_phone", str(names))
        elif accounts_count > rules.learned.times_usual * usual[key[0]] and _nobodys(row, names, rules):
            found[key] = Crowd("learned_placeholder", str(names))
    return found


def _several_names(rules: IdentityRules) -> ibis.Deferred:
    return ibis._.name_count > rules.sharing.most_people


def _named(uses: ir.Table, many: ir.Table, accounts: ir.Table) -> ir.Table:
    """One row per value of many: ``account_count, named_count, name_count``, and ``most_alike``, the accounts of the
    name that is on most of them."""
    crowded = uses.semi_join(many, _VALUE).select("account_key", *_VALUE)
    names = accounts.select(named_key="account_key", name="person_name")
    said = crowded.left_join(names, [("account_key", "named_key")])
    by_name = said.group_by(*_VALUE, "name").agg(users=said.count())
    with_name = by_name.name.notnull()
    return by_name.group_by(*_VALUE).agg(
        account_count=by_name.users.sum(),
        named_count=by_name.users.sum(where=with_name).fill_null(0),
        name_count=by_name.name.count(),
        most_alike=by_name.users.max(where=with_name),
    )


def _by_operator(engine: Engine, uses: ir.Table, named: ir.Table) -> ir.Table:
    """One row per value: ``by_one``, the accounts that the busiest operator wrote."""
    orders = current(engine, "orders")
    told = orders.filter(orders.account_key.notnull() & (orders.staff_no.notnull() | orders.store_no.notnull()))
    operator = told.staff_no.coalesce(ibis.literal("store ") + told.store_no)
    wrote = told.select("account_key", operator=told.source + " " + operator).distinct()
    # Where one operator wrote everything, having written all accounts of a value means nothing.
    several = wrote.mutate(first=wrote.operator.min().over(), last=wrote.operator.max().over())
    wrote = several.filter(several.first != several.last).drop("first", "last")
    crowded = uses.semi_join(named, _VALUE).select("account_key", *_VALUE)
    joined = crowded.inner_join(wrote, "account_key")
    counted = joined.group_by(*_VALUE, "operator").agg(users=joined.account_key.nunique())
    return counted.group_by(*_VALUE).agg(by_one=counted.users.max())


def _usual(counted: ir.Table) -> ir.Table:
    return counted.group_by("identifier_type").agg(usual=counted.account_count.median())


def _nobodys(row: dict[str, object], names: int, rules: IdentityRules) -> bool:
    of_named = int(str(row["named_count"]))
    most_alike = int(str(row["most_alike"]))
    distinct, one_name = rules.learned.least_distinct_names, rules.learned.most_of_one_name
    return names >= distinct * of_named and most_alike <= one_name * of_named


def _value(row: dict[str, object]) -> tuple[str, str]:
    return str(row["identifier_type"]), str(row["identifier_value"])
