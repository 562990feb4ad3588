"""Accounts that one phone or e-mail alone joins to a customer, and that nothing else confirms to be the same person.

A relative who registered with the family's phone and told no name looks just like a second account of whoever has the
phone. Most often it is a second account, so that they stay joined; but people should see such joins and settle them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa

from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.components import Forest
from huaxiang.prepare.unify.silent_customers import Customer, Made, Value, customers_to_ask
from huaxiang.prepare.unify.webs import Told, Webs


class Unconfirmed(NamedTuple):
    """One account of a part of a customer that the one value alone joins to the rest.

    The accounts of a part have one ``part_key``, the least of their keys: without the value they would go together.
    Nobody tells a whole name in the part; ``rest_is_named`` says whether somebody does in the rest. A surname alone,
    which is what is left of 王女士, is none: relatives have it in common.
    """

    account_key: str
    part_key: str
    identifier_type: str
    identifier_value: str
    rest_is_named: bool


_TYPES = {**dict.fromkeys(Unconfirmed._fields, pa.string()), "rest_is_named": pa.bool_()}


def unconfirmed(told: Told, found: Webs, rules: IdentityRules, made: Made) -> pa.Table:
    """The rows of :class:`Unconfirmed`, sorted. They depend on who is joined by what, never on an order.

    A part is confirmed by a name, and by another value, a birth date, likeness or a decision that ties it to the rest;
    not by the likeness of two accounts that both have the value, because it rests on the value as well.
    An account that stands for nothing but the value itself needs no confirming.
    """
    rows = sorted(row for customer in customers_to_ask(told, found, rules, made) for row in _rows(customer, rules))
    columns = list(zip(*rows, strict=True)) or [()] * len(_TYPES)
    schema = pa.schema(_TYPES.items())
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema)


def _rows(customer: Customer, rules: IdentityRules) -> Iterator[Unconfirmed]:
    asked = {account.key for account in customer.accounts if account.is_asked_about}
    for value in customer.values:
        if rules.identifiers[value[0]].relatives_share:
            yield from _parts(customer, value, asked, rules)


def _parts(customer: Customer, value: Value, asked: set[str], rules: IdentityRules) -> Iterator[Unconfirmed]:
    """What is left of the customer without the value, but for the part that keeps it: who tells a name, else most of
    the accounts."""
    circles, users = Forest(), {*customer.values[value]}
    others = (users_of_it for other, users_of_it in customer.values.items() if other != value)
    for tie in (*customer.ties, *others, *(pair for pair in customer.alike if not users.issuperset(pair))):
        circles.join(tie)
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for account in customer.accounts:
        if account.is_named or account.namespace != value[0] or account.namespace not in rules.value_namespaces:
            parts[circles.root(account.key)].append(account.key)
    named = {circles.root(account.key) for account in customer.accounts if account.is_named}
    stays = min(parts, key=lambda root: (root not in named, -len(parts[root]), min(parts[root])))
    for root, keys in parts.items():
        if root != stays and not asked.isdisjoint(keys):
            yield from (Unconfirmed(key, min(keys), *value, bool(named)) for key in keys)
