"""What speaks against accounts being one person: two numbers of which one has one, other names, other facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable

from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.components import Forest
from huaxiang.prepare.unify.records import Account, HoldReason

ID_CARD = "id_card"


def conflict(accounts: Iterable[Account], rules: IdentityRules) -> HoldReason | None:
    """Why these accounts can not be one person; None when nothing speaks against it."""
    people = list(accounts)
    reason = _two_numbers(people, rules)
    if reason is None and _differ(people, lambda person: (person.name,)):
        return "other_name"
    return reason or _other_facts(people)


def strong_conflict(accounts: Iterable[Account], rules: IdentityRules) -> HoldReason | None:
    """The same when a name that is written in another way contradicts nothing."""
    people = list(accounts)
    return _two_numbers(people, rules) or _other_facts(people)


def _two_numbers(people: list[Account], rules: IdentityRules) -> HoldReason | None:
    numbered = {(person.namespace, person.person or person.key) for person in people}
    spaces = [space for space, _ in numbered if space in rules.one_per_customer]
    return "two_accounts_one_source" if len(spaces) > len(set(spaces)) else _other_number(people)


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


def alike(people: list[Account], values: Callable[[Account], Iterable[Hashable]]) -> Forest:
    """The values joined that one person has."""
    of_person: defaultdict[str, set[str]] = defaultdict(set)
    for person in people:
        of_person[person.person or person.key] |= {str(value) for value in values(person) if value is not None}
    forest = Forest()
    for values_of_one in of_person.values():
        forest.join(values_of_one)
    return forest
