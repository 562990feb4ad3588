"""What one shared value says: which of its accounts it joins, and whether it is held back, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import NamedTuple

from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.placeholders import is_placeholder
from huaxiang.prepare.unify.records import Account, Group, Hold, HoldReason, Shared, Use, hold


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
    for namespace in rules.one_per_customer:
        if sum(person.namespace == namespace for person in people) > 1:
            return "two_accounts_one_source"
    if _differ(people, lambda person: person.name):
        return "other_name"
    if _differ(people, lambda person: person.gender) or _differ(people, lambda person: person.birth_date):
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
    names = {user.name for user in users if user.name}
    nameless = sum(not user.name and user.namespace not in bench.rules.value_namespaces for user in users)
    return len(names) + nameless


def _by_name(shared: Shared, accounts: Mapping[str, Account]) -> list[tuple[Use, ...]]:
    named: defaultdict[str | None, list[Use]] = defaultdict(list)
    for use in sorted(shared.uses):
        named[accounts[use.account].name].append(use)
    if len([name for name in named if name]) <= 1:
        return [tuple(sorted(shared.uses))]
    # An account without a name could be any of them, so it joins none.
    return [tuple(uses) for name, uses in sorted(named.items(), key=lambda item: item[0] or "") if name]


def _that_may_join(uses: tuple[Use, ...], identifier_type: str, rules: IdentityRules) -> tuple[Use, ...]:
    needed = rules.identifiers[identifier_type].verified_sides
    verified = tuple(use for use in uses if use.is_verified)
    if needed == 2:
        return verified
    return uses if verified or needed == 0 else ()


def _differ(people: list[Account], trait: Callable[[Account], Hashable]) -> bool:
    return len({value for value in map(trait, people) if value is not None}) > 1
