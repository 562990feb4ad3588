"""What decisions of people mean together: the newer one wins where two of them cannot both hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from huaxiang.prepare.unify.clusters import Apart, Clusters
from huaxiang.prepare.unify.components import Forest

DecisionKind = Literal["merge", "split", "never_same"]


class Ruling(NamedTuple):
    """One decision about accounts that are there: ``left`` and ``right`` are the accounts of its two sides, the one
    that the decision names first. ``seq`` is its place in the ledger."""

    seq: int
    kind: DecisionKind
    left: tuple[str, ...]
    right: tuple[str, ...]


class Same(NamedTuple):
    """Two accounts that are one person because entry ``seq`` of the ledger says so."""

    account_a: str
    account_b: str
    seq: int


class Verdict(NamedTuple):
    """All decisions together: accounts that are one person, accounts that never are, by account who that person is,
    and the places of decisions that newer ones overrule, in part or altogether."""

    same: tuple[Same, ...]
    apart: Apart
    persons: dict[str, str]
    overruled: frozenset[int]


def verdict(rulings: Iterable[Ruling]) -> Verdict:
    """The verdict on any set of rulings; only their numbers order them."""
    apart = Apart()
    court = _Court(apart, Clusters(apart), Forest(), [], set(), set())
    newest_first = sorted(rulings, key=lambda ruling: -ruling.seq)
    for ruling in newest_first:
        court.hear(ruling)
    accounts = {key for ruling in newest_first for key in (*ruling.left, *ruling.right)}
    persons = {key: court.persons.root(key) if key in court.merged else "" for key in accounts}
    return Verdict(tuple(sorted(court.same)), apart, persons, frozenset(court.overruled))


class _Court(NamedTuple):
    apart: Apart
    clusters: Clusters
    persons: Forest
    same: list[Same]
    merged: set[str]
    overruled: set[int]

    def hear(self, ruling: Ruling) -> None:
        if ruling.kind == "merge":
            if ruling.left and ruling.right:
                self._join(ruling, (ruling.left[0], ruling.right[0]), (*ruling.left, *ruling.right))
            return
        if ruling.kind == "split" and len(ruling.left) > 1:
            # What is split off goes as one customer: whoever wants several splits several times.
            self._join(ruling, ruling.left, ruling.left)
        for one in ruling.left:
            for other in ruling.right:
                if self._person(one) == self._person(other) or self.clusters.root(one) == self.clusters.root(other):
                    self.overruled.add(ruling.seq)
                else:
                    self.apart.add(one, other, "split" if ruling.kind == "split" else "never_same")

    def _person(self, account: str) -> str:
        return self.persons.root(account)

    def _join(self, ruling: Ruling, linked: tuple[str, ...], person: tuple[str, ...]) -> None:
        first = linked[0]
        for other in linked[1:]:
            if self.clusters.refusal(first, other):
                self.overruled.add(ruling.seq)
                return
            self.clusters.join((first, other))
            self.same.append(Same(first, other, ruling.seq))
        self.persons.join(person)
        self.merged.update(person)
