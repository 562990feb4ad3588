"""Short ways to say who shares what, for tests of unification in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from huaxiang.model.identity import IdentityRules, identity_rules
from huaxiang.prepare.unify.join import Joined, join
from huaxiang.prepare.unify.judge import Bench
from huaxiang.prepare.unify.records import Account, Shared, Use

#: account key, identifier type, value, verified
Row = tuple[str, str, str, bool]


def person(key: str, name: str | None = None, gender: str | None = None, born: date | None = None) -> Account:
    """Return an account of the name space in front of the colon; accounts are as old as their keys say."""
    return Account(key, key.split(":", maxsplit=1)[0], name, gender, born, ("2026-01-01", "import-0001", key))


def bench(people: Iterable[Account], staff: Iterable[str] = (), rules: IdentityRules | None = None) -> Bench:
    """Return what values are judged by."""
    rules = rules or identity_rules()
    return Bench(rules, {one.key: one for one in people}, frozenset(staff), rules.sharing.most_accounts)


def shared(rows: Iterable[Row]) -> list[Shared]:
    """Return the values that two or more accounts use."""
    uses: defaultdict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
    for key, kind, value, is_verified in rows:
        uses[kind, value][key] = uses[kind, value].get(key, False) or is_verified
    return [
        Shared(kind, value, len(by), tuple(Use(key, verified) for key, verified in by.items()))
        for (kind, value), by in uses.items()
        if len(by) > 1
    ]


def joined(people: Iterable[Account], rows: Iterable[Row], staff: Iterable[str] = ()) -> Joined:
    """Join the people by what they share."""
    return join(shared(rows), bench(people, staff))


def customers(people: Iterable[Account], found: Joined) -> set[frozenset[str]]:
    """Return the accounts of every customer, those alone included."""
    sets: defaultdict[str, set[str]] = defaultdict(set)
    for one in people:
        sets[found.founders.get(one.key, one.key)].add(one.key)
    return {frozenset(keys) for keys in sets.values()}


def reasons(found: Joined) -> dict[str, str]:
    """Return the reason for each value held."""
    return {held.identifier_value: held.reason for held in found.holds}
