"""The past of a segment month by month: its rule asked of the ends of months, the latest first, each kept at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from statistics import mean
from time import perf_counter

import ibis.expr.types as ir

from huaxiang.analyse.groups.echoes import every_leaf
from huaxiang.analyse.tag_history import MONTHS, month_ends
from huaxiang.engine.interface import count_of
from huaxiang.maintain.definitions import digest
from huaxiang.maintain.program import program_version
from huaxiang.model.conditions import Condition, InCrowd, OnList
from huaxiang.model.segments import Segment
from huaxiang.server.crowds.kept_past import KeptPast, Stood
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.past_day import past_population, tags_asked
from huaxiang.server.published import latest_run


@dataclass(frozen=True)
class Past:
    """The past of a segment as far as it was computed. ``days`` are the ends of the last months and the day of the
    profile, oldest first; ``kept`` what is known of them; ``left`` those that are still to be looked at, oldest first.
    """

    days: list[date]
    kept: dict[date, Stood]
    run_id: str

    @property
    def found(self) -> list[Stood]:
        """What is known, oldest first, without a gap up to the day of the profile."""
        known: list[Stood] = []
        for day in reversed(self.days):
            if day not in self.kept:
                break
            known.insert(0, self.kept[day])
        return known

    @property
    def unknown(self) -> list[date]:
        """The days that were not computed."""
        return [day for day in self.days if day not in self.kept]

    @property
    def left(self) -> list[date]:
        """The days that are not known, and those by which it is told who came and went between two known ones."""
        unknown = set(self.unknown)
        open_pairs = [pair for pair in pairwise(self.days) if unknown & {*pair} or self.kept[pair[1]].entered is None]
        wanted = unknown.union(*open_pairs)
        return [day for day in self.days if day in wanted]

    @property
    def seconds_of_a_day(self) -> float | None:
        """What a past day of this rule took here; None before one was computed."""
        took = [one.seconds for day, one in self.kept.items() if day != self.days[-1]]
        return mean(took) if took else None

    @property
    def seconds_left(self) -> float | None:
        """What is left takes about so long, by the days that were measured; None before one was."""
        each = self.seconds_of_a_day
        return None if each is None else each * sum(day != self.days[-1] for day in self.left)

    @property
    def is_older(self) -> bool:
        """Whether some of it was told by the data of an earlier refresh."""
        return any(one.run_id != self.run_id for one in self.found)


def past_of(segment: Segment, sight: Sight) -> Past:
    """What is kept of the past of the segment, by its rule as it stands now."""
    run = latest_run(sight.engine)
    return Past(month_ends(sight.as_of, MONTHS), kept_of(segment, sight).days(), str(run["run_id"]) if run else "")


def kept_of(segment: Segment, sight: Sight) -> KeptPast:
    """Where the past of the segment is kept, for those who may see the same customers as this visitor."""
    return KeptPast(sight.workspace.folder, segment.key, _asked(segment.condition, sight))


def steps(segment: Segment, sight: Sight) -> Iterator[Past]:
    """Computes what is left, the latest day first, and tells after each day how far it is; nothing where all is known.

    Each day is kept at once, so that whoever stops loses none.
    """
    kept, past = kept_of(segment, sight), past_of(segment, sight)
    newer: tuple[date, ir.Table] | None = None
    for place, day in enumerate(reversed(past.left)):
        started = perf_counter()
        # Held under two names in turn: the rows of a day are gone with the next one, and its neighbour is compared.
        inside = sight.engine.keep(f"stood_{place % 2}", _on(day, segment.condition, sight))
        customers = count_of(sight.engine, inside)
        told = [_counted(day, customers, perf_counter() - started, past)]
        if newer is not None and (day, newer[0]) in pairwise(past.days):
            told.append(_compared(past.kept[newer[0]], newer[1], inside, sight))
        kept.put(*told)
        newer = day, inside
        past = replace(past, kept=past.kept | {one.day: one for one in told})
        yield past


def _counted(day: date, customers: int, seconds: float, past: Past) -> Stood:
    """What is told of a day by itself; who came and went stays as it was told before, but for the first day."""
    known = past.kept.get(day) if day != past.days[0] else None
    entered, gone = (known.entered, known.gone) if known else (None, None)
    return Stood(day, customers, entered, gone, past.run_id, seconds)


def _compared(stood: Stood, after: ir.Table, before: ir.Table, sight: Sight) -> Stood:
    came = count_of(sight.engine, after.anti_join(before, "customer_id"))
    return replace(stood, entered=came, gone=count_of(sight.engine, before.anti_join(after, "customer_id")))


def _on(day: date, condition: Condition, sight: Sight) -> ir.Table:
    population = sight.population if day == sight.as_of else past_population(day, condition, sight)
    return population.members(condition)


def _asked(condition: Condition, sight: Sight) -> str:
    """A digest of all that the past depends on beside the data."""
    segments, lists, stores = sight.population.segments, sight.workspace.id_lists, sight.access.stores
    named = list(every_leaf(condition, segments))
    body = [
        condition.model_dump(mode="json"),
        {one.crowd: segments[one.crowd].condition.model_dump(mode="json") for one in named if isinstance(one, InCrowd)},
        {key: tag.model_dump(mode="json") for key, tag in tags_asked(condition, sight).items()},
        {one.list: lists[one.list].values for one in named if isinstance(one, OnList)},
        None if stores is None else sorted(stores),
        program_version(),
    ]
    return digest(body)
