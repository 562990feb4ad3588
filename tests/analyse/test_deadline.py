"""Rules that would compute for a very long time: each is stopped at the limit, and the engine goes on."""

import ibis
import pytest
from tests.analyse.made import AS_OF

from huaxiang.analyse.crowd_sizes import crowd_count
from huaxiang.analyse.population import Population
from huaxiang.engine import Engine
from huaxiang.engine.deadline import within
from huaxiang.errors import DefinitionError, EngineError
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.field_tests import MOST_VALUES
from huaxiang.model.fields import Field, Labels

FIELDS = {"city": Field(key="city", type="text", name=Labels(zh="城市", en="city"))}
_STEPS = " then within 2 hours ".join(["act where (event_name contains x)"] * 6)
_BARRED = " then ".join([*["act"] * 3, "act without act where (event_name = y)"])
ENDLESS = [
    "did act", "did act count >= 2", "did act distinct_days >= 2", "did act distinct event_name > 1",
    "did act sum dwell_seconds > 5", "did act average dwell_seconds > 5", "did act where (event_name contains abc)",
    "did act in last 9000 days", "first act has (event_name = x)", "last act has (event_name starts with y)",
    "first act where (dwell_seconds > 1) has (dwell_seconds < 3)", f"sequence ({_STEPS})", f"sequence ({_BARRED})",
    "sequence (act then act)", "sequence (act then within 1 days act)", "did act greatest dwell_seconds >= 3",
    " or ".join(f"did act where (event_name = x{number}) count >= 9" for number in range(40)),
    " and ".join(f"not did act where (event_name contains x{number})" for number in range(40)),
    f"did act where (event_name in ({', '.join(f'x{number}' for number in range(3_000))}))",
    "did act distinct event_name = 3 and (first act has (event_name = x) or last act has (event_name = y))",
]  # fmt: skip


@pytest.fixture
def endless(duck: Engine) -> Population:
    """Two customers with more acts than anybody could count: they are made while they are read."""
    people = duck.bring("few", ibis.memtable({"customer_id": ["a", "b"], "city": ["x", "y"]}).to_pyarrow())
    numbers = ibis.range(0, 40_000, 1).unnest().name("number").as_table()
    rows = numbers.cross_join(numbers.view().rename(other="number"))
    name = (rows.number * 7 % 1_000_003).cast("string")
    act = rows.select(
        customer_id=ibis.ifelse((rows.number + rows.other) % 2 == 0, "a", name),
        occurred_at=ibis.timestamp("2026-01-01 00:00:00") + (rows.number % 1_000).as_interval("s"),
        event_name=name + (rows.other % 1_009).cast("string"),
        dwell_seconds=(rows.other % 10).cast("decimal(18, 4)"),
    )
    return Population(duck, people, FIELDS, AS_OF, {"act": act})


@pytest.mark.parametrize("text", ENDLESS)
def test_an_endless_rule_is_stopped(duck: Engine, endless: Population, text: str) -> None:
    """The error says that it took too long and what to do; the next question is answered."""
    with pytest.raises(EngineError) as problem, within(duck, 0.2):
        crowd_count(endless, condition_from_text(text))
    assert problem.value.code == "engine.too_long"
    assert problem.value.say("zh") != problem.value.say("en")
    assert crowd_count(endless, condition_from_text("city = x")) == 1


def test_a_quick_rule_is_left_alone(duck: Engine, endless: Population) -> None:
    """Within the limit nothing is stopped, and other errors stay what they are."""
    with within(duck, 60):
        assert crowd_count(endless, condition_from_text("city is known")) == 2
    with pytest.raises(DefinitionError), within(duck, 60):
        endless.check(condition_from_text("did acts"))


def test_long_lists_of_values_are_capped() -> None:
    """Ten thousand values are a list to be uploaded, not a rule."""
    with pytest.raises(DefinitionError) as problem:
        condition_from_text(f"city in ({','.join(['x'] * (MOST_VALUES + 1))})")
    assert problem.value.code == "condition.too_many_values"
