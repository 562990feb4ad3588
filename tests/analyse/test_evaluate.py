"""Conditions on data: the compiled expression against an evaluator in plain Python, row by row."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyse.drawn_cases import drawn
from tests.analyse.plainly import World

from huaxiang.analyse.evaluate import holds
from huaxiang.engine import Engine
from huaxiang.errors import DefinitionError
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.conditions import All, AnyOf, Condition, Not, Test
from huaxiang.model.fields import Field
from huaxiang.model.operators import OPERATORS

TYPES = {
    "text": pa.string(), "int": pa.int64(), "number": pa.float64(), "money": pa.decimal128(18, 4),
    "bool": pa.bool_(), "date": pa.date32(), "timestamp": pa.timestamp("us"), "list": pa.list_(pa.string()),
}  # fmt: skip
FIELDS = {kind: Field.model_validate({"key": kind, "type": kind, "name": {"zh": kind, "en": kind}}) for kind in TYPES}
DAYS = st.sampled_from([
    date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3), date(2026, 1, 4), date(2025, 12, 30), date(2026, 1, 6),
    date(2024, 2, 29), date(1990, 2, 28), date(2023, 3, 1), date(2027, 3, 5),
])  # fmt: skip
# A common year and a leap year around the end of February, and the turn of a year.
TODAY = st.sampled_from([date(2026, 1, 4), date(2025, 12, 31), date(2027, 2, 27), date(2027, 3, 1), date(2028, 2, 28)])
COUNTS = st.sampled_from([1, 2, 3, 6, 8, 60, 364, 365, 366, 800])
# Few different values, so that equality and the ends of ranges are met often.
CELLS: dict[str, st.SearchStrategy[Any]] = {
    "text": st.sampled_from(["", "上海", "上海市", "a%b", "A", "null", "é", "🙂", "it's"]),
    "int": st.integers(-2, 2),
    "number": st.sampled_from([-1.5, 0.0, 0.1, 2.0]),
    "money": st.sampled_from([Decimal("-0.0100"), Decimal("0.0000"), Decimal("0.1000"), Decimal("19.9900")]),
    "bool": st.booleans(),
    "date": DAYS,
    "timestamp": st.builds(datetime.combine, DAYS, st.times()),
}
CELLS["list"] = st.lists(st.none() | CELLS["text"], max_size=3)
VALUES = {
    **CELLS,
    "money": CELLS["money"].map(float),
    "date": DAYS.map(date.isoformat),
    "timestamp": DAYS.map(date.isoformat),
    "list": CELLS["text"],
}
AS_OF = date(2026, 1, 4)


@st.composite
def single(draw: st.DrawFn) -> Test:
    """Draw a test of any field with any operator that fits it."""
    kind = draw(st.sampled_from(sorted(TYPES)))
    row = draw(st.sampled_from([row for row in OPERATORS.values() if kind in row.types]))
    values: dict[str, st.SearchStrategy[Any]] = {
        "one": VALUES[kind],
        "many": st.lists(VALUES[kind], min_size=1, max_size=3).map(tuple),
        "range": st.tuples(VALUES[kind], VALUES[kind]).map(sorted).map(tuple),
        "days": COUNTS,
        "none": st.none(),
    }
    return Test(field=kind, op=row.key, value=draw(values[row.value]))


def grouped(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """Strategies for groups of any size, and for not."""
    return st.one_of(
        st.lists(inner, max_size=3).map(lambda found: All(all=tuple(found))),
        st.lists(inner, min_size=1, max_size=3).map(lambda found: AnyOf(any=tuple(found))),
        inner.map(lambda found: Not.model_validate({"not": found})),
    )


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(single(), grouped, max_leaves=6)
ROWS = st.lists(st.fixed_dictionaries({kind: st.none() | cells for kind, cells in CELLS.items()}), max_size=12)


def answers(
    engine: Engine, rows: list[dict[str, Any]], conditions: list[Condition], as_of: date = AS_OF
) -> list[list[bool | None]]:
    """Return what the engine says of each row, one list per condition, in the order of the rows."""
    columns = {"place": pa.array(range(len(rows)), pa.int64())}
    columns |= {kind: pa.array([row[kind] for row in rows], type_) for kind, type_ in TYPES.items()}
    table = engine.bring("evaluated", pa.table(columns))
    said = {f"said_{at}": holds(condition, table, FIELDS, as_of) for at, condition in enumerate(conditions)}
    found = engine.arrow(table.select("place", **said).order_by("place"))
    return [found[name].to_pylist() for name in said]


@given(ROWS, CONDITIONS, TODAY)
def test_compiled_conditions_mean_what_they_say(
    duck: Engine, rows: list[dict[str, Any]], condition: Condition, as_of: date
) -> None:
    """Every operator, type, group and null, against plain Python; the answer is never null."""
    expected = [World(as_of).inside(condition, row) for row in rows]
    assert answers(duck, rows, [condition], as_of) == [expected]


@pytest.mark.parametrize("engine", ["spark"], indirect=True)
@pytest.mark.spark
def test_three_hundred_drawn_conditions_mean_the_same_on_spark(engine: Engine) -> None:
    """The conditions that are drawn for DuckDB, on drawn rows: one frame, one query, a column for each."""
    rows = [row for some in drawn(ROWS, 12) for row in some][:40]
    conditions = drawn(CONDITIONS, 300)
    assert len(rows) > 20
    assert len(conditions) > 200
    for condition, said in zip(conditions, answers(engine, rows, conditions), strict=True):
        assert said == [World(AS_OF).inside(condition, row) for row in rows], condition


def test_both_engines_agree_with_plain_python(engine: Engine) -> None:
    """One test of each operator and type on rows with every cell and null."""
    cells: dict[str, list[Any]] = {
        "text": ["上海", "a%b", None], "int": [0, 2, None], "number": [0.1, -1.5, None],
        "money": [Decimal("0.1000"), Decimal("19.9900"), None], "bool": [True, False, None],
        "date": [date(2026, 1, 1), date(2026, 1, 3), None],
        "timestamp": [datetime(2026, 1, 1, 23, 59), datetime(2026, 1, 3), None],
        "list": [["a%", None, "b"], [None], None],
    }  # fmt: skip
    rows = [{kind: values[at] for kind, values in cells.items()} for at in range(3)]
    value = {
        "text": "a%", "int": 0, "number": 0.1, "money": 19.99, "bool": True, "date": "2026-01-01",
        "timestamp": "2026-01-03", "list": "a%",
    }  # fmt: skip
    conditions: list[Condition] = []
    for row in OPERATORS.values():
        for kind in sorted(row.types & TYPES.keys()):
            given_value = {"one": value[kind], "many": (value[kind],), "range": (value[kind],) * 2, "none": None}
            given_value["days"] = 2
            conditions.append(Test.model_validate({"field": kind, "op": row.key, "value": given_value[row.value]}))
    conditions += [Not.model_validate({"not": condition}) for condition in conditions]
    assert answers(engine, rows, conditions) == [[World(AS_OF).inside(one, row) for row in rows] for one in conditions]


def test_days_are_not_counted_from_nowhere(duck: Engine) -> None:
    """Where there is no day of the profile, a test that counts days is refused with what to write instead."""
    table = duck.bring("bare", pa.table({"date": [date(2026, 1, 1)]}))
    with pytest.raises(DefinitionError) as problem:
        holds(condition_from_text("date in last 3 days"), table, FIELDS, None)
    assert problem.value.code == "condition.needs_a_day"


def test_not_is_everyone_else(duck: Engine) -> None:
    """Who has no value is outside the condition, so inside its opposite; != looks only at those who have one."""
    rows: list[dict[str, Any]] = [{**dict.fromkeys(TYPES), "int": value} for value in (1, 2, None)]
    conditions = [condition_from_text(text) for text in ("int > 1", "not int > 1", "int != 1", "int not in (1)")]
    assert answers(duck, rows, conditions) == [
        [False, True, False],
        [True, False, True],
        [False, True, False],
        [False, True, False],
    ]


@pytest.mark.parametrize("text", ["int is unknown", "not int = 1"])
def test_a_column_that_is_not_there_is_unknown(duck: Engine, text: str) -> None:
    """A field that no source ever had is unknown for everybody."""
    table = duck.bring("bare", pa.table({"other": [1, 2]}))
    found = table.filter(holds(condition_from_text(text), table, FIELDS, None))
    assert duck.arrow(found).num_rows == 2
