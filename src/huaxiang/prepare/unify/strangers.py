"""Accounts without a name on a value that relatives share: whose are they?

A phone says little about an account without a name when somebody else of the family has told theirs. Where both show
what a person carries along, a device or a WeChat account, and have none of it in common, they are two people until
somebody says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from huaxiang.model.identity import IdentityRules
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
    """The keys of the accounts without a name that use ``value`` (type, value) but carry other things than those with
    a name, and have nothing else in common with any of them.

    ``in_common``: by account the values by which others may know it.
    """
    if not rules.identifiers[value[0]].relatives_share:
        return frozenset()
    users = [accounts[use.account] for use in uses]
    known = [user for user in users if user.name]
    silent = {user.key: user for user in users if not user.name and user.carries}
    while found := [user for user in silent.values() if _is_known(user, known, value, in_common)]:
        known += [silent.pop(user.key) for user in found]
    return frozenset(key for key, user in silent.items() if any(user.carries & other.carries for other in known))


def _is_known(
    account: Account, known: Sequence[Account], value: tuple[str, str], in_common: Mapping[str, Values]
) -> bool:
    own = in_common.get(account.key, _NONE) - {value}
    return any(
        own & in_common.get(other.key, _NONE)
        or (account.person and account.person == other.person)
        or (account.birth_date and account.birth_date == other.birth_date)
        for other in known
    )
