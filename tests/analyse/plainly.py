"""What conditions mean, a second time: plain Python over rows, without the engine and without the compiler."""

from __future__ import annotations

import hashlib
import json
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from huaxiang.model import conditions as made
from huaxiang.model.conditions import (
    RANDOM,
    All,
    AnyOf,
    Cap,
    Capped,
    Condition,
    CrowdRule,
    Did,
    Drawn,
    First,
    InCrowd,
    Last,
    Not,
    OnList,
    Test,
)
from huaxiang.model.windows import Window

Row = Mapping[str, Any]

COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "in": lambda cell, value: cell in value,
    "not in": lambda cell, value: cell not in value,
    "between": lambda cell, value: value[0] <= cell <= value[1],
    "contains": lambda cell, value: value in cell,
    "starts with": lambda cell, value: cell.startswith(value),
    "ends with": lambda cell, value: cell.endswith(value),
    "has any": lambda cell, value: bool(set(cell) & set(value)),
    "has all": lambda cell, value: set(value) <= set(cell),
    "has none": lambda cell, value: not set(cell) & set(value),
}

OPPOSITES = {
    "does not contain": "contains", "does not start with": "starts with", "does not end with": "ends with",
    "not in last days": "in last days",
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """Everything that a condition may look at. ``events`` are rows by fact table, ``at`` names the column of each that
    says when; ``places`` the columns by which rows of one moment are put in order, least telling last."""

    as_of: date
    events: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    at: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Sequence[str]] = field(default_factory=dict)
    crowds: Mapping[str, Condition] = field(default_factory=dict)
    lists: Mapping[str, set[str]] = field(default_factory=dict)
    people: Sequence[Row] = ()

    def inside(self, condition: Condition, customer: Row) -> bool:  # noqa: C901, PLR0911 - one line for each kind
        """Whether the condition is true of the customer."""
        match condition:
            case All():
                return all(self.inside(part, customer) for part in condition.all)
            case AnyOf():
                return any(self.inside(part, customer) for part in condition.any)
            case CrowdRule():
                return self.inside(condition.of, customer)
            case Not():
                return not self.inside(condition.part, customer)
            case Test():
                return passes(condition, cell_of(condition, customer), self.as_of)
            case Drawn():
                return lies_in_draw(condition, customer["customer_id"])
            case Capped():
                return customer["customer_id"] in self._let_through(condition)
            case InCrowd():
                return self.inside(self.crowds[condition.crowd], customer)
            case OnList():
                return customer["customer_id"] in self.lists[condition.list]
            case Did():
                return self._did(condition, customer["customer_id"])
            case First() | Last():
                return self._edge(condition, customer["customer_id"])
            case made.Sequence():
                return self._sequence(condition, customer["customer_id"])

    def _let_through(self, capped: Capped) -> set[str]:
        """Everybody inside, put in order one after the other, and as many as the cap says."""
        cap = capped.cap
        people = [one for one in self.people if self.inside(capped.of, one)]

        def place(one: Row) -> tuple[bool, Any, str, str]:
            who = str(one["customer_id"])
            drawn = hashlib.md5(f"{cap.seed}:{who}".encode(), usedforsecurity=False).hexdigest()
            value = self._ranked(cap, one)
            sign = 0 if value is None else value if cap.order == "lowest" else -value
            return value is None, sign, drawn, who

        return {str(one["customer_id"]) for one in sorted(people, key=place)[: cap.customers]}

    def _ranked(self, cap: Cap, one: Row) -> Any:
        if isinstance(cap.by, str):
            return None if cap.by == RANDOM else one.get(cap.by)
        rows = self._rows(cap.by.did, one["customer_id"], cap.by.where, cap.by.during, timed=False)
        if cap.by.measure == "count":
            return len(rows) or None
        column = cap.by.column or ""
        cells = [row[column] for row in rows if row[column] is not None]
        return sum(cells) if cells else None

    def _rows(self, fact: str, who: str, where: Condition | None, during: Window | None, *, timed: bool) -> list[Row]:
        found = []
        for row in self.events[fact]:
            at = row[self.at[fact]]
            if row["customer_id"] != who or (at is not None and at.date() > self.as_of):
                continue
            if at is None and (timed or during is not None):
                continue
            if during is not None and not self._lies_in(at.date(), during):
                continue
            if where is None or self.inside(where, row):
                found.append(row)
        return found

    def _lies_in(self, day: date, window: Window) -> bool:
        if window.window_days is not None:
            age = (self.as_of - day).days
            return window.skip_days <= age < window.skip_days + window.window_days
        return (window.first_day is None or day >= window.first_day) and (
            window.last_day is None or day <= window.last_day
        )

    def _did(self, leaf: Did, who: str) -> bool:
        rows = self._rows(leaf.did, who, leaf.where, leaf.during, timed=False)
        if not rows:
            return False
        return leaf.is_plain or passes(leaf.compared, self._figure(leaf, rows), self.as_of)

    def _figure(self, leaf: Did, rows: list[Row]) -> Any:
        if leaf.measure == "count":
            return len(rows)
        column = self.at[leaf.did] if leaf.measure == "distinct_days" else str(leaf.column)
        kind = str if leaf.measure == "distinct" else Decimal
        cells = [further(row, column, kind) if is_further(column) else row[column] for row in rows]
        known = [cell for cell in cells if cell is not None]
        if leaf.measure == "distinct_days":
            return len({at.date() for at in known})
        if leaf.measure == "distinct":
            return len(set(known))
        if not known:
            return None
        if leaf.measure == "average":
            return float(sum(Decimal(str(each)) for each in known)) / len(known)
        measures: dict[str, Callable[[Any], Any]] = {"sum": sum, "least": min, "greatest": max}
        return measures[leaf.measure](known)

    def _edge(self, leaf: First | Last, who: str) -> bool:
        fact = leaf.first if isinstance(leaf, First) else leaf.last
        rows = self._rows(fact, who, leaf.where, leaf.during, timed=True)
        key = [self.at[fact], *reversed(self.places[fact])]
        ordered = sorted(rows, key=lambda row: [(row[name] is not None, row[name] or 0) for name in key])
        return bool(ordered) and self.inside(leaf.has, ordered[0 if isinstance(leaf, First) else -1])

    def _sequence(self, leaf: made.Sequence, who: str) -> bool:
        steps = [self._moments(step, who, leaf.during) for step in leaf.sequence]
        return any(self._fits(leaf, chosen, who) for chosen in product(*steps))

    def _moments(self, event: made.Event, who: str, during: Window | None) -> set[datetime]:
        rows = self._rows(event.event, who, event.where, during, timed=True)
        return {row[self.at[event.event]] for row in rows}

    def _fits(self, leaf: made.Sequence, chosen: tuple[datetime, ...], who: str) -> bool:
        for before, after, step in zip(chosen, chosen[1:], leaf.sequence[1:], strict=False):
            if not before < after or (step.hours and after - before > timedelta(hours=step.hours)):
                return False
            if step.without and any(
                before < moment < after for moment in self._moments(step.without, who, leaf.during)
            ):
                return False
        return True


