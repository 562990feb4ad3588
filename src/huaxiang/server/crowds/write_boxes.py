"""From a condition to boxes, where boxes can say it; a rule that they cannot say keeps its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from huaxiang.errors import DefinitionError
from huaxiang.model.conditions import (
    All,
    AnyOf,
    Capped,
    Condition,
    CrowdRule,
    Did,
    Drawn,
    First,
    InCrowd,
    Last,
    Leaf,
    Not,
    OnList,
    Sequence,
    Step,
    Test,
)
from huaxiang.model.fields import Field, Fields, field_named
from huaxiang.model.measured import fact_meant, figure_field
from huaxiang.model.vocabulary import Vocabulary
from huaxiang.model.windows import Window
from huaxiang.server.crowds.boxes import MOST_BOXES, OUTERMOST, Box, Boxes, Kind, Role
from huaxiang.server.crowds.read_boxes import as_said
from huaxiang.server.crowds.values import typed_from


def boxes_of(condition: Condition, known: Vocabulary) -> Boxes | None:
    """The boxes that say exactly this condition, whether what it names is there or not; None where boxes cannot."""
    try:
        writer = _Writer(known.fields)
        join, parts = _split(condition)
        for part in parts:
            writer.add(part, OUTERMOST)
        found = Boxes(tuple(writer.boxes), join)
        return found if len(found.boxes) <= MOST_BOXES and as_said(found, known).condition == condition else None
    except (DefinitionError, _Unsayable):
        return None


class _Unsayable(Exception):
    """Something for which there is no box."""


class _Writer:
    """Writes boxes one after the other, each with its number."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self.boxes: list[Box] = []

    def add(self, part: Condition, parent: int, *, negated: bool = False) -> None:
        """The boxes of one part of a group."""
        match part:
            case Not(part=Did() as inner):
                self._did(inner, parent, how="did_not")
            case Not() if not negated and not isinstance(part.part, All | AnyOf | Not):
                self.add(part.part, parent, negated=True)
            case All() | AnyOf() | Not():
                self._group(part, parent)
            case Capped() | Drawn() | CrowdRule():
                raise _Unsayable
            case _:
                self._leaf(part, parent, negated=negated)

    def _leaf(self, part: Leaf, parent: int, *, negated: bool) -> None:
        match part:
            case Test():
                self._test(part, parent, "", self._fields, negated=negated)
            case Did():
                self._did(part, parent, how="did")
            case First() | Last():
                self._edge(part, parent, negated=negated)
            case Sequence():
                self._sequence(part, parent, negated=negated)
            case InCrowd():
                self._box("crowd", parent, {"key": part.crowd, **_said(negated=negated)})
            case OnList():
                self._box("list", parent, {"key": part.list, **_said(negated=negated)})

    def _box(self, kind: Kind, parent: int, typed: Mapping[str, str], role: Role = "") -> int:
        number = len(self.boxes) + 1
        self.boxes.append(Box(number, kind, parent, role).saying(**typed))
        return number

    def _group(self, part: All | AnyOf | Not, parent: int) -> None:
        join, parts = _split(part)
        number = self._box("group", parent, {"join": join})
        for each in parts:
            self.add(each, number)

    def _test(self, test: Test, parent: int, role: Role, fields: Fields, *, negated: bool = False) -> None:
        typed = typed_from(test.value, field_named(test.field, fields))
        number = self._box("test", parent, {"tag": test.field, "op": test.op, **_said(negated=negated)}, role)
        self._put(number, {"value": typed} if typed else {})

    def _did(self, did: Did, parent: int, how: str) -> None:
        number = self._event("did", did.did, did.where, parent, how=how, **_window(did.during))
        if not did.is_plain:
            figure: Field = figure_field(did)
            typed = {"measure": (did.measure,), "op": (did.op or ">=",), "value": typed_from(did.value, figure)}
            self._put(number, typed | ({"column": (did.column,)} if did.column else {}))

    def _edge(self, edge: First | Last, parent: int, *, negated: bool) -> None:
        fact, name = (edge.first, "first") if isinstance(edge, First) else (edge.last, "last")
        join, has = _split(edge.has)
        where_join, where = _split(edge.where) if edge.where else (join, ())
        if len(has) > 1 and len(where) > 1 and join != where_join:
            raise _Unsayable
        typed = {"fact": fact, "edge": name, "join": join if len(has) > 1 else where_join}
        number = self._box("edge", parent, {**typed, **_window(edge.during), **_said(negated=negated)})
        self._rows(number, "has", has, fact)
        self._rows(number, "where", where, fact)

    def _sequence(self, found: Sequence, parent: int, *, negated: bool) -> None:
        number = self._box("sequence", parent, {**_window(found.during), **_said(negated=negated)})
        for step in found.sequence:
            self._step(step, number)

    def _step(self, step: Step, parent: int) -> None:
        gap: dict[str, str] = {}
        if step.hours is not None:
            unit = "hours" if step.within_hours else "days"
            gap = {"gap": str(step.within_hours or step.within_days), "gap_unit": unit}
        number = self._event("step", step.event, step.where, parent, **gap)
        if step.without:
            self._event("without", step.without.event, step.without.where, number)

    def _event(self, kind: Kind, fact: str, where: Condition | None, parent: int, **typed: str) -> int:
        join, parts = _split(where) if where else ("all", ())
        number = self._box(kind, parent, {"fact": fact, "join": join, **typed})
        self._rows(number, "where", parts, fact)
        return number

    def _rows(self, number: int, role: Role, parts: tuple[Condition, ...], fact: str) -> None:
        for part in parts:
            test = part.part if isinstance(part, Not) else part
            if not isinstance(test, Test):
                raise _Unsayable
            self._test(test, number, role, fact_meant(fact).columns, negated=isinstance(part, Not))

    def _put(self, number: int, typed: Mapping[str, tuple[str, ...]]) -> None:
        box = self.boxes[number - 1]
        self.boxes[number - 1] = replace(box, typed={**box.typed, **typed})


def _split(condition: Condition) -> tuple[str, tuple[Condition, ...]]:
    match condition:
        case AnyOf():
            return "any", condition.any
        case All():
            return "all", condition.all
        case Not(part=AnyOf() as inner):
            return "none", inner.any
        case Not():
            return "none", (condition.part,)
        case _:
            return "all", (condition,)


def _said(*, negated: bool) -> dict[str, str]:
    return {"not": "1"} if negated else {}


def _window(during: Window | None) -> dict[str, str]:
    if during is None:
        return {}
    if during.window_days is not None:
        skip = {"skip": str(during.skip_days)} if during.skip_days else {}
        return {"during": "last", "days": str(during.window_days), **skip}
    ends = {"from": during.first_day, "to": during.last_day}
    return {"during": "fixed", **{name: day.isoformat() for name, day in ends.items() if day}}
