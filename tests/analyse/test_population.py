"""A population: the customers that conditions are asked of, and what is marked on them."""

import pyarrow as pa
import pytest
from tests.analyse.made import AS_OF

from huaxiang.analyse.population import Population
from huaxiang.engine import Engine
from huaxiang.engine.interface import only
from huaxiang.errors import DefinitionError
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.tags import fields_of, shipped_tags


@pytest.fixture
def people(duck: Engine) -> Population:
    """Three customers, of one of whom no city is known."""
    table = duck.bring("people", pa.table({"customer_id": ["a", "b", "c"], "city": ["上海市", "北京市", None]}))
    return Population(duck, table, fields_of(shipped_tags()), AS_OF)


def test_marks_stand_beside_the_columns_asked_for(duck: Engine, people: Population) -> None:
    """One true or false per customer and condition, and whether it can be judged; a missing column is left out."""
    marked = people.marked({"here": condition_from_text("city = 上海")}, ["city", "no_such_column"], with_known=True)
    assert only(duck.arrow(marked.order_by("customer_id"))) == [
        {"customer_id": "a", "city": "上海市", "here": True, "here_known": True},
        {"customer_id": "b", "city": "北京市", "here": False, "here_known": True},
        {"customer_id": "c", "city": None, "here": False, "here_known": False},
    ]


def test_the_same_questions_are_asked_of_another_table(duck: Engine, people: Population) -> None:
    """A table of fewer customers keeps the fields and the day."""
    fewer = people.over(people.table.filter(people.table.customer_id == "c"))
    assert [row["customer_id"] for row in only(duck.arrow(fewer.members(condition_from_text("city is unknown"))))] == [
        "c"
    ]


def test_what_is_not_known_is_refused(people: Population) -> None:
    """Checking names the nearest field before anything is computed."""
    with pytest.raises(DefinitionError) as problem:
        people.check(condition_from_text("citty = 上海"))
    assert "city" in problem.value.params["nearest"]
