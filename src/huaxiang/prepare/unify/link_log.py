"""Keeping the log of links: what is new since the last time, and what is gone, goes to the ledger with its reason."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from huaxiang.ledger import Appended, Entry, Ledger, NewEntry, Pseudonym
from huaxiang.prepare.unify.certainty import differ
from huaxiang.prepare.unify.records import LIKENESS, Hold, Link


class Records(Protocol):
    """The links and holds of a unification."""

    @property
    def links(self) -> Sequence[Link]:
        """Every link, in any order."""

    @property
    def holds(self) -> Sequence[Hold]:
        """Every hold, in any order."""


class _Place(NamedTuple):
    """What makes a link the same link: its accounts and its value, as keyed hashes; likeness has no value."""

    left: str
    right: str
    identifier_type: str
    value: str


def link_log(
    unified: Records, ledger: Ledger, pseudonym: Pseudonym, at: datetime, actor: str, model_version: str | None = None
) -> Appended:
    """Append ``identity.link`` for every link that is new, ``identity.unlink`` for every one that is gone, and
    ``identity.hold`` for every value that is held for a new reason. The same links again append nothing.

    Accounts and values go in as keyed hashes (of the types ``account`` and the identifier's own). Of a link ``left``
    and ``right`` are its accounts; of a hold ``left`` is the value and ``right`` the first account that carries it. A
    link by likeness says by which model (``model_version``) and with what ``probability``, in clear; when its odds have
    more than doubled or halved since, it goes and comes anew. A link by a value that changed hands says the ``period``.
    """
    links = {_place(link, pseudonym): link for link in unified.links}
    known = _known_links(ledger)
    turned = {place for place in known.keys() & links.keys() if _is_other(known[place], links[place])}
    gone, new = known.keys() - links.keys(), links.keys() - known.keys()
    bodies = [
        *(("identity.unlink", _unlinked(place, known[place], "no_longer_holds")) for place in sorted(gone)),
        *(("identity.unlink", _unlinked(place, known[place], "other_probability")) for place in sorted(turned)),
        *(("identity.link", _linked(place, links[place], model_version)) for place in sorted(new | turned)),
        *(("identity.hold", body) for body in _new_holds(unified.holds, ledger, pseudonym)),
    ]
    return ledger.append_many(NewEntry(kind, body, at, actor) for kind, body in bodies)


def _place(link: Link, pseudonym: Pseudonym) -> _Place:
    left, right = (pseudonym.of("account", key) for key in (link.account_key_a, link.account_key_b))
    if link.identifier_type == LIKENESS:
        return _Place(left, right, LIKENESS, "")
    return _Place(left, right, link.identifier_type, pseudonym.of(link.identifier_type, link.identifier_value))


def _known_links(ledger: Ledger) -> dict[_Place, Mapping[str, Any]]:
    """The links that stand in the ledger, with what it says of them."""
    standing: dict[_Place, Mapping[str, Any]] = {}
    for entry in _in_order(ledger.entries("identity.link"), ledger.entries("identity.unlink")):
        place = _Place(*(str(entry.body[field]) for field in _Place._fields))
        # Earlier versions wrote the probability as a keyed hash in the place of the value.
        place = place._replace(value="") if place.identifier_type == LIKENESS else place
        if entry.kind == "identity.link":
            standing[place] = entry.body
        else:
            standing.pop(place, None)
    return standing


def _in_order(*streams: Iterable[Entry]) -> Iterator[Entry]:
    yield from heapq.merge(*streams, key=lambda entry: entry.seq)


def _is_other(known: Mapping[str, Any], link: Link) -> bool:
    """Whether a link by likeness has become so much more or less likely that the ledger should say so."""
    before = known.get("probability")
    return before is not None and differ(float(before), float(link.identifier_value))


def _linked(place: _Place, link: Link, model_version: str | None) -> dict[str, object]:
    body = {**place._asdict(), "rule": link.rule, "is_verified": link.is_verified}
    if link.identifier_type == LIKENESS:
        body |= {"probability": link.identifier_value, "model_version": model_version}
    return body | {"period": link.detail} if link.detail else body


def _unlinked(place: _Place, known: Mapping[str, Any], reason: str) -> dict[str, object]:
    return {**place._asdict(), "rule": str(known["rule"]), "reason": reason}


def _new_holds(holds: Iterable[Hold], ledger: Ledger, pseudonym: Pseudonym) -> Iterator[Mapping[str, object]]:
    known = {
        (entry.body["identifier_type"], entry.body["left"]): entry.body["reason"]
        for entry in ledger.entries("identity.hold")
    }
    for held in holds:
        left = pseudonym.of(held.identifier_type, _held_value(held))
        if known.get((held.identifier_type, left)) != held.reason:
            yield {
                "left": left,
                "right": pseudonym.of("account", held.account_keys.split(", ")[0]),
                "identifier_type": held.identifier_type,
                "reason": held.reason,
                "account_count": held.account_count,
            }


def _held_value(held: Hold) -> str:
    # Of two that look alike the pair itself; how much alike changes a little with all the data.
    return held.account_keys if held.identifier_type == LIKENESS else held.identifier_value
