"""Customers that have an account without a name and a phone or e-mail in common: what ties each of them together.

They are picked out as arrays of numbers, so that only they become objects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.model.identity import IdentityRules
from huaxiang.model.surnames import surnames
from huaxiang.prepare.unify.arrays import Bools, Ints, places
from huaxiang.prepare.unify.records import DECISION, LIKENESS, Hold, HoldReason
from huaxiang.prepare.unify.webs import Told, Webs, anonymous

Value = tuple[str, str]
#: What is held for these reasons says nothing about who somebody is, so that it confirms nothing either.
_WORTHLESS: frozenset[HoldReason] = frozenset(
    {"placeholder", "staff_phone", "over_shared", "learned_placeholder", "operator_phone"}
)


class Made(NamedTuple):
    """What joining made: links and founders as in :class:`huaxiang.prepare.unify.outcome.Outcome`, every hold, and by
    account who people decided that it is (empty: nobody decided)."""

    links: pa.Table
    founders: pa.Table
    holds: Iterable[Hold]
    persons: Mapping[str, str]


class Member(NamedTuple):
    """One account of a customer: whether it tells a whole name, and whether it is a login or a card that tells none."""

    key: str
    namespace: str
    is_named: bool
    is_asked_about: bool


class Customer(NamedTuple):
    """The accounts of one customer, who of them has a value in common, who is tied by something else, and who looks
    alike."""

    accounts: list[Member]
    values: dict[Value, list[str]]
    ties: list[list[str]]
    alike: list[list[str]]


def customers_to_ask(told: Told, found: Webs, rules: IdentityRules, made: Made) -> Iterator[Customer]:
    """The customers that have an account without a name, and accounts with a value of relatives in common."""
    named = _named(told)
    group, asked = _groups(told, made.founders), _asked_about(told, named, rules)
    use = _in_common(found, group)
    by_relatives = use[_of_relatives(told, rules)[use]]
    # The last place stands for accounts that are alone.
    silent, sharing = np.zeros((2, len(group) + 1), np.bool_)
    silent[group[asked]] = sharing[group[found.account[by_relatives]]] = True
    wanted = silent & sharing
    wanted[-1] = False
    members = np.flatnonzero(wanted[group])
    members = members[np.argsort(group[members], kind="stable")]
    values = _values(told, found, use[wanted[group[found.account[use]]]], group, made.holds)
    accounts = _accounts(told, members, named, asked)
    ties, alike = _ties(told, members, named, group, made), _pairs(told, LIKENESS, group, made)
    for of, pairs in _pairs(told, DECISION, group, made).items():
        ties[of] += pairs
    for of, rows in groupby(zip(group[members].tolist(), accounts, strict=True), key=lambda row: row[0]):
        yield Customer([account for _, account in rows], values[of], ties[of], alike[of])


def _groups(told: Told, founders: pa.Table) -> Ints:
    """By account the place of its customer's founder; -1 of who is alone."""
    keys = told.traits.column("account_key")
    group = np.full(len(keys), -1, np.int64)
    group[places(founders.column("account_key"), keys)] = places(founders.column("founder"), keys)
    return group


def _named(told: Told) -> Bools:
    """By account whether it tells a name that is more than a surname."""
    names, known = told.traits.column("person_name"), surnames()
    short = pc.is_in(names, pa.array(sorted(known.single | known.compound), pa.string()))
    return np.asarray(pc.and_(pc.is_valid(names), pc.invert(short)), np.bool_)


def _asked_about(told: Told, named: Bools, rules: IdentityRules) -> Bools:
    """By account whether it is a login or a card without a name."""
    spaces = pa.array(sorted(rules.value_namespaces), pa.string())
    is_value = np.asarray(pc.is_in(told.traits.column("namespace"), spaces))
    return np.asarray(~named & ~is_value & ~anonymous(told, rules), np.bool_)


def _of_relatives(told: Told, rules: IdentityRules) -> Bools:
    shared = sorted(kind for kind, rule in rules.identifiers.items() if rule.relatives_share)
    return np.asarray(pc.is_in(told.uses.column("identifier_type"), pa.array(shared, pa.string())))


def _in_common(found: Webs, group: Ints) -> Ints:
    """The uses of values that two accounts of one customer have."""
    of = group[found.account]
    use = np.flatnonzero(of >= 0)
    pair = found.value[use] * (len(group) + 1) + of[use]
    _, place, count = np.unique(pair, return_inverse=True, return_counts=True)
    return np.asarray(use[count[place] > 1], np.int64)


def _values(
    told: Told, found: Webs, use: Ints, group: Ints, holds: Iterable[Hold]
) -> defaultdict[int, dict[Value, list[str]]]:
    """By customer who has which value in common with others of it, the worthless ones left out."""
    worthless = {held[:2] for held in holds if held.reason in _WORTHLESS}
    names = ("identifier_type", "identifier_value", "account_key")
    rows = zip(*(told.uses.column(name).take(pa.array(use)).to_pylist() for name in names), strict=True)
    by: defaultdict[int, dict[Value, list[str]]] = defaultdict(dict)
    for of, (kind, value, key) in zip(group[found.account[use]].tolist(), rows, strict=True):
        if (kind, value) not in worthless:
            by[of].setdefault((kind, value), []).append(key)
    return by


def _accounts(told: Told, members: Ints, named: Bools, asked: Bools) -> list[Member]:
    columns = _columns(told, members, ("account_key", "namespace"))
    return [Member(*row) for row in zip(*columns, named[members].tolist(), asked[members].tolist(), strict=True)]


def _ties(told: Told, members: Ints, named: Bools, group: Ints, made: Made) -> defaultdict[int, list[list[str]]]:
    """By customer the accounts that a name, a birth date or a decision ties together."""
    alike: defaultdict[tuple[int, Any], list[str]] = defaultdict(list)
    columns = _columns(told, members, ("account_key", "birth_date"))
    for of, is_named, key, born in zip(group[members].tolist(), named[members].tolist(), *columns, strict=True):
        for sign in ("named" if is_named else None, born, made.persons.get(key) or None):
            if sign is not None:
                alike[of, sign].append(key)
    ties: defaultdict[int, list[list[str]]] = defaultdict(list)
    for (of, _), keys in alike.items():
        ties[of].append(keys)
    return ties


def _pairs(told: Told, kind: str, group: Ints, made: Made) -> defaultdict[int, list[list[str]]]:
    """By customer the accounts that links of this kind join."""
    links = made.links.filter(pc.equal(made.links.column("identifier_type"), kind))
    ends = [links.column(name) for name in ("account_key_a", "account_key_b")]
    owner = group[places(ends[0], told.traits.column("account_key"))].tolist()
    pairs: defaultdict[int, list[list[str]]] = defaultdict(list)
    for of, *pair in zip(owner, *(end.to_pylist() for end in ends), strict=True):
        pairs[of].append(pair)
    return pairs


def _columns(told: Told, members: Ints, names: Iterable[str]) -> list[list[Any]]:
    return [told.traits.column(name).take(pa.array(members)).to_pylist() for name in names]
