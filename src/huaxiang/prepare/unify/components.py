"""Accounts that values join, directly or through others: connected components, the same in any order of input."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from huaxiang.prepare.unify.records import Group


class Forest:
    """Sets of names that only ever grow together."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def root(self, name: str) -> str:
        """The name that stands for the set of ``name``; ``name`` itself when it was never joined."""
        parent = self._parent
        while (above := parent.get(name, name)) != name:
            parent[name] = name = parent.get(above, above)
        return name

    def join(self, names: Iterable[str]) -> None:
        """Make one set of the sets of all these names."""
        roots = {self.root(name) for name in names}
        if roots:
            least = min(roots)
            self._parent.update(dict.fromkeys(roots, least))

    def sets(self) -> dict[str, set[str]]:
        """The names of every set, by the name that stands for it."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for name in list(self._parent):
            found[self.root(name)].add(name)
        return dict(found)


def forest_of(groups: Iterable[Group]) -> Forest:
    """The accounts of all groups, joined."""
    forest = Forest()
    for group in groups:
        forest.join(use.account for use in group.uses)
    return forest


def components(groups: Iterable[Group]) -> Iterator[list[Group]]:
    """The groups that hang together, component by component, in the order of their least account."""
    groups = list(groups)
    forest = forest_of(groups)
    found: defaultdict[str, list[Group]] = defaultdict(list)
    for group in groups:
        found[forest.root(group.uses[0].account)].append(group)
    for root in sorted(found):
        yield found[root]
