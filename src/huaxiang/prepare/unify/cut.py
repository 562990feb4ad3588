"""Decisions laid over the groups that values form: what must be together is joined, what never may be is cut apart.

A component that decisions contradict is built again from its strongest link to its weakest, as decisions allow; the
answer depends on the links, never on their order. All other components stay as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.clusters import Clusters
from huaxiang.prepare.unify.components import forest_of
from huaxiang.prepare.unify.priority import priority
from huaxiang.prepare.unify.records import DECISION, Group, Hold, HoldReason, Link, Use, hold
from huaxiang.prepare.unify.rulings import Same, Verdict


class Cut(NamedTuple):
    """Groups that join all of their accounts, the links that were decided, holds on what was cut, and the sets."""

    groups: list[Group]
    links: list[Link]
    holds: list[Hold]
    clusters: Clusters


def cut(groups: Sequence[Group], verdict: Verdict, rules: IdentityRules) -> Cut:
    """The groups as decisions leave them."""
    clusters = Clusters(verdict.apart)
    for same in verdict.same:
        clusters.join(same[:2])
    disputed = _disputed(groups, verdict)
    for group in (group for group in groups if id(group) not in disputed):
        clusters.join(use.account for use in group.uses)
    contested = [group for group in groups if id(group) in disputed]
    refused = _rebuilt(contested, clusters, rules)
    left = [part for group in groups for part in (_parts(group, clusters) if id(group) in disputed else (group,))]
    holds = [hold(group, refused[id(group)]) for group in contested if id(group) in refused]
    return Cut(left, [_link(same) for same in verdict.same], holds, clusters)


def _disputed(groups: Sequence[Group], verdict: Verdict) -> set[int]:
    """The groups of components that hold two accounts which are kept apart."""
    forest = forest_of([*groups, *(_group(same) for same in verdict.same)])
    roots = {forest.root(one) for one, other in verdict.apart.pairs() if forest.root(one) == forest.root(other)}
    return {id(group) for group in groups if forest.root(group.uses[0].account) in roots} if roots else set()


def _rebuilt(groups: Iterable[Group], clusters: Clusters, rules: IdentityRules) -> dict[int, HoldReason]:
    """Join what may be, the strongest pair first; gives the groups that did not join all, and why."""
    refused: dict[int, HoldReason] = {}
    pairs = [(_weakness(group, one, other, rules), group) for group in groups for one, other in _pairs(group)]
    for (*_, one, other), group in sorted(pairs, key=lambda pair: pair[0]):
        if reason := clusters.refusal(one, other):
            refused.setdefault(id(group), reason)
        else:
            clusters.join((one, other))
    return refused


def _pairs(group: Group) -> Iterator[tuple[Use, Use]]:
    return combinations(sorted(group.uses), 2)


def _weakness(group: Group, one: Use, other: Use, rules: IdentityRules) -> tuple[int, int, str, str, str, str]:
    verified = one.is_verified + other.is_verified
    rank = list(rules.identifiers).index(group.identifier_type) - len(rules.identifiers) * priority(group, rules)
    return (-verified, rank, group.identifier_type, group.value, one.account, other.account)


def _parts(group: Group, clusters: Clusters) -> Iterator[Group]:
    together: defaultdict[str, list[Use]] = defaultdict(list)
    for use in group.uses:
        together[clusters.root(use.account)].append(use)
    for root in sorted(together):
        if len(together[root]) > 1:
            yield group.of(together[root])


def _group(same: Same) -> Group:
    return Group(DECISION, str(same.seq), (Use(same.account_a, True), Use(same.account_b, True)))


def _link(same: Same) -> Link:
    return Link(*same[:2], DECISION, str(same.seq), "decided_same", True)
