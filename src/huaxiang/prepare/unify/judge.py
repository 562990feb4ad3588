"""What one shared value says: which of its accounts it joins, and whether it is held back, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.conflicts import alike, conflict
from huaxiang.prepare.unify.placeholders import is_placeholder
from huaxiang.prepare.unify.records import Account, Crowd, Group, Hold, HoldReason, Shared, Use, hold
from huaxiang.prepare.unify.turns import Turn, turns


class Bench(NamedTuple):
    """What a value is judged by: the rules, the accounts, the staff's phones, how many accounts may carry it, and what
    is known of values (type, value) that crowds use."""

    rules: IdentityRules
    accounts: Mapping[str, Account]
    staff_phones: frozenset[str]
    most_accounts: int
    crowds: Mapping[tuple[str, str], Crowd] = MappingProxyType({})


def judge(shared: Shared, bench: Bench) -> tuple[list[Group], Hold | None]:
    """The groups of accounts that the value joins, and the hold on it when it does not join all of them.

    The answer depends on the set of uses only, never on their order.
    """
    if reason := _never_joins(shared, bench):
        return [], hold(shared, reason, _detail(shared, reason, bench))
    trusted = [use for use in shared.uses if use.is_trusted]
    in_turn = _turns(shared, trusted, bench)
    if in_turn:
        groups = [group for turn in in_turn for group in _joined(shared, turn.uses, bench, turn.period)[0]]
        return groups, hold(shared, "changed_hands", ", ".join(turn.period for turn in in_turn))
    groups, reasons = _joined(shared, trusted, bench)
    if len(trusted) < len(shared.uses):
        reasons.append("untrusted_source")
    return groups, hold(shared, reasons[0]) if reasons else None


def _turns(shared: Shared, uses: list[Use], bench: Bench) -> list[Turn]:
    rule = bench.rules.identifiers[shared.identifier_type].changes_hands
    return turns(uses, bench.accounts, rule) if rule else []


def _joined(
    shared: Shared, uses: Iterable[Use], bench: Bench, period: str = ""
) -> tuple[list[Group], list[HoldReason]]:
    groups: list[Group] = []
    reasons: list[HoldReason] = []
    parts = _by_name(uses, bench.accounts)
    if len(parts) > 1:
        reasons.append("other_name")
    for part in parts:
        may_join = _that_may_join(part, shared.identifier_type, bench.rules)
        reason = conflict((bench.accounts[use.account] for use in may_join), bench.rules)
        if reason:
            reasons.append(reason)
        elif len(may_join) > 1:
            groups.append(Group(shared.identifier_type, shared.value, may_join, period))
        if len(may_join) < len(part) and len(part) > 1:
            reasons.append("unverified")
    return groups, reasons


def _never_joins(shared: Shared, bench: Bench) -> HoldReason | None:
    if is_placeholder(shared.identifier_type, shared.value, bench.rules):
        return "placeholder"
    if shared.identifier_type == "phone" and shared.value in bench.staff_phones:
        return "staff_phone"
    count = shared.account_count if shared.trusted_count is None else shared.trusted_count
    if count > bench.most_accounts or _people(shared, bench) > bench.rules.sharing.most_people:
        crowd = bench.crowds.get((shared.identifier_type, shared.value))
        return crowd.reason if crowd else "over_shared"
    return None


def _detail(shared: Shared, reason: HoldReason, bench: Bench) -> str:
    crowd = bench.crowds.get((shared.identifier_type, shared.value))
    return crowd.detail if crowd and crowd.reason == reason else ""


def _people(shared: Shared, bench: Bench) -> int:
    users = [bench.accounts[use.account] for use in shared.uses if use.is_trusted]
    names = set(_one_name_each(users).values())
    nameless = sum(not user.name and user.namespace not in bench.rules.value_namespaces for user in users)
    return len(names) + nameless


def _by_name(uses: Iterable[Use], accounts: Mapping[str, Account]) -> list[tuple[Use, ...]]:
    in_order = sorted(uses)
    one_name = _one_name_each([accounts[use.account] for use in in_order])
    named: defaultdict[str, list[Use]] = defaultdict(list)
    for use in in_order:
        if name := accounts[use.account].name:
            named[one_name[name]].append(use)
    if len(named) <= 1:
        return [tuple(in_order)]
    # An account without a name could be any of them, so it joins none.
    return [tuple(found) for _, found in sorted(named.items())]


def _one_name_each(people: list[Account]) -> dict[str, str]:
    """Every name with the one that stands for it: names of accounts that were decided to be one person are one."""
    names = {person.name for person in people if person.name}
    if not any(person.person for person in people):
        return {name: name for name in names}
    forest = alike(people, lambda person: (person.name,))
    return {name: forest.root(name) for name in names}


def _that_may_join(uses: tuple[Use, ...], identifier_type: str, rules: IdentityRules) -> tuple[Use, ...]:
    needed = rules.identifiers[identifier_type].verified_sides
    verified = tuple(use for use in uses if use.is_verified)
    if needed == 2:
        return verified
    return uses if verified or needed == 0 else ()
