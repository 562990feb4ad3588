"""What one shared value says: which of its accounts it joins, and whether it is held back, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.conflicts import conflict
from huaxiang.prepare.unify.placeholders import is_placeholder
from huaxiang.prepare.unify.records import Account, Crowd, Group, Hold, HoldReason, Shared, Use, hold
from huaxiang.prepare.unify.same_name import one_name_each
from huaxiang.prepare.unify.strangers import strangers
from huaxiang.prepare.unify.turns import Turn, turns


class Bench(NamedTuple):
    """What a value is judged by: the rules, the accounts, the staff's phones, how many accounts may carry it, what is
    known of values (type, value) that crowds use, and by account the values that it has in common with others."""

    rules: IdentityRules
    accounts: Mapping[str, Account]
    staff_phones: frozenset[str]
    most_accounts: int
    crowds: Mapping[tuple[str, str], Crowd] = MappingProxyType({})
    in_common: Mapping[str, frozenset[tuple[str, str]]] = MappingProxyType({})


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
    users = tuple(uses)
    parts = _by_name(users, bench)
    if len(parts) > 1 or (len(users) > 1 and not parts):
        reasons.append("other_name")
    for part in parts:
        known = _known(part, shared, bench)
        may_join = _that_may_join(known, shared.identifier_type, bench.rules)
        reason = conflict((bench.accounts[use.account] for use in may_join), bench.rules)
        if reason:
            reasons.append(reason)
        elif len(may_join) > 1:
            groups.append(Group(shared.identifier_type, shared.value, may_join, period))
        # The first reason is the one that is told, and that somebody else uses the value weighs more.
        if len(known) < len(part):
            reasons.append("stranger")
        if len(may_join) < len(known) and len(known) > 1:
            reasons.append("unverified")
    return groups, reasons


def _known(part: tuple[Use, ...], shared: Shared, bench: Bench) -> tuple[Use, ...]:
    unknown = strangers(part, (shared.identifier_type, shared.value), bench.accounts, bench.in_common, bench.rules)
    return tuple(use for use in part if use.account not in unknown)


def never_joins(shared: Shared, bench: Bench) -> bool:
    """Whether the value says nothing about who somebody is."""
    return _never_joins(shared, bench) is not None


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
    names = set(one_name_each(users).values())
    nameless = sum(not user.name and user.namespace not in bench.rules.value_namespaces for user in users)
    return len(names) + nameless


def _by_name(uses: Iterable[Use], bench: Bench) -> list[tuple[Use, ...]]:
    in_order = sorted(uses)
    people = [bench.accounts[use.account] for use in in_order]
    parts = _parts(in_order, one_name_each(people), bench)
    if any(conflict((bench.accounts[use.account] for use in part), bench.rules) for part in parts):
        # Then a surname alone may be somebody else's, whose name begins like that.
        return _parts(in_order, one_name_each(people, short=False), bench)
    return parts


def _parts(uses: list[Use], one_name: Mapping[str, str | None], bench: Bench) -> list[tuple[Use, ...]]:
    if len(set(one_name.values())) <= 1:
        return [tuple(uses)]
    named: defaultdict[str, list[Use]] = defaultdict(list)
    for use in uses:
        # An account without a name could be any of them, so it joins none; nor does a surname that several have.
        if (name := bench.accounts[use.account].name) and (stands_for := one_name[name]):
            named[stands_for].append(use)
    return [tuple(found) for _, found in sorted(named.items())]


def _that_may_join(uses: tuple[Use, ...], identifier_type: str, rules: IdentityRules) -> tuple[Use, ...]:
    needed = rules.identifiers[identifier_type].verified_sides
    verified = tuple(use for use in uses if use.is_verified)
    if needed == 2:
        return verified
    return uses if verified or needed == 0 else ()
