"""From shared values to links and holds: judge every value, settle every component, obey decisions, attach devices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from huaxiang.prepare.unify.bridges import settle
from huaxiang.prepare.unify.clusters import Clusters
from huaxiang.prepare.unify.components import Forest
from huaxiang.prepare.unify.cut import cut
from huaxiang.prepare.unify.devices import Devices, attach
from huaxiang.prepare.unify.judge import Bench, judge, never_joins
from huaxiang.prepare.unify.likely import Joinable, join_likely
from huaxiang.prepare.unify.records import COUPON, Account, Group, Hold, HoldReason, Likely, Link, LinkRule, Shared, Use
from huaxiang.prepare.unify.rulings import Verdict, verdict
from huaxiang.prepare.unify.strangers import unclaimed

NOTHING = verdict([])
_SEVERAL_PEOPLE: frozenset[HoldReason] = frozenset({"stranger", "other_name", "contradiction"})
_HASHED: dict[str, LinkRule] = {"phone": "hashed_phone", "email": "hashed_email"}


class Joined(NamedTuple):
    """Links and holds, sorted, and for every account that is not alone the founder of its customer."""

    links: list[Link]
    holds: list[Hold]
    founders: dict[str, str]


def join(shared: Iterable[Shared], bench: Bench, verdict: Verdict = NOTHING, likely: Iterable[Likely] = ()) -> Joined:
    """Join the accounts that share a value as the rules allow and people decided, in whatever order they come."""
    values = list(shared)
    bench = bench._replace(in_common=_in_common(values, bench))
    groups, holds = _judged(values, bench)
    strange = _strange(holds, values, bench)
    kept, taken_back = settle(groups, bench.accounts, bench.rules)
    decided = cut(kept, verdict, bench.rules)
    probable, not_probable = join_likely(likely, Joinable(bench, decided.clusters, decided.groups, strange))
    sure = [link for group in decided.groups for link in _star(group, bench.accounts)]
    links = [*sure, *decided.links, *probable]
    attached, not_attached = _attached(values, bench, decided.clusters, links)
    links += attached
    every_hold = [*holds, *taken_back, *decided.holds, *not_probable, *not_attached]
    return Joined(sorted(links), _one_each(every_hold), _founders(links, bench))


def _judged(values: Iterable[Shared], bench: Bench) -> tuple[list[Group], list[Hold]]:
    groups: list[Group] = []
    holds: list[Hold] = []
    for value in values:
        if bench.rules.identifiers[value.identifier_type].joins == "accounts":
            found, held = judge(value, bench)
            groups += found
            holds += [held] if held else []
    return groups, holds


def _in_common(values: Iterable[Shared], bench: Bench) -> dict[str, frozenset[tuple[str, str]]]:
    """By account the values by which others may know it."""
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for value in values:
        if not never_joins(value, bench):
            for use in value.uses:
                found[use.account].add((value.identifier_type, value.value))
    return {key: frozenset(several) for key, several in found.items()}


def _strange(holds: Iterable[Hold], values: Iterable[Shared], bench: Bench) -> frozenset[str]:
    """The accounts without a name on a value that several people are seen to use, which nothing else connects with any
    of them."""
    held = {item[:2] for item in holds if item.reason in _SEVERAL_PEOPLE}
    strange = (
        unclaimed([bench.accounts[use.account] for use in value.uses], held_value, bench.in_common, bench.rules)
        for value in values
        if (held_value := (value.identifier_type, value.value)) in held
    )
    return frozenset().union(*strange)


def _attached(
    values: Iterable[Shared], bench: Bench, clusters: Clusters, links: Iterable[Link]
) -> tuple[list[Link], list[Hold]]:
    devices = [value for value in values if bench.rules.identifiers[value.identifier_type].joins == "anonymous"]
    taken = {key for link in links for key in link[:2]}
    return attach(devices, Devices(bench.accounts, bench.rules, bench.most_accounts, clusters, taken))


def _star(group: Group, accounts: Mapping[str, Account]) -> list[Link]:
    """Links from the account that vouches for the value, the longest known verified one, to all others."""
    centre = min(group.uses, key=lambda use: (not use.is_verified, accounts[use.account].age))
    return [
        Link(
            *(centre.account, use.account, group.identifier_type, group.value),
            rule=_rule(group, centre, use),
            is_verified=centre.is_verified and use.is_verified,
            detail=group.period,
        )
        for use in group.uses
        if use != centre
    ]


def _rule(group: Group, one: Use, other: Use) -> LinkRule:
    if one.is_hashed or other.is_hashed:
        return _HASHED.get(group.identifier_type, "hashed_value")
    if group.identifier_type == COUPON:
        return "coupon_used"
    return "shared_in_period" if group.period else "shared_value"


def _one_each(holds: list[Hold]) -> list[Hold]:
    # A value may be held when judged and again with its component: the first reason is the one to tell.
    first: dict[tuple[str, str], Hold] = {}
    for held in holds:
        first.setdefault(held[:2], held)
    return sorted(first.values())


def _founders(links: list[Link], bench: Bench) -> dict[str, str]:
    forest = Forest()
    for link in links:
        forest.join(link[:2])
    accounts = (bench.accounts[key] for key in {key for link in links for key in link[:2]})
    founder: dict[str, str] = {}
    eldest_first = sorted(accounts, key=lambda account: (_is_anonymous(account, bench), account.age))
    for account in eldest_first:
        founder.setdefault(forest.root(account.key), account.key)
    return {account.key: founder[forest.root(account.key)] for account in eldest_first}


def _is_anonymous(account: Account, bench: Bench) -> bool:
    # When a second person signs in on the device it is detached, and must not take the customer's id with it.
    rule = bench.rules.identifiers.get(account.namespace)
    return rule is not None and rule.joins == "anonymous"
