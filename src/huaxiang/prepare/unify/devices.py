"""Bringing what an anonymous device did to the one customer who signed in on it; never joining two customers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.clusters import Clusters
from huaxiang.prepare.unify.placeholders import is_placeholder
from huaxiang.prepare.unify.records import Account, Hold, HoldReason, Link, Shared, hold


class Devices(NamedTuple):
    """What devices are judged by. ``taken`` are the accounts that other values have joined to somebody already."""

    accounts: Mapping[str, Account]
    rules: IdentityRules
    most_accounts: int
    customers: Clusters
    taken: set[str]


def attach(devices: Iterable[Shared], bench: Devices) -> tuple[list[Link], list[Hold]]:
    """Links from anonymous accounts to the only customer who used their device, and holds where several did.

    A customer gets at most ``most_per_customer`` devices, in the order of their values.
    """
    links: list[Link] = []
    holds: list[Hold] = []
    attached: Counter[str] = Counter()
    for device in sorted(devices, key=lambda item: (item.identifier_type, item.value)):
        anonymous, owners = _sides(device, bench)
        if not anonymous or not owners:
            continue
        owner = min(owners, key=lambda account: account.age)
        customer = bench.customers.root(owner.key)
        if reason := _never_attaches(device, owners, attached[customer] + len(anonymous), bench):
            holds.append(hold(device, reason))
            continue
        if reason := _decided_apart(owner, anonymous, bench):
            holds.append(hold(device, reason))
            anonymous = [account for account in anonymous if not bench.customers.refusal(owner.key, account.key)]
        attached[customer] += len(anonymous)
        bench.taken.update(account.key for account in anonymous)
        links += [_link(device, owner, account) for account in anonymous]
    return links, holds


def _never_attaches(device: Shared, owners: list[Account], count: int, bench: Devices) -> HoldReason | None:
    if is_placeholder(device.identifier_type, device.value, bench.rules):
        return "placeholder"
    shared = len({bench.customers.root(owner.key) for owner in owners}) > 1
    crowded = device.account_count > bench.most_accounts
    too_many = count > bench.rules.identifiers[device.identifier_type].most_per_customer
    return "over_shared" if shared or crowded or too_many else None


def _decided_apart(owner: Account, anonymous: list[Account], bench: Devices) -> HoldReason | None:
    refused = (bench.customers.refusal(owner.key, account.key) for account in anonymous)
    return next((reason for reason in refused if reason), None)


def _sides(device: Shared, bench: Devices) -> tuple[list[Account], list[Account]]:
    users = [bench.accounts[use.account] for use in sorted(device.uses)]
    owners = [user for user in users if user.namespace != device.identifier_type]
    strangers = (user for user in users if user.namespace == device.identifier_type)
    return [user for user in strangers if user.key not in bench.taken], owners


def _link(device: Shared, owner: Account, anonymous: Account) -> Link:
    return Link(owner.key, anonymous.key, device.identifier_type, device.value, "only_user_of_device", False)
