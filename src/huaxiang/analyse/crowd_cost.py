"""What a rule costs before it runs: the rows of facts that it reads, and how long that takes at a measured pace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

import ibis

from huaxiang.analyse.crowd_history import is_kept
from huaxiang.analyse.facts import MADE_OF
from huaxiang.engine.interface import Engine, only
from huaxiang.model.conditions import Condition, Did, First, InCrowd, Last, Leaf, Sequence, caps, leaves
from huaxiang.model.crowd_tables import OK
from huaxiang.model.facts import fact_named, facts_known
from huaxiang.model.segments import Segments

#: Rows read in a second where nobody has measured it yet: what one core does with a filter, a join and a count.
USUAL_ROWS_PER_SECOND = 10_000_000
#: Past runs that the pace is taken from, the latest ones.
MOST_RUNS = 20
#: Runs that read fewer rows than this measured everything but reading.
LEAST_READ = 50_000


@dataclass(frozen=True)
class Cost:
    """``rows``: of each fact table the rows that are read, as often as they are, the most first.

    ``seconds`` is how long reading them takes at the pace that ``is_measured`` says was measured here.
    """

    rows: Mapping[str, int]
    seconds: float
    is_measured: bool

    @property
    def all_rows(self) -> int:
        """The rows of all tables together."""
        return sum(self.rows.values())


@dataclass(frozen=True)
class Pace:
    """Rows per second; ``is_measured`` unless it is :data:`USUAL_ROWS_PER_SECOND`."""

    rows_per_second: float = USUAL_ROWS_PER_SECOND
    is_measured: bool = False


def cost(condition: Condition, segments: Segments, rows_of: Mapping[str, int], pace: Pace) -> Cost:
    """What the condition costs, with that of the crowds that it names; nothing for one that asks for tags alone.

    ``rows_of`` are the rows of each fact, as :func:`fact_sizes` counts them; a fact that is not there costs nothing.
    Every table counts whole, once for each time that a step or a test reads it: a window leaves rows out only after
    they are read. What names others in a circle is counted once.
    """
    read = Counter[str]()
    for fact, times in facts_read(condition, segments).items():
        read[fact] += times * rows_of.get(fact, 0)
    rows = {fact: count for fact, count in read.most_common() if count}
    return Cost(rows, sum(rows.values()) / pace.rows_per_second, pace.is_measured)


def facts_read(condition: Condition, segments: Segments, path: tuple[str, ...] = ()) -> Counter[str]:
    """By fact table how often the condition reads it, with the crowds that it names."""
    found = Counter(one.cap.by.did for one in caps(condition) if not isinstance(one.cap.by, str))
    for leaf in leaves(condition):
        if not isinstance(leaf, InCrowd):
            found.update(_facts(leaf))
        elif leaf.crowd in segments and leaf.crowd not in path:
            found += facts_read(segments[leaf.crowd].condition, segments, (*path, leaf.crowd))
    return found


def _facts(leaf: Leaf) -> list[str]:
    match leaf:
        case Did():
            return [leaf.did]
        # The moment is looked up first, then what happened at it.
        case First():
            return [leaf.first] * 2
        case Last():
            return [leaf.last] * 2
        case Sequence():
            barred = [step.without.event for step in leaf.sequence if step.without]
            return [step.event for step in leaf.sequence] + barred
        case _:
            return []


def fact_sizes(engine: Engine) -> dict[str, int]:
    """How many rows each fact table that is published has; a fact made of another has the rows of that one."""
    names = {fact: fact_named(MADE_OF.get(fact, fact)).table for fact in facts_known()}
    there = sorted(set(names.values()) & set(engine.tables()))
    if not there:
        return {}
    counts = [engine.table(name).aggregate(rows=ibis._.count()).mutate(name=ibis.literal(name)) for name in there]
    counted = only(engine.arrow(ibis.union(*counts) if len(counts) > 1 else counts[0]))
    sizes = {str(row["name"]): int(str(row["rows"])) for row in counted}
    return {fact: sizes[name] for fact, name in names.items() if name in sizes}


def past_runs(engine: Engine, segments: Segments, rows_of: Mapping[str, int]) -> list[tuple[int, float]]:
    """Rows read and seconds of the crowds over events that the latest refreshes computed as they are defined now."""
    if not is_kept(engine):
        return []
    read = {key: cost(one.condition, segments, rows_of, Pace()).all_rows for key, one in segments.items()}
    runs = engine.table("crowd_run")
    timed = runs.filter(runs.status == OK, runs.crowd.isin([key for key, rows in read.items() if rows] or [""]))
    latest = timed.order_by([timed.run_id.desc(), timed.crowd]).select("crowd", "version", "seconds").limit(MOST_RUNS)
    return [
        (read[str(row["crowd"])], float(str(row["seconds"])))
        for row in only(engine.arrow(latest))
        if segments[str(row["crowd"])].version == row["version"]
    ]


def pace_of(runs: Iterable[tuple[int, float]]) -> Pace:
    """The pace that runs (rows and seconds) measured, half of them faster and half slower; runs that read next to
    nothing say nothing of it."""
    measured = [rows / seconds for rows, seconds in runs if rows >= LEAST_READ and seconds > 0]
    return Pace(median(measured), is_measured=True) if measured else Pace()
