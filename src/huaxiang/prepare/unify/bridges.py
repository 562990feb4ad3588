"""Looking at whole components: where values that are fine one by one join accounts that cannot be one person.

The bridge is then an account that says little about who it is. Its links are taken back, in steps from the weakest
evidence on, and every step acts on sets, so that the answer never depends on the order of the input.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.components import Forest, components, forest_of
from huaxiang.prepare.unify.conflicts import conflict
from huaxiang.prepare.unify.priority import without_weaker
from huaxiang.prepare.unify.records import Account, Group, Hold, HoldReason, Use, hold


class _Step(NamedTuple):
    """Whose links are taken back: accounts that are not anchored; only the unverified ones of them, or all."""

    is_anchored: Callable[[Account, IdentityRules], bool]
    spare_verified: bool


def _says_who(account: Account, rules: IdentityRules) -> bool:
    return bool(account.name) or _is_registered(account, rules)


def _is_registered(account: Account, rules: IdentityRules) -> bool:
    return account.namespace in rules.one_per_customer


_STEPS = (_Step(_says_who, True), _Step(_says_who, False), _Step(_is_registered, True), _Step(_is_registered, False))


def settle(
    groups: Iterable[Group], accounts: Mapping[str, Account], rules: IdentityRules
) -> tuple[list[Group], list[Hold]]:
    """The groups that may join, so that no component contradicts itself, and holds on what was taken back."""
    kept: list[Group] = []
    holds: list[Hold] = []
    for component in components(groups):
        _settle_one(component, accounts, rules, _STEPS, kept, holds)
    return kept, holds


def _settle_one(
    component: list[Group],
    accounts: Mapping[str, Account],
    rules: IdentityRules,
    steps: tuple[_Step, ...],
    kept: list[Group],
    holds: list[Hold],
) -> None:
    reason = _misfit(component, accounts, rules)
    if reason is None:
        kept.extend(component)
        return
    stronger = without_weaker(component, accounts, rules)
    if len(stronger) < len(component):
        smaller = stronger
    else:
        smaller = _without_bridges(component, accounts, rules, steps[0]) if steps else []
        steps = steps[1:]
    left = [group for group in smaller if len(group.uses) > 1]
    after = {(group.identifier_type, group.value, use) for group in left for use in group.uses}
    holds += [
        hold(group, reason)
        for group in component
        if any((group.identifier_type, group.value, use) not in after for use in group.uses)
    ]
    for part in components(left):
        _settle_one(part, accounts, rules, steps, kept, holds)


def _misfit(component: list[Group], accounts: Mapping[str, Account], rules: IdentityRules) -> HoldReason | None:
    members = [accounts[key] for key in sorted({use.account for group in component for use in group.uses})]
    if reason := conflict(members, rules):
        return reason
    values = Counter(kind for kind, _ in {(group.identifier_type, group.value) for group in component})
    values |= Counter(member.namespace for member in members if member.namespace not in rules.value_namespaces)
    caps = {kind: rule.most_per_customer for kind, rule in rules.identifiers.items()}
    return "over_shared" if any(count > caps.get(kind, count) for kind, count in values.items()) else None


def _without_bridges(
    component: list[Group], accounts: Mapping[str, Account], rules: IdentityRules, step: _Step
) -> list[Group]:
    anchored = {
        use.account for group in component for use in group.uses if step.is_anchored(accounts[use.account], rules)
    }
    bridges = _bridges(component, accounts, rules, anchored)

    def is_taken_back(group: Group, use: Use) -> bool:
        return use.account in bridges and _mixed(group, anchored) and not (step.spare_verified and use.is_verified)

    return [group.of(use for use in group.uses if not is_taken_back(group, use)) for group in component]


def _bridges(
    component: list[Group], accounts: Mapping[str, Account], rules: IdentityRules, anchored: set[str]
) -> set[str]:
    """The accounts without anchor that hang on several cores which cannot be one person (else: on several cores)."""
    unanchored = {use.account for group in component for use in group.uses} - anchored
    cores = forest_of(group.without(unanchored) for group in component)
    loose = forest_of(group for group in component if not _mixed(group, anchored))
    members: defaultdict[str, list[Account]] = defaultdict(list)
    for key in sorted(anchored):
        members[cores.root(key)].append(accounts[key])
    several = {
        cluster: roots for cluster, roots in _touched(component, anchored, cores, loose).items() if len(roots) > 1
    }
    clashing = {
        cluster
        for cluster, roots in several.items()
        if conflict((member for root in roots for member in members[root]), rules)
    }
    guilty = clashing or set(several)
    return {key for key in unanchored if loose.root(key) in guilty}


def _touched(component: list[Group], anchored: set[str], cores: Forest, loose: Forest) -> dict[str, set[str]]:
    touched: defaultdict[str, set[str]] = defaultdict(set)
    for group in component:
        roots = {cores.root(use.account) for use in group.uses if use.account in anchored}
        for use in group.uses:
            if use.account not in anchored:
                touched[loose.root(use.account)] |= roots
    return touched


def _mixed(group: Group, anchored: set[str]) -> bool:
    return any(use.account in anchored for use in group.uses)
