"""What people decided about who is who, as the ledger keeps it: what stands, what was undone, and how it is written."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, get_args

from huaxiang.errors import InputError, NotFound
from huaxiang.ledger import Entry, Ledger, Pseudonym
from huaxiang.prepare.unify.rulings import DecisionKind, Ruling
from huaxiang.release.text_masks import mask_text

UNDO = "identity.undo"
KINDS: tuple[DecisionKind, ...] = get_args(DecisionKind)
#: The kinds of entries by which people decide who is who, or take that back.
DECIDING = (UNDO, *(f"identity.{kind}" for kind in KINDS))


class Decision(NamedTuple):
    """One decision: its place in the ledger, who made it when and why, and the accounts of both sides as keyed hashes,
    on each side first the one that stands for it. ``undone_by`` is the place of the entry that took it back.
    ``alone_by``: the type of the value that was all that joined the two sides when it was made; empty of others."""

    seq: int
    kind: DecisionKind
    left: tuple[str, ...]
    right: tuple[str, ...]
    at: datetime
    actor: str
    why: str
    undone_by: int | None = None
    alone_by: str = ""


@dataclass(frozen=True)
class Decisions:
    """The decisions that stand, and the key by which their accounts are known again."""

    standing: tuple[Decision, ...] = ()
    pseudonym: Pseudonym | None = None

    def rulings(self, account_keys: Iterable[str]) -> list[Ruling]:
        """The decisions about these accounts; accounts that are not among them are left out of their sides."""
        if self.pseudonym is None:
            return []
        wanted = {name for one in self.standing for name in (*one.left, *one.right)}
        named = ((self.pseudonym.of("account", key), key) for key in account_keys)
        keys = {name: key for name, key in named if name in wanted}
        return [
            Ruling(one.seq, one.kind, *(tuple(keys[name] for name in side if name in keys) for side in one[2:4]))
            for one in self.standing
        ]


NO_DECISIONS = Decisions()


class Noted(NamedTuple):
    """What is written down with a decision: the places of earlier ones that no longer hold with it, and by what alone
    its sides were joined, as in :class:`Decision`."""

    overrules: Sequence[int] = ()
    alone_by: str = ""


NOTHING_NOTED = Noted()


class Sides(NamedTuple):
    """The account keys of both sides of a decision, in the order in which they are written."""

    left: tuple[str, ...]
    right: tuple[str, ...]


def decisions(ledger: Ledger) -> list[Decision]:
    """Every decision ever made, in order, undone ones included."""
    undone = _undone(_undoings(ledger))
    return [
        _decision(entry, undone.get(entry.seq))
        for entry in heapq.merge(*(ledger.entries(f"identity.{kind}") for kind in KINDS), key=lambda entry: entry.seq)
    ]


def standing(ledger: Ledger, pseudonym: Pseudonym) -> Decisions:
    """The decisions that nobody took back."""
    return Decisions(tuple(one for one in decisions(ledger) if one.undone_by is None), pseudonym)


def decide(
    kind: DecisionKind,
    sides: Sides,
    why: str,
    ledger: Ledger,
    pseudonym: Pseudonym,
    *,
    at: datetime,
    actor: str,
    noted: Noted = NOTHING_NOTED,
) -> Entry:
    """Write a decision down; it holds from the next refresh on. Personal data in ``why`` are masked.

    Raises :class:`InputError` without a reason, or when a side is empty or both share an account.
    """
    body = proposed(kind, sides, pseudonym)
    told: dict[str, object] = {"overrules": list(noted.overrules)} if noted.overrules else {}
    told |= {"alone_by": noted.alone_by} if noted.alone_by else {}
    return ledger.append(f"identity.{kind}", {**body, "why": reasoned(why), **told}, at=at, actor=actor)


def proposed(kind: DecisionKind, sides: Sides, pseudonym: Pseudonym) -> dict[str, Any]:
    """What the ledger would hold about both sides."""
    if not sides.left or not sides.right or set(sides.left) & set(sides.right):
        raise InputError("identity.nothing_to_decide", kind=kind)
    left, right = ([pseudonym.of("account", key) for key in side] for side in sides)
    return {"left": left[0], "right": right[0], "left_accounts": left, "right_accounts": right}


def undo(seq: int, why: str, ledger: Ledger, *, at: datetime, actor: str) -> Entry:
    """Take back entry ``seq``: a decision, or the taking back of one, which then holds again.

    Raises :class:`NotFound` when that entry is neither, and :class:`InputError` when it has been taken back already.
    """
    _check_undoable(seq, ledger)
    return ledger.append(UNDO, {"entry": seq, "why": reasoned(why)}, at=at, actor=actor)


def after_undoing(seq: int, ledger: Ledger, pseudonym: Pseudonym) -> Decisions:
    """The decisions as they would stand if entry ``seq`` were taken back. Raises what :func:`undo` raises."""
    _check_undoable(seq, ledger)
    undone = _undone([*_undoings(ledger), (ledger.position() + 1, seq)])
    return Decisions(tuple(one for one in decisions(ledger) if one.seq not in undone), pseudonym)


def with_one_more(known: Decisions, kind: DecisionKind, body: Mapping[str, Any], at: datetime) -> Decisions:
    """The decisions as they would stand with one more."""
    seq = max((one.seq for one in known.standing), default=0) + 1
    sides = (tuple(body["left_accounts"]), tuple(body["right_accounts"]))
    return Decisions((*known.standing, Decision(seq, kind, *sides, at, "-", "-")), known.pseudonym)


def _check_undoable(seq: int, ledger: Ledger) -> None:
    if not any(entry.seq == seq for kind in DECIDING for entry in ledger.entries(kind, seq - 1, 1)):
        raise NotFound("identity.no_such_decision", given=seq)
    if (by := _undone(_undoings(ledger)).get(seq)) is not None:
        raise InputError("identity.already_undone", entry=seq, by=by)


def _undoings(ledger: Ledger) -> Iterable[tuple[int, int]]:
    """The place of every undoing, and of what it takes back."""
    return ((entry.seq, int(entry.body["entry"])) for entry in ledger.entries(UNDO))


def _undone(undoings: Iterable[tuple[int, int]]) -> dict[int, int]:
    """By the place of an entry that does not hold, the place of the one that took it back."""
    undone: dict[int, int] = {}
    for seq, taken_back in sorted(undoings, reverse=True):
        if seq not in undone:
            undone[taken_back] = seq
    return undone


def _decision(entry: Entry, undone_by: int | None) -> Decision:
    kind: DecisionKind = next(kind for kind in KINDS if entry.kind == f"identity.{kind}")
    left, right = (tuple(entry.body[side]) for side in ("left_accounts", "right_accounts"))
    told = str(entry.body["why"]), undone_by, str(entry.body.get("alone_by", ""))
    return Decision(entry.seq, kind, left, right, entry.at, entry.actor, *told)


def reasoned(why: str) -> str:
    """A reason as the ledger keeps it: personal data masked. Raises :class:`InputError` when there is none."""
    said = mask_text(why.strip())
    if not said:
        raise InputError("identity.no_reason")
    return said
