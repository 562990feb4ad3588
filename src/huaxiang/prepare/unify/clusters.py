"""Sets of accounts that grow together, unless somebody decided that they never may."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from huaxiang.prepare.unify.components import Forest
from huaxiang.prepare.unify.records import HoldReason


class Apart:
    """Pairs of accounts that are never one customer, each with the kind of decision that says so."""

    def __init__(self) -> None:
        self._others: defaultdict[str, dict[str, HoldReason]] = defaultdict(dict)

    @property
    def is_empty(self) -> bool:
        """Whether nobody is kept apart."""
        return not self._others

    def add(self, one: str, other: str, reason: HoldReason) -> None:
        """Keep two accounts apart; the first reason given stays."""
        self._others[one].setdefault(other, reason)
        self._others[other].setdefault(one, reason)

    def others(self, account: str) -> dict[str, HoldReason]:
        """The accounts that this one is kept apart from."""
        return self._others.get(account, {})

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every pair once."""
        return ((one, other) for one, others in self._others.items() for other in others if one < other)


class Clusters:
    """Accounts in sets, none of which holds two accounts that are kept apart."""

    def __init__(self, apart: Apart) -> None:
        self._apart, self._forest = apart, Forest()
        # Most unifications never ask who is in a set, so that is found out when somebody does.
        self._members: dict[str, set[str]] | None = None

    def root(self, account: str) -> str:
        """The account that stands for the set of ``account``."""
        return self._forest.root(account)

    def members(self, account: str) -> set[str]:
        """The accounts of its set; itself when it is alone."""
        if self._members is None:
            self._members = self._forest.sets()
        return self._members.get(self.root(account), {account})

    def refusal(self, one: str, other: str) -> HoldReason | None:
        """Why the sets of two accounts may not become one; None when they may, or are one already."""
        if self._apart.is_empty or self.root(one) == self.root(other):
            return None
        few, many = sorted((self.members(one), self.members(other)), key=len)
        found = (reason for account in few for at, reason in self._apart.others(account).items() if at in many)
        return min(found, default=None)

    def join(self, accounts: Iterable[str]) -> None:
        """Make one set of the sets of these accounts. Ask :meth:`refusal` before."""
        keys = list(accounts)
        if self._members is None or len(keys) < 2:
            self._forest.join(keys)
            return
        together = {member for key in keys for member in self.members(key)}
        self._forest.join(keys)
        self._members[self.root(keys[0])] = together
