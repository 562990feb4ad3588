"""Conditions: trees of tests, the one way in which rules, segments and filters say who or what is meant.

In a definition a condition is ``{all: […]}``, ``{any: […]}``, ``{not: …}`` or one of the leaves:

- ``{field: net_revenue_365d, op: ">=", value: 500}``, a test on a field;
- ``{did: sale, where: …, during: {window_days: 30}, measure: count, op: ">=", value: 2}``, what a customer did;
- ``{first: sale, where: …, during: …, has: …}`` and ``{last: …}``, what the first or last time was like;
- ``{sequence: [{event: act, where: …}, {event: sale, within_days: 3, without: …}], during: …}``, in this order;
- ``{crowd: regulars}`` and ``{list: spring_fair}``, who is in another crowd or on an uploaded list;
- ``{draw: spring, above: 0, below: 45}``, who has a lot in this part of a draw, in percent;
- ``{cap: {customers: 100, by: net_revenue_365d, order: highest}, of: …}``, at most so many of those.

``{all: []}`` is everyone. Only tests on fields can stand in a ``where`` or ``has``, which speak of one row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, model_serializer, model_validator

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.caps import Cap, Drawn, Measured
from huaxiang.model.condition_reader import raw_from_text
from huaxiang.model.condition_size import check_size
from huaxiang.model.condition_values import MEASURES, RANDOM, WITHOUT_COLUMN, gap, steps
from huaxiang.model.field_tests import Name, Node, Scalar, Test, TestValue, Value, check_shape
from huaxiang.model.fields import Labels
from huaxiang.model.shown import place_of, shown
from huaxiang.model.windows import Window

# Those that other modules take from here beside the records below.
__all__ = ["MEASURES", "RANDOM", "WITHOUT_COLUMN", "Cap", "Drawn", "Measured", "Scalar", "Test", "Value"]


class All(Node):
    """True where every part is true; with no parts, for everyone."""

    all: tuple[Condition, ...]


class AnyOf(Node):
    """True where at least one part is true; needs a part."""

    any: Annotated[tuple[Condition, ...], Field(min_length=1)]


class Not(Node):
    """True where the part is not, those without a value included."""

    part: Annotated[Condition, Field(alias="not")]


class Did(Measured):
    """True of customers who have rows of a fact table, as many or as much as the measure says.

    Only customers with at least one such row are looked at; ``not`` of it is everyone minus those. ``where`` picks the
    rows, ``during`` the days; then the rows of each customer are measured. Without ``op`` one row is enough. Rows
    without a time count only without ``during``.
    """

    op: Name | None = None
    value: TestValue = None

    @model_validator(mode="after")
    def _whole(self) -> Did:
        if self.is_plain:
            return self
        if self.op is None:
            raise DefinitionError("condition.measure_alone", measure=self.measure)
        check_shape(self.measure, self.op, self.value)
        if self.measure == "count":
            _check_count(self.op, self.value)
        return self

    @property
    def is_plain(self) -> bool:
        """Whether any row at all will do: nothing is compared."""
        return self.measure == "count" and self.op is None and self.value is None

    @property
    def compared(self) -> Test:
        """The test that the figure must pass, on a field named like the measure."""
        return Test(field=self.measure, op=self.op or ">=", value=1 if self.is_plain else self.value)


class First(Node):
    """True of customers whose first row of a fact table, of those meant, has what ``has`` says. Rows without a time
    are not looked at; of rows at the same time the evidence decides, as for newest values."""

    first: Name
    where: RowCondition | None = None
    during: Window | None = None
    has: RowCondition


class Last(Node):
    """True of customers whose last row of a fact table, of those meant, has what ``has`` says."""

    last: Name
    where: RowCondition | None = None
    during: Window | None = None
    has: RowCondition


class Event(Node):
    """Rows of a fact table that ``where`` picks."""

    event: Name
    where: RowCondition | None = None


class Step(Event):
    """One step of a sequence. The first has no gap to keep; every other comes after the step before it, within the
    hours or days if they are given, and ``without`` any such row in between."""

    within_hours: Annotated[int | None, BeforeValidator(gap)] = None
    within_days: Annotated[int | None, BeforeValidator(gap)] = None
    without: Event | None = None

    @property
    def hours(self) -> int | None:
        """The most hours since the step before; a day is 24 hours."""
        return self.within_hours if self.within_days is None else self.within_days * 24

    @property
    def keeps_a_gap(self) -> bool:
        """Whether it says anything about what came before it."""
        return self.hours is not None or self.without is not None


class Sequence(Node):
    """True of customers who did the steps in this order, each at a later moment than the one before.

    Any row of the first step may begin, and other rows may lie between. Rows of one moment are not one after the
    other: the order of rows in files says nothing about people. What must not lie between must lie strictly between to
    matter. Every row must lie in ``during``; rows without a time are not looked at.
    """

    sequence: Annotated[tuple[Step, ...], BeforeValidator(steps)]
    during: Window | None = None

    @model_validator(mode="after")
    def _gaps(self) -> Sequence:
        if self.sequence[0].keeps_a_gap:
            raise DefinitionError("condition.first_step_gap")
        if any(step.within_hours and step.within_days for step in self.sequence):
            raise DefinitionError("condition.gap_twice")
        return self


class InCrowd(Node):
    """True of the customers of another crowd."""

    crowd: Name


class OnList(Node):
    """True of the customers on an uploaded list."""

    list: Name


class Capped(Node):
    """True of the customers that the cap lets through of those for whom ``of`` is true. All customers compete, whoever
    looks: a store sees those of its own among the best of everybody."""

    cap: Cap
    of: Condition


class CrowdRule(Node):
    """A crowd named where its rule counts as well: ``of`` is what is asked. Written down it is the crowd alone."""

    crowd: Name
    name: Labels
    of: Condition

    @model_serializer
    def _as_written(self) -> dict[str, str]:
        return {"crowd": self.crowd}


Leaf = Test | Did | First | Last | Sequence | InCrowd | OnList | Drawn
#: What means something by itself, and not through its parts alone.
Meaning = Leaf | Capped
_RECORDS: dict[str, type[Node]] = {
    "cap": Capped, "all": All, "any": AnyOf, "not": Not, "field": Test, "did": Did, "first": First, "last": Last,
    "sequence": Sequence, "crowd": InCrowd, "list": OnList, "draw": Drawn,
}  # fmt: skip


def _branch(given: Any) -> Any:
    if isinstance(given, Node):
        return given
    name = next((name for name in _RECORDS if name in given), None) if isinstance(given, dict) else None
    if name is not None:
        _check_keys(given, _RECORDS[name])
        return _RECORDS[name].model_validate(given)
    raise DefinitionError("condition.not_a_condition", given=shown(given))


def _check_keys(given: dict[Any, Any], record: type[Node]) -> None:
    known = [field.alias or name for name, field in record.model_fields.items()]
    for key in given:
        if key not in known:
            close = nearest(str(key)[:80], known)
            raise DefinitionError("condition.unknown_key", given=shown(key), nearest=close)


def _of_one_row(given: Any) -> Any:
    if given is None:
        return None
    raw = raw_from_text(given) if isinstance(given, str) else given
    check_size(raw)
    found = _branch(raw)
    for part in (*leaves(found), *caps(found)):
        if not isinstance(part, Test):
            raise DefinitionError("condition.only_of_customers", given=shown(record_of(part)))
    return found


Condition = Annotated[Leaf | All | AnyOf | Not | Capped | CrowdRule, BeforeValidator(_branch)]
#: A condition on the columns of one row: a record, or one line of text.
RowCondition = Annotated[Leaf | All | AnyOf | Not | Capped, BeforeValidator(_of_one_row)]


def _check_count(op: str, value: Value) -> None:
    given = value if isinstance(value, tuple) else (value,)
    if value is None or any(isinstance(each, int | float) and each < 1 for each in given):
        raise DefinitionError("condition.count_from_one", op=op, given=shown(value))


Measured.model_rebuild(_types_namespace={"RowCondition": RowCondition})
for _record in (All, AnyOf, Not, Did, First, Last, Event, Step, Sequence, Cap, Capped, CrowdRule):
    _record.model_rebuild()

EVERYONE = All(all=())


def condition_from(given: Any) -> Condition:
    """The condition that a definition holds.

    Raises :class:`DefinitionError` for another shape, an unknown operator, a value that does not fit its operator,
    more than 500 nodes or more than 20 levels, those inside events included.
    """
    # Measured before, so that no input can exhaust the stack, and after, with what was written as text.
    check_size(given)
    try:
        found = _branch(given)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        place = place_of([step for step in first["loc"] if not str(step).startswith("function-")])
        raise DefinitionError("condition.ill_formed", place=place, given=shown(first["input"])) from problem
    check_size(found)
    return found  # type: ignore[no-any-return]


def record_of(condition: Condition) -> dict[str, Any]:
    """The condition as plain data, as it stands in a definition file; what is left out is as by default."""
    return condition.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)


def parts(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside; none for a leaf."""
    match condition:
        case All():
            return condition.all
        case AnyOf():
            return condition.any
        case Not():
            return (condition.part,)
        case Capped() | CrowdRule():
            return (condition.of,)
        case _:
            return ()


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every leaf of the tree, in reading order; not those inside events."""
    if not isinstance(condition, All | AnyOf | Not | Capped | CrowdRule):
        yield condition
    for part in parts(condition):
        yield from leaves(part)


def caps(condition: Condition) -> Iterator[Capped]:
    """Every cap of the tree, the outer ones first; not those of the crowds that it names."""
    if isinstance(condition, Capped):
        yield condition
    for part in parts(condition):
        yield from caps(part)


def fields_named(condition: Condition) -> tuple[str, ...]:
    """The fields that its tests and caps name, in reading order, each once; not the columns named inside events."""
    tested = [leaf.field for leaf in leaves(condition) if isinstance(leaf, Test)]
    ranked = [one.cap.by for one in caps(condition) if isinstance(one.cap.by, str) and one.cap.by != RANDOM]
    return tuple(dict.fromkeys([*tested, *ranked]))
