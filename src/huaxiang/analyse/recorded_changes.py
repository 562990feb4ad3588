"""What refreshes recorded of one customer's tags: since when each value stands, and how one came to be what it is."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pyarrow as pa

from huaxiang.analyse.tag_lives import Life, lives
from huaxiang.engine.interface import Engine, only
from huaxiang.model.tag_tables import PROFILE_SINCE


class Since(NamedTuple):
    """The day of the refresh since which a value stands; at least since it where that ``is_first``: the recording began
    then, and nobody knows for how long it had stood."""

    day: date
    is_first: bool


class Change(NamedTuple):
    """That a refresh published another value than the one before; values as text, None for unknown. ``by_rule`` says
    that the tag went by another rule from that refresh on."""

    as_of: date
    before: str | None
    after: str | None
    by_rule: bool


class Recorded(NamedTuple):
    """The recorded history of one tag of one customer, the oldest change first, and since when it is recorded."""

    begins: Since
    changes: tuple[Change, ...]


def is_recorded(engine: Engine) -> bool:
    """Whether the lake has such a history; one that an earlier program refreshed has none yet."""
    return PROFILE_SINCE in engine.tables()


def since_of(engine: Engine, customer_id: str) -> dict[str, Since]:
    """Since when each recorded tag of a customer of the latest refresh has the value that it has, by tag."""
    if not is_recorded(engine):
        return {}
    rows = engine.table(PROFILE_SINCE)
    found = only(engine.arrow(rows.filter(rows.customer_id == customer_id)))
    first = {key: day for key, (_, day) in _begins(engine).items()}
    told = {key: day for row in found for key, day in row.items() if key in first}
    return {key: Since(day, False) if isinstance(day, date) else Since(first[key], True) for key, day in told.items()}


def recorded_of(engine: Engine, customer_id: str, tag: str) -> Recorded | None:
    """What refreshes recorded of that tag since its recording began the last time, also under former ids of the
    customer; None where nothing is recorded of it."""
    begin = _begins(engine, tag).get(tag) if is_recorded(engine) else None
    if begin is None or tag not in engine.table(PROFILE_SINCE).columns:
        return None
    stretches = _lives_of(engine, customer_id)
    rows = engine.table("tag_change")
    own = rows.filter(
        rows.tag == tag, rows.run_id >= begin[0], rows.customer_id.isin([one.was_id for one in stretches])
    )
    others = _runs_with_another_rule(engine, tag)
    changes = [
        Change(row["as_of"], row["before"], row["after"], row["run_id"] in others)  # type: ignore[arg-type]
        for row in only(engine.arrow(own.order_by("run_id")))
        if any(_is_within(str(row["run_id"]), str(row["customer_id"]), one) for one in stretches)
    ]
    born = next((one for one in stretches if one.born_as_of and one.from_run >= begin[0]), None)
    begins = Since(born.born_as_of, False) if born and born.born_as_of else Since(begin[1], True)
    return Recorded(begins, tuple(changes))


def _begins(engine: Engine, *tags: str) -> dict[str, tuple[str, date]]:
    """By tag the refresh with which its recording began the last time, and the day of that refresh."""
    rows = engine.table("tag_rule")
    wanted = rows.filter(rows.tag.isin(tags)) if tags else rows
    found = only(engine.arrow(wanted.filter(wanted.begins).order_by("run_id").select("tag", "run_id", "as_of")))
    return {str(row["tag"]): (str(row["run_id"]), row["as_of"]) for row in found}  # type: ignore[misc]


def _runs_with_another_rule(engine: Engine, tag: str) -> set[str]:
    rows = engine.table("tag_rule")
    return set(engine.arrow(rows.filter(rows.tag == tag, ~rows.begins).select("run_id")).column(0).to_pylist())


def _lives_of(engine: Engine, customer_id: str) -> list[Life]:
    told: list[pa.Table] = []
    seen, wanted = set[str](), {customer_id}
    while wanted:
        rows = engine.table("customer_came")
        told.append(engine.arrow(rows.filter(rows.customer_id.isin(sorted(wanted)))))
        seen |= wanted
        wanted = {each for each in told[-1].column("former_id").to_pylist() if each} - seen
    found = [one for one in lives(pa.concat_tables(told)) if one.customer_id == customer_id]
    return found or [Life(customer_id, customer_id, "", None, None)]


def _is_within(run_id: str, was_id: str, life: Life) -> bool:
    lasts = life.before_run is None or run_id < life.before_run
    return was_id == life.was_id and run_id >= life.from_run and lasts
