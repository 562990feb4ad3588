"""The weakest bridge of a customer: the one link whose loss takes it apart, where its halves agree least."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from huaxiang.prepare.unify.components import Forest
from huaxiang.prepare.unify.same_name import may_be_one

Row = Mapping[str, Any]
#: How much a link is worth, the least first; one that is not named here is worth more than all of these.
_WORTH = ("likely_same", "coupon_used", "hashed_value", "hashed_email", "hashed_phone", "shared_in_period")
_NOT_CUT = ("only_user_of_device", "decided_same")
_VERIFIED = len(_WORTH) + 1


class Bridge(NamedTuple):
    """The place of the link among those given, the accounts on the lesser side of it, and whether both sides say
    different things about the person."""

    place: int
    cut_off: tuple[str, ...]
    is_contradiction: bool


def weakest_bridge(accounts: Sequence[Row], links: Sequence[Row]) -> Bridge | None:
    """The bridge to cut first: one between sides that contradict each other, else the least sure one, else the one
    that halves best; None where no single link is a bridge.

    ``accounts``: ``account_key, person_name, gender, birth_date``. ``links``: rows of ``identity_link`` of the same
    customer. A device that only one account used is no bridge worth cutting: it says nothing about who somebody is. Nor
    is what somebody decided, whatever its sides say.
    """
    known = {str(row["account_key"]): row for row in accounts}
    found = [(*_judged(side, place, known, links), side) for place, side in _bridges(known, links)]
    if not found:
        return None
    contradicts, _, _, place, side = min(found)
    return Bridge(place, side, not contradicts)


def _bridges(known: Mapping[str, Row], links: Sequence[Row]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The place of every bridge and the accounts of its lesser side (of equals the one with the least key)."""
    for place, link in enumerate(links):
        ends = (str(link["account_key_a"]), str(link["account_key_b"]))
        if link["rule"] in _NOT_CUT or not known.keys() >= {*ends}:
            continue
        sides = _sides(known, (other for at, other in enumerate(links) if at != place))
        one, other = (sides[end] for end in ends)
        if one != other:
            yield place, min((len(side), tuple(sorted(side))) for side in (one, other))[1]


def _sides(known: Mapping[str, Row], links: Iterable[Row]) -> dict[str, frozenset[str]]:
    forest = Forest()
    for link in links:
        forest.join((str(link["account_key_a"]), str(link["account_key_b"])))
    sets: defaultdict[str, set[str]] = defaultdict(set)
    for key in known:
        sets[forest.root(key)].add(key)
    return {key: frozenset(sets[forest.root(key)]) for key in known}


def _judged(
    side: tuple[str, ...], place: int, known: Mapping[str, Row], links: Sequence[Row]
) -> tuple[bool, int, int, int]:
    """What orders bridges, the first to cut least: agreement of the sides, worth of the link, size, place."""
    here, there = ([row for key, row in known.items() if (key in side) is inside] for inside in (True, False))
    return not _contradict(here, there), _worth(links[place]), -len(side), place


def _worth(link: Row) -> int:
    if link["rule"] in _WORTH:
        return _WORTH.index(link["rule"])
    return _VERIFIED if link["is_verified"] else _VERIFIED - 1


def _contradict(here: Sequence[Row], there: Sequence[Row]) -> bool:
    one, other = ({row["person_name"] for row in side if row["person_name"]} for side in (here, there))
    if one and other and not any(may_be_one((mine, yours)) for mine in one for yours in other):
        return True
    facts = ("gender", "birth_date")
    told = ([{row[name] for row in side} - {None} for side in (here, there)] for name in facts)
    return any(mine and yours and not mine & yours for mine, yours in told)
