"""Where values of several priorities contradict each other: the weaker ones give way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.components import Forest, forest_of
from huaxiang.prepare.unify.conflicts import conflict
from huaxiang.prepare.unify.records import Account, Group


def priority(group: Group, rules: IdentityRules) -> int:
    """The priority of the type of a group's value."""
    return rules.identifiers[group.identifier_type].priority


def without_weaker(component: Sequence[Group], accounts: Mapping[str, Account], rules: IdentityRules) -> list[Group]:
    """The groups without those that would join customers of stronger values who cannot be one person.

    From the highest priority down every group is judged against what the higher ones have joined, never against its
    equals, so that the answer does not depend on order; equals that contradict each other are left to others.
    """
    keys = sorted({use.account for group in component for use in group.uses})
    kept: list[Group] = []
    for level in sorted({priority(group, rules) for group in component}, reverse=True):
        cores = forest_of(kept)
        members: defaultdict[str, list[Account]] = defaultdict(list)
        for key in keys:
            members[cores.root(key)].append(accounts[key])
        equals = [group for group in component if priority(group, rules) == level]
        kept += [group for group in equals if not kept or not _clash(group, cores, members, rules)]
    return kept


def _clash(group: Group, cores: Forest, members: Mapping[str, list[Account]], rules: IdentityRules) -> bool:
    roots = {cores.root(use.account) for use in group.uses}
    return conflict((account for root in roots for account in members[root]), rules) is not None
