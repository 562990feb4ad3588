"""From boxes to a condition: what each box says, which ones are not finished, and what is wrong with the others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from huaxiang.errors import DefinitionError
from huaxiang.model.compared import compared_with
from huaxiang.model.conditions import (
    EVERYONE,
    WITHOUT_COLUMN,
    All,
    AnyOf,
    Condition,
    Did,
    First,
    Last,
    Not,
    Sequence,
    Test,
    condition_from,
    record_of,
)
from huaxiang.model.facts import Fact
from huaxiang.model.fields import NUMERIC, Field, Fields, field_named
from huaxiang.model.measured import fact_meant, figure_field
from huaxiang.model.operators import DATED, Operator, operators_for
from huaxiang.model.vocabulary import Vocabulary, check_asked
from huaxiang.server.crowds.boxes import OUTERMOST, Box, Boxes
from huaxiang.server.crowds.values import value_from


class Unfinished(Exception):
    """A box that still lacks something; no mistake yet."""


@dataclass
class Read:
    """What boxes say: the condition (None when it makes no sense), and by box what is wrong and which are unfinished.

    Number 0 stands for the whole. ``tests`` are the tests on tags and the counted events as they stand in the
    condition, by box; ``of_rows`` are the boxes whose tests speak of rows and not of customers. ``edges`` are the first
    and last times as they stand in the condition, by the box of each test on what they were like; ``steps`` the
    sequences with the place of the step, by the box of each step.
    """

    condition: Condition | None = None
    problems: dict[int, DefinitionError] = field(default_factory=dict)
    unfinished: list[int] = field(default_factory=list)
    tests: dict[int, Test | Did] = field(default_factory=dict)
    of_rows: set[int] = field(default_factory=set)
    edges: dict[int, First | Last] = field(default_factory=dict)
    steps: dict[int, tuple[Sequence, int]] = field(default_factory=dict)

    @property
    def uncurved(self) -> Read:
        """The same with nothing that could be moved, for rules whose size is not asked."""
        return replace(self, tests={}, edges={}, steps={})


def read_boxes(boxes: Boxes, known: Vocabulary) -> Read:
    """The condition of the boxes, without the unfinished ones."""
    read = as_said(boxes, known)
    if read.condition is not None:
        try:
            check_asked(read.condition, known)
        except DefinitionError as problem:
            read.condition, read.problems[OUTERMOST] = None, problem
    return read


def as_said(boxes: Boxes, known: Vocabulary) -> Read:
    """The same without a look at whether what it names is there."""
    read = Read()
    found = _Reader(boxes, known, read).group(OUTERMOST, boxes.join)
    if not read.problems:
        read.condition = EVERYONE if found is None else found
    return read


def joined(join: str, parts: list[Condition]) -> Condition | None:
    """The parts as one condition; nothing for no parts."""
    if not parts:
        return None
    if join == "none":
        return Not(part=parts[0] if len(parts) == 1 else AnyOf(any=tuple(parts)))
    if len(parts) == 1:
        return parts[0]
    return AnyOf(any=tuple(parts)) if join == "any" else All(all=tuple(parts))


def operator_of(box: Box, kind: str) -> Operator:
    """The chosen operator; where it does not fit the type of field, the one that is asked most of such fields: whether
    a number or a day is at least so large, and whether anything else is the same."""
    fitting = {row.key: row for row in operators_for(kind)}
    usual = ">=" if kind in NUMERIC or kind in DATED else next(iter(fitting))
    return fitting.get(box.text("op")) or fitting[usual]


def fields_for(box: Box, boxes: Boxes, known: Vocabulary) -> Fields:
    """What a test may name where it stands: tags of a customer, or the columns of the event that it is in."""
    holder = boxes.named(box.parent)
    if holder is None or holder.kind == "group":
        return known.fields
    return known.columns(fact_of(holder), [box.text("tag")]) if holder.text("fact") else {}


def fact_of(box: Box) -> Fact:
    """The fact table that an event box names."""
    return fact_meant(box.text("fact"))


def figure_of(box: Box) -> Field | None:
    """The figure that an event box measures, as a field; None while its measure or column is not chosen."""
    measure, column = box.text("measure", "any"), box.text("column")
    if measure == "any" or (measure not in WITHOUT_COLUMN and not column):
        return None
    raw = {"did": box.text("fact"), "measure": measure, "op": ">=", "value": 1}
    if measure not in WITHOUT_COLUMN:
        raw["column"] = column
    draft = condition_from(raw)
    return figure_field(draft) if isinstance(draft, Did) else None


class _Reader:
    """Reads each box once, in reading order, and notes what it finds."""

    def __init__(self, boxes: Boxes, known: Vocabulary, read: Read) -> None:
        self._boxes, self._known, self._read = boxes, known, read

    def group(self, number: int, join: str) -> Condition | None:
        """The boxes in one joined; None where none of them says anything yet."""
        found = [self._one(box) for box in self._boxes.inside(number)]
        return joined(join, [part for part in found if part is not None])

    def _one(self, box: Box) -> Condition | None:
        try:
            found = self._meant(box)
        except Unfinished:
            self._read.unfinished.append(box.number)
            return None
        except DefinitionError as problem:
            self._read.problems[box.number] = problem
            return None
        leaf = found.part if box.kind == "did" and isinstance(found, Not) else found
        if isinstance(leaf, Test | Did):
            self._read.tests[box.number] = leaf
        return Not(part=found) if found is not None and box.text("not") == "1" else found

    def _meant(self, box: Box) -> Condition | None:
        match box.kind:
            case "group":
                return self.group(box.number, box.text("join", "all"))
            case "test":
                return self._test(box)
            case "did":
                return self._did(box)
            case "edge":
                return self._edge(box)
            case "sequence":
                return self._sequence(box)
            case _:
                return condition_from({box.kind: _chosen(box, "key")})

    def _test(self, box: Box) -> Test:
        found = field_named(_chosen(box, "tag"), fields_for(box, self._boxes, self._known))
        return _test_on(box, found)

    def _did(self, box: Box) -> Condition:
        raw = self._event("did", box) | _during(box)
        if (measure := box.text("measure", "any")) != "any":
            figure = figure_of(box)
            if figure is None:
                raise Unfinished
            test = _test_on(box, figure)
            column = {} if measure in WITHOUT_COLUMN else {"column": box.text("column")}
            raw |= {"measure": measure, **column, "op": test.op, "value": test.value}
        found = condition_from(raw)
        return Not(part=found) if box.text("how") == "did_not" else found

    def _edge(self, box: Box) -> Condition:
        has = self._rows(box, "has")
        if has is None:
            raise Unfinished
        edge = "last" if box.text("edge") == "last" else "first"
        found = condition_from(self._event(edge, box) | _during(box) | {"has": record_of(has)})
        if isinstance(found, First | Last):
            asked = [each.number for each in self._boxes.inside(box.number) if each.role == "has"]
            self._read.edges |= dict.fromkeys(asked, found)
        return found

    def _sequence(self, box: Box) -> Condition:
        steps = [self._step(step, first=not place) for place, step in enumerate(self._boxes.inside(box.number))]
        found = condition_from({"sequence": steps} | _during(box))
        if isinstance(found, Sequence):
            inside = self._boxes.inside(box.number)
            self._read.steps |= {step.number: (found, place) for place, step in enumerate(inside) if place}
        return found

    def _step(self, box: Box, *, first: bool) -> dict[str, Any]:
        raw = self._event("event", box)
        if gap := "" if first else box.text("gap"):
            raw["within_hours" if box.text("gap_unit") == "hours" else "within_days"] = _days(gap)
        without = [each for each in self._boxes.inside(box.number) if each.kind == "without"]
        if without and not first:
            raw["without"] = self._event("event", without[0])
        return raw

    def _event(self, name: str, box: Box) -> dict[str, Any]:
        where = self._rows(box, "where")
        return {name: _chosen(box, "fact")} | ({} if where is None else {"where": record_of(where)})

    def _rows(self, box: Box, role: str) -> Condition | None:
        tests = [each for each in self._boxes.inside(box.number) if each.kind == "test" and each.role == role]
        found = [self._one(each) for each in tests]
        self._read.of_rows |= {each.number for each in tests}
        return joined(box.text("join", "all"), [part for part in found if part is not None])


def _test_on(box: Box, found: Field) -> Test:
    operator = operator_of(box, found.type)
    value = value_from(box.typed.get("value", ()), operator, found)
    if value is None and operator.value != "none":
        raise Unfinished
    test = Test(field=found.key, op=operator.key, value=value)
    compared_with(test, found)
    return test


def _during(box: Box) -> dict[str, Any]:
    match box.text("during"):
        case "last":
            window: dict[str, Any] = {"window_days": _days(_chosen(box, "days"))}
            if box.text("skip"):
                window["skip_days"] = _days(box.text("skip"))
        case "fixed":
            window = {name: box.text(name) for name in ("from", "to") if box.text(name)}
            if not window:
                raise Unfinished
        case _:
            return {}
    return {"during": window}


def _days(text: str) -> int:
    plain = text.strip()
    if not (plain.isascii() and plain.isdigit()):
        raise DefinitionError("crowds.not_a_whole_number", given=text[:40])
    return int(plain[:9])


def _chosen(box: Box, name: str) -> str:
    if not box.text(name):
        raise Unfinished
    return box.text(name)
