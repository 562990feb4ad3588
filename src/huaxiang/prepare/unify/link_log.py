"""Keeping the log of links: what is new since the last time, and what is gone, goes to the ledger with its reason."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from huaxiang.ledger import Appended, Entry, Ledger, NewEntry, Pseudonym
from huaxiang.prepare.unify.records import Hold, Link


class Records(Protocol):
    """The links and holds of a unification."""

    @property
    def links(self) -> Sequence[Link]:
        """Every link, in any order."""

    @property
    def holds(self) -> Sequence[Hold]:
        """Every hold, in any order."""


class _Place(NamedTuple):
    """What makes a link the same link: its accounts and its value, all as keyed hashes."""

    left: str
    right: str
    identifier_type: str
    value: str


def link_log(unified: Records, ledger: Ledger, pseudonym: Pseudonym, at: datetime, actor: str) -> Appended:
    """Append ``identity.link`` for every link that is new, ``identity.unlink`` for every one that is gone, and
    ``identity.hold`` for every value that is held for a new reason. The same links again append nothing.

    Accounts and values go in as keyed hashes (of the types ``account`` and the identifier's own). Of a link ``left``
    and ``right`` are its accounts; of a hold ``left`` is the value and ``right`` the first account that carries it.
    """
    links = {_place(link, pseudonym): link for link in unified.links}
    known = _known_links(ledger)
    bodies = [
        *(("identity.unlink", _unlinked(place, known[place])) for place in sorted(known.keys() - links.keys())),
        *(("identity.link", _linked(place, links[place])) for place in sorted(links.keys() - known.keys())),
        *(("identity.hold", body) for body in _new_holds(unified.holds, ledger, pseudonym)),
    ]
    return ledger.append_many(NewEntry(kind, body, at, actor) for kind, body in bodies)


def _place(link: Link, pseudonym: Pseudonym) -> _Place:
    left, right = (pseudonym.of("account", key) for key in (link.account_key_a, link.account_key_b))
    return _Place(left, right, link.identifier_type, pseudonym.of(link.identifier_type, link.identifier_value))


def _known_links(ledger: Ledger) -> dict[_Place, str]:
    """The links that stand in the ledger, with the rule that made them."""
    standing: dict[_Place, str] = {}
    for entry in _in_order(ledger.entries("identity.link"), ledger.entries("identity.unlink")):
        place = _Place(*(str(entry.body[field]) for field in _Place._fields))
        if entry.kind == "identity.link":
            standing[place] = str(entry.body["rule"])
        else:
            standing.pop(place, None)
    return standing


def _in_order(*streams: Iterable[Entry]) -> Iterator[Entry]:
    yield from heapq.merge(*streams, key=lambda entry: entry.seq)


def _linked(place: _Place, link: Link) -> dict[str, object]:
    return {**place._asdict(), "rule": link.rule, "is_verified": link.is_verified}


def _unlinked(place: _Place, rule: str) -> dict[str, object]:
    return {**place._asdict(), "rule": rule, "reason": "no_longer_holds"}


def _new_holds(holds: Iterable[Hold], ledger: Ledger, pseudonym: Pseudonym) -> Iterator[Mapping[str, object]]:
    known = {
        (entry.body["identifier_type"], entry.body["left"]): entry.body["reason"]
        for entry in ledger.entries("identity.hold")
    }
    for held in holds:
        left = pseudonym.of(held.identifier_type, held.identifier_value)
        if known.get((held.identifier_type, left)) != held.reason:
            yield {
                "left": left,
                "right": pseudonym.of("account", held.account_keys.split(", ")[0]),
                "identifier_type": held.identifier_type,
                "reason": held.reason,
                "account_count": held.account_count,
            }
