"""What one shared value says: which of its accounts it joins, and whether it is held back, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import NamedTuple

from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.components import Forest
from huaxiang.prepare.unify.placeholders import is_placeholder
from huaxiang.prepare.unify.records import Account, Group, Hold, HoldReason, Shared, Use, hold

ID_CARD = "id_card"


class Bench(NamedTuple):
    """What a value is judged by: the rules, the accounts, the staff's phones, and how many accounts may carry it."""

    rules: IdentityRules
    accounts: Mapping[str, Account]
    staff_phones: frozenset[str]
    most_accounts: int


def judge(shared: Shared, bench: Bench) -> tuple[list[Group], Hold | None]:
    """The groups of accounts that the value joins, and the hold on it when it does not join all of them.

    The answer depends on the set of uses only, never on their order.
    """
    if reason := _never_joins(shared, bench):
        return [], hold(shared, reason)
    groups: list[Group] = []
    reasons: list[HoldReason] = []
    parts = _by_name(shared, bench.accounts)
    if len(parts) > 1:
        reasons.append("other_name")
    for part in parts:
        group = Group(shared.identifier_type, shared.value, _that_may_join(part, shared.identifier_type, bench.rules))
        reason = conflict((bench.accounts[use.account] for use in group.uses), bench.rules)
        if reason:
            reasons.append(reason)
        elif len(group.uses) > 1:
            groups.append(group)
        if len(group.uses) < len(part) and len(part) > 1:
            reasons.append("unverified")
    return groups, hold(shared, reasons[0]) if reasons else None


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


def _never_joins(shared: Shared, bench: Bench) -> HoldReason | None:
    if is_placeholder(shared.identifier_type, shared.value, bench.rules):
        return "placeholder"
    if shared.identifier_type == "phone" and shared.value in bench.staff_phones:
        return "staff_phone"
    if shared.account_count > bench.most_accounts or _people(shared, bench) > bench.rules.sharing.most_people:
        return "over_shared"
    return None


def _people(shared: Shared, bench: Bench) -> int:
    users = [bench.accounts[use.account] for use in shared.uses]
    names = set(_one_name_each(users).values())
    nameless = sum(not user.name and user.namespace not in bench.rules.value_namespaces for user in users)
    return len(names) + nameless


def _by_name(shared: Shared, accounts: Mapping[str, Account]) -> list[tuple[Use, ...]]:
    one_name = _one_name_each([accounts[use.account] for use in shared.uses])
    named: defaultdict[str, list[Use]] = defaultdict(list)
    for use in sorted(shared.uses):
        if name := accounts[use.account].name:
            named[one_name[name]].append(use)
    if len(named) <= 1:
        return [tuple(sorted(shared.uses))]
    # An account without a name could be any of them, so it joins none.
    return [tuple(uses) for _, uses in sorted(named.items())]


def _one_name_each(people: list[Account]) -> dict[str, str]:
    """Every name with the one that stands for it: names of accounts that were decided to be one person are one."""
    names = {person.name for person in people if person.name}
    if not any(person.person for person in people):
        return {name: name for name in names}
    forest = _alike(people, lambda person: (person.name,))
    return {name: forest.root(name) for name in names}


def _that_may_join(uses: tuple[Use, ...], identifier_type: str, rules: IdentityRules) -> tuple[Use, ...]:
    needed = rules.identifiers[identifier_type].verified_sides
    verified = tuple(use for use in uses if use.is_verified)
    if needed == 2:
        return verified
    return uses if verified or needed == 0 else ()


def _differ(people: list[Account], values: Callable[[Account], Iterable[Hashable]]) -> bool:
    known = {value for person in people for value in values(person)} - {None}
    if len(known) <= 1:
        return False
    forest = _alike(people, values)
    return len({forest.root(str(value)) for value in known}) > 1


def _alike(people: list[Account], values: Callable[[Account], Iterable[Hashable]]) -> Forest:
    """The values joined that one person has."""
    of_person: defaultdict[str, set[str]] = defaultdict(set)
    for person in people:
        of_person[person.person or person.key] |= {str(value) for value in values(person) if value is not None}
    forest = Forest()
    for alike in of_person.values():
        forest.join(alike)
    return forest
