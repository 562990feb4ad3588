"""One customer's row, unmasked: from the rows that lie beside the lake, else from the engine; the same either way.

The rows beside the lake are found in less than a millisecond however many customers there are. An engine answers for
past days, for a lake whose rows are not there (yet), and for crowds that were changed after the refresh.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huaxiang.analyse.contacts import contacts
from huaxiang.analyse.crowd_history import latest_of_each
from huaxiang.analyse.customers import stores_of
from huaxiang.analyse.identity_records import current_id
from huaxiang.analyse.population import Population
from huaxiang.analyse.portrait import portrait_fields, with_rfm
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import only
from huaxiang.engine.points import Points, latest_points
from huaxiang.maintain.serving import BESIDE, CONTACTS, CROWDS, FORMER, STORES, SURE
from huaxiang.model.crowd_tables import OK
from huaxiang.model.segment_order import asks_everybody, crowds_named
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tags
from huaxiang.server.published import Portrait, latest_run
from huaxiang.server.snapshot_values import once_per_snapshot

_SEGMENT = "in_segment_"


@dataclass(frozen=True)
class Known:
    """What is known of one customer: ``row`` has every tag and what RFM says, None for who is unknown.

    ``segments`` are those with an advice that the customer is in. ``contacts`` (``person_name, phone, email,
    member_no``), and how ``sure`` the tags are, are None where they were not looked up with the rest.
    """

    row: Mapping[str, Any] | None
    stores: tuple[str, ...]
    segments: tuple[str, ...]
    contacts: Mapping[str, str | None] | None = None
    sure: Mapping[str, float | None] | None = None


def id_of_today(engine: DuckEngine, given: str) -> str:
    """The id of today of a customer who had another id before; ``given`` itself when it is none."""
    points = _points(engine)
    if points is None:
        return current_id(engine, given)
    return next((one.customer_id for one in points.meant(given) if one.kind == FORMER), given)


def known(engine: DuckEngine, portrait: Portrait, tags: Tags, segments: Segments, customer_id: str) -> Known:
    """What is known of that customer on the portrait's day; of the segments those with an advice are looked up."""
    points = None if portrait.is_past else _points(engine)
    asking = _Asking(engine, portrait, tags, segments, customer_id)
    advised = [key for key, segment in segments.items() if segment.advice]
    if points is None or CROWDS not in points.schema.names:
        return asking.known(advised)
    return _found(points, asking, advised)


def several(
    engine: DuckEngine, portrait: Portrait, customer_ids: list[str], tags: Sequence[str]
) -> list[Mapping[str, Any]]:
    """Of each of those customers ``customer_id, person_name, phone, email, member_no, stores`` and these tags, in the
    order given and unmasked. Only for the published portrait, in which they all are."""
    if not customer_ids:
        return []
    points = _points(engine)
    if points is None:
        return _several_asked(engine, portrait, customer_ids, tags)
    wanted = ["customer_id", STORES, *CONTACTS.values(), *tags]
    names = {STORES: "stores", **{column: name for name, column in CONTACTS.items()}}
    rows = [points.row(each, wanted) or {} for each in customer_ids]
    return [{names.get(name, name): value for name, value in row.items()} for row in rows]


def _several_asked(
    engine: DuckEngine, portrait: Portrait, customer_ids: list[str], tags: Sequence[str]
) -> list[Mapping[str, Any]]:
    rows = portrait.tables["profile"]
    own = only(engine.arrow(rows.filter(rows.customer_id.isin(customer_ids)).select("customer_id", *tags)))
    by_id = {str(row["customer_id"]): row for row in own}
    stores = stores_of(engine, portrait.tables["sale"], customer_ids)
    told = only(contacts(engine, portrait.tables, customer_ids))
    return [row | {"stores": stores.get(each)} | by_id[each] for row in told for each in [str(row["customer_id"])]]


def _points(engine: DuckEngine) -> Points | None:
    """The rows of the refresh that published last; None while they are not there."""
    run, points = latest_run(engine), latest_points(engine.lake)
    return points if run is not None and points is not None and points.run_id == run["run_id"] else None


@dataclass(frozen=True)
class _Asking:
    """An engine that is asked about one customer on one day."""

    engine: DuckEngine
    portrait: Portrait
    tags: Tags
    segments: Segments
    customer_id: str

    def known(self, wanted: Iterable[str]) -> Known:
        """What the tables say; of the segments only the wanted ones that hold together are looked up."""
        rows = self.portrait.tables["profile"]
        # The class of RFM is a place among the customers of a day, and only those of the published day are at hand.
        rows = rows if self.portrait.is_past else with_rfm(self.engine, rows)
        fields, day, facts = portrait_fields(self.tags), self.portrait.as_of, self.portrait.facts
        everybody = Population(self.engine, rows, fields, day, facts, self.segments)
        asked = everybody.of([self.customer_id])
        # Whom a cap let through on a past day, nobody can tell from one customer.
        told = [key for key in wanted if not (self.portrait.is_past and self._competes(key))]
        member = asked.holding({key: self.segments[key] for key in told})
        marks = {_SEGMENT + key: one for key, one in member.items()}
        found = only(self.engine.arrow(asked.marked(marks, rows.columns)))
        own = stores_of(self.engine, self.portrait.tables["sale"], [self.customer_id])
        row: dict[str, Any] | None = found[0] if found else None
        inside = tuple(key for key in member if row and row.pop(_SEGMENT + key))
        return Known(row, tuple(own.get(self.customer_id, ())), inside)

    def _competes(self, key: str) -> bool:
        return asks_everybody(self.segments[key].condition, self.segments)

    def changed(self, wanted: Iterable[str]) -> list[str]:
        """Those of the segments that the last refresh did not compute as they, or others that they name, are now."""
        versions = once_per_snapshot(self.engine, "crowd_versions", lambda: _versions(self.engine))
        return [key for key in wanted if any(self._version(one) != versions.get(one) for one in self._behind(key))]

    def _version(self, key: str) -> int:
        return self.segments[key].version if key in self.segments else 0

    def _behind(self, key: str) -> set[str]:
        """The segment and all that it names, and those that they name."""
        open_, seen = [key], set[str]()
        while open_:
            one = open_.pop()
            seen.add(one)
            named = crowds_named(self.segments[one].condition) if one in self.segments else ()
            open_ += set(named) - seen
        return seen


def _found(points: Points, asking: _Asking, wanted: Sequence[str]) -> Known:
    found = points.row(asking.customer_id)
    if found is None:
        return Known(None, (), ())
    row = {name: value for name, value in found.items() if not name.startswith(BESIDE)}
    published = {each["crowd"] for each in found[CROWDS] or ()}
    changed = asking.changed(wanted)
    inside = (published - set(changed)) | set(asking.known(changed).segments if changed else ())
    contacts = {name: found[column] for name, column in CONTACTS.items()}
    sure = {name.removeprefix(SURE): value for name, value in found.items() if name.startswith(SURE)}
    return Known(row, tuple(found[STORES] or ()), tuple(key for key in wanted if key in inside), contacts, sure or None)


def _versions(engine: DuckEngine) -> dict[str, int]:
    return {key: run.version for key, run in latest_of_each(engine).items() if run.status == OK}
