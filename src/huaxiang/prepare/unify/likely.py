"""Links that are only probable, judged after the sure ones: the surest first, and never against what is known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from huaxiang.prepare.unify.certainty import told
from huaxiang.prepare.unify.clusters import Clusters
from huaxiang.prepare.unify.conflicts import conflict, strong_conflict
from huaxiang.prepare.unify.judge import Bench
from huaxiang.prepare.unify.records import LIKENESS, Group, Hold, HoldReason, Likely, Link


class Joinable(NamedTuple):
    """What probable links are judged by: the bench, the sets that sure links made, the values that joined them, and
    the accounts that nothing but a value held back connects with others."""

    bench: Bench
    clusters: Clusters
    groups: Sequence[Group]
    strangers: frozenset[str] = frozenset()


def join_likely(likely: Iterable[Likely], joinable: Joinable) -> tuple[list[Link], list[Hold]]:
    """Links between accounts that are not joined yet, and holds on pairs that contradict what is known.

    Pairs of accounts that no source names any more are passed over.
    """
    links: list[Link] = []
    holds: list[Hold] = []
    bench, clusters = joinable.bench, joinable.clusters
    likely = list(likely)
    groups = _in_groups(likely, joinable)
    surest_first = sorted(map(_in_order, likely), key=lambda pair: (-pair.probability, *pair[:2]))
    values = _values(joinable.groups if surest_first else (), clusters)
    for pair in surest_first:
        if not {*pair[:2]} <= bench.accounts.keys() or clusters.root(pair[0]) == clusters.root(pair[1]):
            continue
        both = values[clusters.root(pair[0])] | values[clusters.root(pair[1])]
        weak = groups.issuperset(pair[:2]) and pair.probability < bench.rules.least_likeness_of_groups
        if reason := _refusal(pair, both, joinable) or ("weak_bridge" if weak else None):
            holds.append(Hold(LIKENESS, _value(pair), reason, 2, ", ".join(pair[:2])))
            continue
        clusters.join(pair[:2])
        values[clusters.root(pair[0])] = both
        links.append(Link(*pair[:2], LIKENESS, str(told(pair.probability)), "likely_same", False))
    return links, holds


def _in_groups(likely: Iterable[Likely], joinable: Joinable) -> frozenset[str]:
    """Those of the accounts that sure links joined with others. Accounts that are nothing but a value make no group."""
    bench, clusters = joinable.bench, joinable.clusters

    def is_own(key: str) -> bool:
        return key in bench.accounts and bench.accounts[key].namespace not in bench.rules.value_namespaces

    keys = {key for pair in likely for key in pair[:2]}
    return frozenset(key for key in keys if sum(map(is_own, clusters.members(key))) > 1)


def _in_order(pair: Likely) -> Likely:
    one, other = sorted(pair[:2])
    return Likely(one, other, pair.probability)


def _value(pair: Likely) -> str:
    # Holds are told apart by their value, so that of a pair names the pair.
    return f"{told(pair.probability)} {pair.account_key_a} {pair.account_key_b}"


def _values(groups: Iterable[Group], clusters: Clusters) -> defaultdict[str, set[tuple[str, str]]]:
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for group in groups:
        found[clusters.root(group.uses[0].account)].add((group.identifier_type, group.value))
    return found


def _refusal(pair: Likely, values: set[tuple[str, str]], joinable: Joinable) -> HoldReason | None:
    bench, clusters = joinable.bench, joinable.clusters
    if reason := clusters.refusal(*pair[:2]):
        return reason
    if joinable.strangers & set(pair[:2]):
        return "stranger"
    people = [bench.accounts[key] for key in sorted(clusters.members(pair[0]) | clusters.members(pair[1]))]
    # A pair that compared no names says nothing about those that others of the two sets have.
    names_compared = all(bench.accounts[key].name for key in pair[:2])
    if reason := (strong_conflict if names_compared else conflict)(people, bench.rules):
        return reason
    count = Counter(kind for kind, _ in values)
    count |= Counter(one.namespace for one in people if one.namespace not in bench.rules.value_namespaces)
    most = {kind: rule.most_per_customer for kind, rule in bench.rules.identifiers.items()}
    return "over_shared" if any(number > most.get(kind, number) for kind, number in count.items()) else None
