"""Decisions that contradict each other: which no longer hold because of newer ones, and which are said twice.

All of it is told from the keyed hashes of the ledger, so that nobody has to be looked up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from huaxiang.prepare.unify.decisions import Decision, Decisions, with_one_more
from huaxiang.prepare.unify.rulings import DecisionKind, Ruling, verdict

_THEN = datetime.min.replace(tzinfo=UTC)


def overruled(standing: Sequence[Decision]) -> dict[int, int | None]:
    """By the place of every standing decision that does not hold, in part or altogether, the place of the newer one
    that says the opposite of the same accounts; None where several others together do."""
    gone = verdict(Ruling(*one[:4]) for one in standing).overruled
    return {one.seq: _opponent(one, standing, gone) for one in standing if one.seq in gone}


def overruled_by(known: Decisions, kind: DecisionKind, body: Mapping[str, Any]) -> tuple[Decision, ...]:
    """The standing decisions that would no longer hold if ``body`` (see :func:`proposed`) were decided."""
    more = with_one_more(known, kind, body, _THEN).standing
    gone = overruled(more).keys() - overruled(known.standing).keys()
    return tuple(one for one in known.standing if one.seq in gone)


def said_before(known: Decisions, kind: DecisionKind, body: Mapping[str, Any]) -> Decision | None:
    """The decision that holds and says the same of the same accounts or more; None when there is none."""
    gone = overruled(known.standing)
    left, right = {*body["left_accounts"]}, {*body["right_accounts"]}
    for one in known.standing:
        ways = [(one.left, one.right)] if kind == "split" else [(one.left, one.right), (one.right, one.left)]
        covers = any(left <= {*here} and right <= {*there} for here, there in ways)
        if one.kind == kind and one.seq not in gone and covers:
            return one
    return None


def _opponent(one: Decision, standing: Sequence[Decision], gone: frozenset[int]) -> int | None:
    """The newest decision that holds, comes after this one, is about both of its sides and says the opposite."""
    opposite = (
        other.seq
        for other in standing
        if other.seq > one.seq
        and other.seq not in gone
        and (other.kind == "merge") != (one.kind == "merge")
        and {*other.left, *other.right} & {*one.left}
        and {*other.left, *other.right} & {*one.right}
    )
    return max(opposite, default=None)
