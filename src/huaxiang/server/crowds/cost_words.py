"""What counting a rule costs, in words, before it is counted; and the pace that counting has here."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from huaxiang.analyse.crowd_cost import Cost, cost, fact_sizes, pace_of, past_runs
from huaxiang.model.conditions import Condition
from huaxiang.model.facts import fact_named
from huaxiang.number_words import short_number
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.snapshot_values import once_per_snapshot
from huaxiang.words import say

#: What takes longer is told before it is counted.
TELL_SECONDS = 0.5
#: What takes longer is counted only when the person says so.
ASK_SECONDS = 10.0
_REMEMBERED = 50


class Told(NamedTuple):
    """The cost of a rule: ``words``, and whether they are told before counting, or waits for the person's word."""

    words: str
    is_told: bool
    is_asked: bool


@dataclass(frozen=True)
class _Shop:
    """What is known of one published snapshot: the rows of its facts, what refreshes measured, and the counts that this
    process has measured, which all of its threads add to."""

    rows_of: Mapping[str, int]
    runs: list[tuple[int, float]]
    measured: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))


def cost_of(condition: Condition, sight: Sight) -> Cost:
    """What the condition costs at the pace of the latest counts, of the refreshes, or the usual one."""
    shop = _shop(sight)
    pace = pace_of(shop.measured)
    pace = pace if pace.is_measured else pace_of(shop.runs)
    return cost(condition, sight.population.segments, shop.rows_of, pace)


def remember(counted: Cost, seconds: float, sight: Sight) -> None:
    """Take what a count measured into the pace of the next ones."""
    _shop(sight).measured.append((counted.all_rows, seconds))


def told_cost(found: Cost, lang: str) -> Told:
    """The cost in words; none for a rule that reads no events."""
    if not found.rows:
        return Told("", is_told=False, is_asked=False)
    parts = [
        say("crowds.cost.part", lang, fact=fact_named(fact).row.say(lang), rows=short_number(count, lang))
        for fact, count in found.rows.items()
    ]
    seconds = say("crowds.cost.moment", lang)
    if found.seconds >= 1:
        seconds = say("crowds.cost.seconds", lang, seconds=f"{found.seconds:.0f}")
    ground = say(f"crowds.cost.{'measured' if found.is_measured else 'usual'}", lang)
    listed = say("condition.list_join", lang).join(parts)
    words = say("crowds.cost", lang, listed=listed, seconds=seconds, ground=ground)
    return Told(words, found.seconds >= TELL_SECONDS, found.seconds >= ASK_SECONDS)


def _shop(sight: Sight) -> _Shop:
    return once_per_snapshot(sight.engine, "cost_of_counting", lambda: _known_of(sight))


def _known_of(sight: Sight) -> _Shop:
    rows_of = fact_sizes(sight.engine)
    return _Shop(rows_of, past_runs(sight.engine, sight.definitions.segments, rows_of))
