"""Values given by hand, as the ledger keeps them: to whom, by whom, why, until when, and what was taken back.

A gift names each customer by the account that founded it, so that it survives rebuilds and follows that account
through merges, splits and their undoing. A value that may be personal stands in the vault, the ledger has its hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from secrets import token_hex
from typing import NamedTuple

from huaxiang.errors import InputError, NotFound
from huaxiang.ledger import Entry, Ledger, NewEntry, Pseudonym, Vault
from huaxiang.model.given_values import is_sealed, value_text
from huaxiang.model.tags import Tag
from huaxiang.prepare.unify.decisions import reasoned

GIVEN, TAKEN = "tag.given", "tag.taken"
#: More customers than this are written as several entries, so that none grows beyond a page of the ledger.
MOST_MEMBERS = 2_000


class Gift(NamedTuple):
    """One entry that gives a tag a value: ``members`` are the customers that still have it, as keyed hashes of the
    accounts that founded them. ``value`` is None when it was erased. ``until`` is the last day that it holds."""

    seq: int
    tag: str
    value: str | None
    members: tuple[str, ...]
    at: datetime
    actor: str
    why: str
    until: date | None
    crowd: str | None
    taken_by: int | None = None


@dataclass(frozen=True)
class Gifts:
    """The gifts that stand, and the key by which their customers are known again."""

    standing: tuple[Gift, ...] = ()
    pseudonym: Pseudonym | None = None


class Given(NamedTuple):
    """What is to be given: the tag, the value as typed, why, until when, and the crowd whose members they are."""

    tag: Tag
    value: str
    why: str
    until: date | None = None
    crowd: str | None = None


@dataclass(frozen=True)
class GiftBook:
    """Where gifts are written down and read: ledger and vault, and the key of the hashes in them."""

    ledger: Ledger
    vault: Vault
    pseudonym: Pseudonym

    def give(self, given: Given, founders: Sequence[str], *, at: datetime, actor: str) -> list[Entry]:
        """Write down that these customers (by the account that founded each) have a value, from the next refresh on.

        Raises :class:`InputError` for a value that does not fit, a missing reason, an empty list, or a last day that
        has passed.
        """
        text, why = value_text(given.tag, given.value), reasoned(given.why)
        if not founders:
            raise InputError("tag.given_to_nobody", tag=given.tag.name.message)
        if given.until is not None and given.until < at.date():
            raise InputError("tag.until_passed", given=given.until.isoformat())
        stated = self._sealed(text, given.tag) if is_sealed(given.tag) else {"value": text}
        body = {"tag": given.tag.key, "why": why, "until": given.until, "crowd": given.crowd, **stated}
        before = self.ledger.position()
        names = (self.pseudonym.of("account", key) for key in founders)
        self.ledger.append_many(NewEntry(GIVEN, {**body, "members": some}, at, actor) for some in _parts(names))
        return [entry for entry in self.ledger.entries(GIVEN, before) if (entry.actor, entry.at) == (actor, at)]

    def take(self, seq: int, why: str, *, at: datetime, actor: str, founders: Iterable[str] = ()) -> Entry:
        """Take back the gift of entry ``seq``: from the customers that these accounts founded, or without any from all.

        Raises :class:`NotFound` when that entry gives nothing, :class:`InputError` when it has been taken back already.
        """
        known = {gift.seq: gift for gift in gifts(self.ledger, {})}
        if seq not in known:
            raise NotFound("tag.no_such_gift", given=seq)
        wanted = sorted({self.pseudonym.of("account", key) for key in founders})
        if known[seq].taken_by is not None or (wanted and not {*wanted} & {*known[seq].members}):
            raise InputError("tag.already_taken", entry=seq)
        body = {"entry": seq, "tag": known[seq].tag, "why": reasoned(why)}
        return self.ledger.append(TAKEN, {**body, "members": wanted} if wanted else body, at=at, actor=actor)

    def all(self) -> list[Gift]:
        """Every gift ever made, with its value where that was not erased."""
        return gifts(self.ledger, self.vault.values())

    def standing(self) -> Gifts:
        """The gifts that somebody still has."""
        return Gifts(tuple(gift for gift in self.all() if gift.taken_by is None), self.pseudonym)

    def _sealed(self, text: str, tag: Tag) -> dict[str, str]:
        # Salted, so that equal values of two people have unequal hashes and each can be erased alone.
        name = self.pseudonym.of(f"tag_value:{tag.key}", f"{token_hex(16)}:{text}")
        self.vault.keep(name, text)
        return {"value_hash": name}


def gifts(ledger: Ledger, kept: dict[str, str]) -> list[Gift]:
    """Every gift ever made, in order, those taken back included; ``kept`` are the values of the vault by hash."""
    taken: dict[int, list[Entry]] = {}
    for entry in ledger.entries(TAKEN):
        taken.setdefault(int(entry.body["entry"]), []).append(entry)
    return [_gift(entry, taken.get(entry.seq, []), kept) for entry in ledger.entries(GIVEN)]


def _parts(names: Iterator[str]) -> Iterator[list[str]]:
    while some := list(islice(names, MOST_MEMBERS)):
        yield some


def _sealed(text: str, tag: Tag, vault: Vault, pseudonym: Pseudonym) -> dict[str, object]:
    # Salted, so that equal values of two people have unequal hashes and each can be erased alone.
    name = pseudonym.of(f"tag_value:{tag.key}", f"{token_hex(16)}:{text}")
    vault.keep(name, text)
    return {"value_hash": name}


def _gift(entry: Entry, taken: Sequence[Entry], kept: dict[str, str]) -> Gift:
    body = entry.body
    all_of_it = next((back.seq for back in taken if "members" not in back.body), None)
    gone = {name for back in taken for name in back.body.get("members", ())}
    value = body["value"] if "value" in body else kept.get(str(body["value_hash"]))
    until = date.fromisoformat(body["until"]) if body["until"] else None
    members = tuple(name for name in body["members"] if name not in gone)
    return Gift(
        entry.seq, body["tag"], value, members, entry.at, entry.actor, str(body["why"]), until, body["crowd"],
        all_of_it if all_of_it is not None else (taken[-1].seq if taken and not members else None),
    )  # fmt: skip
