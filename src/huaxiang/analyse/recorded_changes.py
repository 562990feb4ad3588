"""What refreshes recorded of one customer's tags: since when each value stands, and how one came to be what it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


class Recording(NamedTuple):
    """Of which tags changes are recorded, the same for every customer: ``begins`` has the refresh with which the
    recording of a tag began the last time, and its day; ``others`` the refreshes with which it went by another rule;
    ``moved`` are the tags of which anybody's value changed since."""

    begins: Mapping[str, tuple[str, date]]
    others: Mapping[str, frozenset[str]]
    moved: tuple[str, ...]


def is_recorded(engine: Engine) -> bool:
    """Whether the lake has such a history; one that an earlier program refreshed has none yet."""
    return PROFILE_SINCE in engine.tables()


def recording(engine: Engine) -> Recording:
    """Of which tags changes are recorded; of none in a lake that has no history yet."""
    if not is_recorded(engine):
        return Recording({}, {}, ())
    rows = engine.table("tag_rule").select("tag", "run_id", "as_of", "begins").order_by("run_id")
    begins: dict[str, tuple[str, date]] = {}
    others: dict[str, frozenset[str]] = {}
    for row in only(engine.arrow(rows)):
        tag, run = str(row["tag"]), str(row["run_id"])
        if row["begins"]:
            begins[tag] = (run, row["as_of"])  # type: ignore[assignment]
        else:
            others[tag] = others.get(tag, frozenset()) | {run}
    return Recording(begins, others, _moved(engine, begins))


def _moved(engine: Engine, begins: Iterable[str]) -> tuple[str, ...]:
    rows = engine.table(PROFILE_SINCE)
    there = {key: rows[key].notnull().any() for key in begins if key in rows.columns}
    [told] = only(engine.arrow(rows.aggregate(**there))) if there else [{}]
    return tuple(key for key, moved in told.items() if moved)


def since_of(engine: Engine, customer_id: str, known: Recording | None = None) -> dict[str, Since]:
    """Since when each recorded tag of a customer of the latest refresh has the value that it has, by tag; ``known`` is
    :func:`recording`, where that is at hand."""
    told = known or recording(engine)
    if not told.begins:
        return {}
    rows = engine.table(PROFILE_SINCE)
    found = only(engine.having(rows, {"customer_id": [customer_id]}, ["customer_id", *told.moved]))
    days = found[0] if found else {}
    since = {key: Since(day, True) for key, (_, day) in told.begins.items() if key in rows.columns and found}
    return since | {key: Since(day, False) for key, day in days.items() if key in since and isinstance(day, date)}


def recorded_of(engine: Engine, customer_id: str, tag: str, known: Recording | None = None) -> Recorded | None:
    """What refreshes recorded of that tag since its recording began the last time, also under former ids of the
    customer; None where nothing is recorded of it. ``known`` is :func:`recording`, where that is at hand."""
    rules = known or recording(engine)
    begin = rules.begins.get(tag)
    if begin is None or tag not in engine.table(PROFILE_SINCE).columns:
        return None
    stretches = _lives_of(engine, customer_id)
    own = engine.having(engine.table("tag_change"), {"customer_id": [one.was_id for one in stretches]})
    others = rules.others.get(tag, frozenset())
    changes = [
        Change(row["as_of"], row["before"], row["after"], row["run_id"] in others)
        for row in sorted(own.to_pylist(), key=lambda row: str(row["run_id"]))
        if row["tag"] == tag and row["run_id"] >= begin[0]
        if any(_is_within(str(row["run_id"]), str(row["customer_id"]), one) for one in stretches)
    ]
    born = next((one for one in stretches if one.born_as_of and one.from_run >= begin[0]), None)
    begins = Since(born.born_as_of, False) if born and born.born_as_of else Since(begin[1], True)
    return Recorded(begins, tuple(changes))


def _lives_of(engine: Engine, customer_id: str) -> list[Life]:
    told: list[pa.Table] = []
    seen, wanted = set[str](), {customer_id}
    while wanted:
        told.append(engine.having(engine.table("customer_came"), {"customer_id": sorted(wanted)}))
        seen |= wanted
        wanted = {each for each in told[-1].column("former_id").to_pylist() if each} - seen
    found = [one for one in lives(pa.concat_tables(told)) if one.customer_id == customer_id]
    return found or [Life(customer_id, customer_id, "", None, None)]


def _is_within(run_id: str, was_id: str, life: Life) -> bool:
    lasts = life.before_run is None or run_id < life.before_run
    return was_id == life.was_id and run_id >= life.from_run and lasts
