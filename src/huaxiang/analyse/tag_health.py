"""How well a tag is: what its runs say against what its definition allows, as verdicts that a person can act on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from huaxiang.analyse.in_force import is_expired
from huaxiang.analyse.tag_accuracy import ENOUGH, Accuracy
from huaxiang.analyse.tag_bands import ANY, NUMBERS, OTHERS, by_value
from huaxiang.analyse.tag_runs import CALM, LOOK, Measured
from huaxiang.analyse.tag_twins import Twin
from huaxiang.analyse.tag_uses import Uses
from huaxiang.model.fields import Labels
from huaxiang.model.tags import EVERY_VALUE, Tag
from huaxiang.words import Message

Level = Literal["act", "look"]
#: A move of coverage by this much from one run to the next is worth a look.
_MOVED = 0.1
#: Days before the last day of a tag from which on it is told.
_SOON_DAYS = 30
_LEAST_ACCURATE = 0.8


class Verdict(NamedTuple):
    """One thing that is not as it should be: ``act`` needs somebody now, ``look`` wants a look."""

    level: Level
    code: str
    params: Mapping[str, object]

    @property
    def message(self) -> Message:
        """The verdict as a sentence."""
        return Message(f"tag.health.{self.code}", self.params)


@dataclass(frozen=True)
class Known:
    """What is known of one tag. ``names`` are the names of all tags; ``waiting`` counts given values without customer.

    ``waits_for`` is the tag whose purpose is not recorded, None for a tag that is on; ``broken`` says why it cannot be
    computed.
    """

    tag: Tag
    as_of: date
    measured: Measured | None
    uses: Uses
    names: Mapping[str, Labels]
    accuracy: Accuracy | None = None
    twins: Sequence[Twin] = ()
    waiting: int = 0
    waits_for: str | None = None
    broken: Message | None = None


def verdicts(known: Known) -> list[Verdict]:
    """What is not as it should be, the worst first."""
    found = [*_standing(known), *_measures(known), *_worth(known)]
    return sorted(found, key=lambda verdict: verdict.level != "act")


def _standing(known: Known) -> Iterator[Verdict]:
    tag = known.tag
    if known.broken:
        yield Verdict("act", "broken", {"why": known.broken})
    if known.waits_for:
        yield Verdict("look", "off", {"tag": known.names[known.waits_for].message})
    if is_expired(tag, known.as_of):
        needed = [known.names[key].message for key in known.uses.tags]
        if needed:
            yield Verdict("act", "expired_needed", {"day": tag.expires_on, "tag": needed[0]})
        else:
            yield Verdict("look", "expired", {"day": tag.expires_on})
    elif tag.expires_on is not None and (tag.expires_on - known.as_of).days <= _SOON_DAYS:
        yield Verdict("look", "expires_soon", {"day": tag.expires_on})
    if known.waiting:
        yield Verdict("look", "waiting", {"count": known.waiting})


def _measures(known: Known) -> Iterator[Verdict]:
    latest = known.measured.latest if known.measured else None
    if known.measured is None or latest is None or not latest.everyone:
        return
    least, most = known.tag.allowed_coverage
    said = {"coverage": latest.coverage, "least": least, "most": most}
    was_known = any(run.known for run in known.measured.runs)
    # A tag that never had a value waits for its data; one that had some and has none any more is unwell.
    if was_known and not least <= latest.coverage <= most:
        yield Verdict("act", "coverage", said)
    elif not latest.known:
        yield Verdict("look", "no_values", {})
    yield from _sizes(known.tag, known.measured)
    if latest.psi is not None and latest.psi > CALM:
        yield Verdict("act" if latest.psi > LOOK else "look", "moved", {"psi": latest.psi})
    if len(known.measured.runs) > 1:
        before = known.measured.runs[-2].coverage
        if abs(latest.coverage - before) > _MOVED:
            yield Verdict("look", "coverage_moved", {"before": before, "now": latest.coverage})
    if known.accuracy and known.accuracy.share is not None and known.accuracy.high < _LEAST_ACCURATE:
        twin = known.names[known.accuracy.twin].message
        yield Verdict("act", "inaccurate", {"share": known.accuracy.share, "n": known.accuracy.n, "twin": twin})


def _sizes(tag: Tag, measured: Measured) -> Iterator[Verdict]:
    counts = {str(band["band"]): int(band["customers"]) for band in by_value(measured.bands)}
    total = measured.latest.known if measured.latest else 0
    if total < ENOUGH or not tag.allowed_sizes or NUMBERS in counts:
        return
    for value in dict.fromkeys((*tag.values, *counts)):
        if value in (OTHERS, ANY):
            continue
        least, most = tag.allowed_sizes.get(value, tag.allowed_sizes.get(EVERY_VALUE, (0.0, 1.0)))
        share = counts.get(value, 0) / total
        if not least <= share <= most:
            name = tag.values[value].message if value in tag.values else value
            yield Verdict("act", "size", {"value": name, "share": share, "least": least, "most": most})


def _worth(known: Known) -> Iterator[Verdict]:
    for twin in known.twins:
        other = twin.other if twin.one == known.tag.key else twin.one
        yield Verdict("look", f"twin_{twin.why}", {"other": known.names[other].message, "share": twin.share})
    if not known.uses.count and not known.tag.helper and known.tag.status == "published":
        yield Verdict("look", "unused", {})
