"""From shared values to links and holds: judge every value, settle every component, attach devices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from huaxiang.prepare.unify.bridges import settle
from huaxiang.prepare.unify.components import Forest, forest_of
from huaxiang.prepare.unify.devices import Devices, attach
from huaxiang.prepare.unify.judge import Bench, judge
from huaxiang.prepare.unify.records import Account, Group, Hold, Link, Shared


class Joined(NamedTuple):
    """Links and holds, sorted, and for every account that is not alone the founder of its customer."""

    links: list[Link]
    holds: list[Hold]
    founders: dict[str, str]


def join(shared: Iterable[Shared], bench: Bench) -> Joined:
    """Join the accounts that share a value as the rules allow. The order of the input never matters."""
    rules, accounts = bench.rules, bench.accounts
    values = list(shared)
    groups: list[Group] = []
    holds: list[Hold] = []
    for value in values:
        if rules.identifiers[value.identifier_type].joins == "accounts":
            found, held = judge(value, bench)
            groups += found
            holds += [held] if held else []
    kept, taken_back = settle(groups, accounts, rules)
    devices = [value for value in values if rules.identifiers[value.identifier_type].joins == "anonymous"]
    taken = {use.account for group in kept for use in group.uses}
    attached, not_attached = attach(devices, Devices(accounts, rules, bench.most_accounts, forest_of(kept), taken))
    links = [link for group in kept for link in _star(group, accounts)] + attached
    return Joined(sorted(links), _one_each([*holds, *taken_back, *not_attached]), _founders(links, bench))


def _star(group: Group, accounts: Mapping[str, Account]) -> list[Link]:
    """Links from the account that vouches for the value, the longest known verified one, to all others."""
    centre = min(group.uses, key=lambda use: (not use.is_verified, accounts[use.account].age))
    return [
        Link(
            *(centre.account, use.account, group.identifier_type, group.value),
            rule="shared_value",
            is_verified=centre.is_verified and use.is_verified,
        )
        for use in group.uses
        if use != centre
    ]


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
