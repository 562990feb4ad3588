"""Names beside each other: which of them may be written for one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable

from huaxiang.model.surnames import surnames
from huaxiang.prepare.unify.components import Forest
from huaxiang.prepare.unify.records import Account


def alike(people: list[Account], values: Callable[[Account], Iterable[Hashable]]) -> Forest:
    """The values joined that one person has."""
    of_person: defaultdict[str, set[str]] = defaultdict(set)
    for person in people:
        of_person[person.person or person.key] |= {str(value) for value in values(person) if value is not None}
    forest = Forest()
    for values_of_one in of_person.values():
        forest.join(values_of_one)
    return forest


def one_name_each(people: list[Account], *, short: bool = True) -> dict[str, str | None]:
    """Every name with the one that stands for it; None for a surname that several of them have.

    Names of accounts that were decided to be one person are one. A surname alone, which is what is left of 王女士, is
    short for the only other name with that surname, when there is one and ``short`` names are taken for whole ones.
    """
    names = {person.name for person in people if person.name}
    if len(names) < 2:
        return {name: name for name in names}
    forest = alike(people, lambda person: (person.name,))
    whole = {name for name in names if not (short and is_surname(name))}
    unclear = set[str]()
    for surname in sorted(names - whole):
        bearers = {forest.root(name) for name in whole if name.startswith(surname)}
        if len(bearers) == 1:
            forest.join((surname, *bearers))
        elif bearers and forest.root(surname) not in bearers:
            unclear.add(surname)
    return {name: None if name in unclear else forest.root(name) for name in names}


def is_surname(name: str) -> bool:
    """Whether a comparable name is nothing but a Chinese surname."""
    return name in surnames().single or name in surnames().compound


def may_be_one(names: Iterable[str | None]) -> bool:
    """Whether one person may have all these names, none of which anybody decided about."""
    known = {name for name in names if name}
    whole = {name for name in known if not is_surname(name)}
    return len(known) < 2 or (len(whole) == 1 and all(next(iter(whole)).startswith(short) for short in known))
