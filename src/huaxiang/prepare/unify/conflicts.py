"""What speaks against accounts being one person: two numbers of which one has one, other names, other facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from itertools import combinations
from types import MappingProxyType

from huaxiang.model.identity import Fact, IdentityRules
from huaxiang.prepare.unify.records import Account, HoldReason
from huaxiang.prepare.unify.same_name import alike, may_be_one, one_name_each

ID_CARD = "id_card"
_FACTS: Mapping[Fact, Callable[[Account], Hashable]] = MappingProxyType(
    {
        "person_name": lambda person: person.name,
        "gender": lambda person: person.gender,
        "birth_date": lambda person: person.birth_date,
        "address": lambda person: person.address,
    }
)


def conflict(accounts: Iterable[Account], rules: IdentityRules) -> HoldReason | None:
    """Why these accounts can not be one person; None when nothing speaks against it."""
    people = list(accounts)
    reason = _two_numbers(people, rules)
    if reason is None and len(set(one_name_each(people).values())) > 1:
        return "other_name"
    return reason or _other_facts(people)


def strong_conflict(accounts: Iterable[Account], rules: IdentityRules) -> HoldReason | None:
    """The same when a name that is written in another way contradicts nothing."""
    people = list(accounts)
    return _two_numbers(people, rules) or _other_facts(people)


def _two_numbers(people: list[Account], rules: IdentityRules) -> HoldReason | None:
    numbered: defaultdict[str, list[Account]] = defaultdict(list)
    for person in people:
        if person.namespace in rules.one_per_customer:
            numbered[person.namespace].append(person)
    pairs = (pair for several in numbered.values() for pair in combinations(several, 2))
    if any(not _one_person(*pair) and not _registered_again(*pair, rules) for pair in pairs):
        return "two_accounts_one_source"
    return _other_number(people)


def _one_person(one: Account, other: Account) -> bool:
    return bool(one.person) and one.person == other.person


def _registered_again(one: Account, other: Account, rules: IdentityRules) -> bool:
    """Whether both show so much of the same person that the number is a second one of theirs."""
    for fact in rules.registered_again:
        here, there = _FACTS[fact](one), _FACTS[fact](other)
        if here is None or there is None:
            return False
        if here != there and not (fact == "person_name" and may_be_one((one.name, other.name))):
            return False
    return bool(rules.registered_again)


def _other_number(people: list[Account]) -> HoldReason | None:
    for kind in sorted({kind for person in people for kind, _ in person.exclusive}):
        if _differ(people, lambda person, kind=kind: [one for one in person.exclusive if one[0] == kind]):  # type: ignore[misc]
            return "other_id_card" if kind == ID_CARD else "two_accounts_one_source"
    return None


def _other_facts(people: list[Account]) -> HoldReason | None:
    for values in (lambda person: (person.gender,), lambda person: (person.birth_date,)):
        if _differ(people, values):
            return "contradiction"
    return None


def _differ(people: list[Account], values: Callable[[Account], Iterable[Hashable]]) -> bool:
    known = {value for person in people for value in values(person)} - {None}
    if len(known) <= 1:
        return False
    forest = alike(people, values)
    return len({forest.root(str(value)) for value in known}) > 1