def lies_in_draw(drawn: Drawn, who: str) -> bool:
    """Whether the lot of the customer lies in the part of the draw."""
    digest = hashlib.md5(f"pack:{drawn.draw}:{who}".encode(), usedforsecurity=False).hexdigest()
    share = int(digest[:8], 16) * 100 / 2**32
    return drawn.above <= share < drawn.below


def is_further(name: str) -> bool:
    """Whether a column is one that no field took."""
    return name.startswith("extra.")


def cell_of(test: Test, row: Row) -> Any:
    """What a test looks at; a further column is read as what it is compared with."""
    if not is_further(test.field):
        return row.get(test.field)
    value = test.value[0] if isinstance(test.value, tuple) else test.value
    if test.op.endswith("days") or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value)):
        return further(row, test.field, date)
    return further(row, test.field, float if isinstance(value, int | float) else str)


def further(row: Row, name: str, kind: type) -> Any:
    """The text of a further column as a number or day; None where it is none."""
    text = json.loads(row["extra"] or "{}").get(name.removeprefix("extra."))
    if text is None or kind is str:
        return text
    try:
        if kind is date:
            return date(*(int(part) for part in re.split("[-/]", text.split()[0])))
        return kind(text.replace(",", ""))
    except (ValueError, TypeError, ArithmeticError):
        return None


def passes(test: Test, cell: Any, as_of: date) -> bool:
    """Whether a cell passes a test; one without a value passes ``is unknown`` alone."""
    if test.op in ("is known", "is unknown"):
        return (cell is not None) == (test.op == "is known")
    if cell is None:
        return False
    if test.op in OPPOSITES:
        return not passes(test.model_copy(update={"op": OPPOSITES[test.op]}), cell, as_of)
    if test.op.split()[-1] in ("days", "ago"):
        return passes_days(test.op, _plain(cell), int(str(test.value)), as_of)
    if isinstance(cell, list) and test.op in OPPOSITES.values():
        return any(COMPARED[test.op](one, test.value) for one in cell if one is not None)
    return COMPARED[test.op](_plain(cell), _like(test.value, cell))


def passes_days(op: str, day: date, count: int, as_of: date) -> bool:
    """Day by day: whether the day, or its anniversary, is one of those that are meant."""
    if op == "more than days ago":
        return (as_of - day).days > count
    meant = [as_of + timedelta(days=-step if op == "in last days" else step) for step in range(count)]
    if op == "anniversary in next days":
        return any(is_anniversary(day, one) for one in meant)
    return day in meant


def is_anniversary(day: date, on: date) -> bool:
    """Whether a day has its anniversary on another one."""
    try:
        return day.replace(year=on.year) == on
    except ValueError:
        return on == date(on.year, 3, 1)


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.date()
    return float(cell) if isinstance(cell, Decimal) else cell


def _like(value: Any, cell: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_like(each, cell) for each in value)
    return date.fromisoformat(value) if isinstance(cell, date) else value
