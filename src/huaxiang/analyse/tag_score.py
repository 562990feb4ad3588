"""The score of a tag, from 0 to 100, with every part of it visible: usage, quality, stability, safety."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from huaxiang.analyse.tag_accuracy import Usable
from huaxiang.analyse.tag_health import Known
from huaxiang.words import Message

#: What each part counts for; a part that nothing is known of is left out, and the others count for more.
WEIGHTS = {"usage": 30, "quality": 35, "stability": 20, "safety": 15}
#: A tag with this many uses has half of the points for usage.
_HALF_USED = 3
#: The PSI up to which a tag is stable, and from which on it is not at all.
_STABLE, _UNSTABLE = 0.1, 0.5


@dataclass(frozen=True)
class Part:
    """One part: points from 0 to 100 (None where nothing is known), its weight in percent, and what it rests on."""

    name: str
    points: float | None
    weight: int
    why: tuple[Message, ...]


@dataclass(frozen=True)
class Score:
    """The whole: points from 0 to 100, and its parts."""

    points: float | None
    parts: tuple[Part, ...]


def score(known: Known, usable: Usable | None, *, has_purpose: bool) -> Score:
    """The score of a tag: the mean of its parts by weight."""
    parts = (_usage(known), _quality(known, usable), _stability(known), _safety(known, has_purpose=has_purpose))
    told = [(part.points, part.weight) for part in parts if part.points is not None]
    weight = sum(one for _, one in told)
    return Score(sum(points * one for points, one in told) / weight if weight else None, parts)


def _usage(known: Known) -> Part:
    count = known.uses.count
    said = Message("tag.score.uses", {"count": count})
    return Part("usage", 100.0 * count / (count + _HALF_USED), WEIGHTS["usage"], (said,))


def _quality(known: Known, usable: Usable | None) -> Part:
    figures: list[tuple[float, Message]] = []
    if usable is not None and usable.everyone:
        # Whoever allows a coverage of up to 40% is well covered at 40%.
        share = min(1.0, usable.usable / usable.everyone / (known.tag.allowed_coverage[1] or 1.0))
        figures.append((share, Message("tag.score.usable", {"share": usable.usable / usable.everyone})))
    if known.accuracy is not None and known.accuracy.share is not None:
        said = {"share": known.accuracy.share, "n": known.accuracy.n}
        figures.append((known.accuracy.share, Message("tag.score.accuracy", said)))
    points = 100.0 * sum(share for share, _ in figures) / len(figures) if figures else None
    return Part("quality", points, WEIGHTS["quality"], tuple(message for _, message in figures))


def _stability(known: Known) -> Part:
    moved = [run.psi for run in known.measured.runs if run.psi is not None] if known.measured else []
    if not moved:
        return Part("stability", None, WEIGHTS["stability"], (Message("tag.score.few_runs"),))
    worst = max(moved[-12:])
    points = 100.0 * min(1.0, max(0.0, (_UNSTABLE - worst) / (_UNSTABLE - _STABLE)))
    return Part("stability", points, WEIGHTS["stability"], (Message("tag.score.psi", {"psi": worst}),))


def _safety(known: Known, *, has_purpose: bool) -> Part:
    held = list(_held(known, has_purpose=has_purpose))
    points = 100.0 * sum(1 for holds, _ in held if holds) / len(held)
    said = tuple(Message(f"tag.score.{'has' if holds else 'lacks'}_{name}") for holds, name in held)
    return Part("safety", points, WEIGHTS["safety"], said)


def _held(known: Known, *, has_purpose: bool) -> Iterator[tuple[bool, str]]:
    tag = known.tag
    yield bool(tag.owner.strip()), "owner"
    yield bool(tag.meaning_zh.strip() and tag.meaning_en.strip()), "meaning"
    yield tag.allowed_coverage != (0.0, 1.0) or bool(tag.allowed_sizes), "range"
    if tag.is_guarded:
        yield has_purpose or not tag.needs_purpose, "purpose"
        yield tag.expires_on is not None, "last_day"
