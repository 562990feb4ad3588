"""Accounts without a name on a value that relatives share: whose are they?

A phone says little about an account without a name when somebody else of the family has told theirs. Where two of them
show what a person carries along, a device or a WeChat account, and have none of it in common, the phone is used by two
people, and nobody knows whose an account is that has nothing but the phone in common with either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.components import Forest
from huaxiang.prepare.unify.records import Account, Use

Values = frozenset[tuple[str, str]]
_NONE: Values = frozenset()


def strangers(
    uses: Iterable[Use],
    value: tuple[str, str],
    accounts: Mapping[str, Account],
    in_common: Mapping[str, Values],
    rules: IdentityRules,
) -> frozenset[str]:
    """The keys of the accounts without a name that ``value`` (type, value) joins with nobody, because several people
    use it: two accounts, one of them without a name, carry other things and have nothing else in common.

    ``in_common``: by account the values by which others may know it.
    """
    users = [accounts[use.account] for use in uses]
    silent = unclaimed(users, value, in_common, rules)
    if not silent:
        return silent
    circles = _circles(users, value, in_common)
    nameless = [user for user in users if user.key in silent and user.carries]
    pairs = [(user, other) for user in nameless for other in users if user.carries & other.carries]
    return silent if any(circles.root(one.key) != circles.root(other.key) for one, other in pairs) else frozenset()


def unclaimed(
    users: Sequence[Account], value: tuple[str, str], in_common: Mapping[str, Values], rules: IdentityRules
) -> frozenset[str]:
    """The keys of the accounts without a name that nothing but ``value`` connects with one that has a name; none of a
    value that relatives do not share."""
    if not rules.identifiers[value[0]].relatives_share:
        return frozenset()
    circles = _circles(users, value, in_common)
    claimed = {circles.root(user.key) for user in users if user.name}
    return frozenset(user.key for user in users if circles.root(user.key) not in claimed)


def _circles(users: Sequence[Account], value: tuple[str, str], in_common: Mapping[str, Values]) -> Forest:
    """The accounts joined that are known to be one person's by something else than ``value``."""
    circles = Forest()
    for one, other in combinations(users, 2):
        if _is_known(one, other, value, in_common):
            circles.join((one.key, other.key))
    return circles


def _is_known(one: Account, other: Account, value: tuple[str, str], in_common: Mapping[str, Values]) -> bool:
    own = in_common.get(one.key, _NONE) - {value}
    return bool(
        own & in_common.get(other.key, _NONE)
        or (one.person and one.person == other.person)
        or (one.birth_date and one.birth_date == other.birth_date)
    )
