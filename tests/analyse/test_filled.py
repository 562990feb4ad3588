"""Values that nobody states: filled from another source or inferred, never before a stated one, and said to be so."""

from datetime import date, datetime
from typing import Any

import ibis
import pyarrow as pa
from tests.analyse.made import AS_OF, bring, customers

from huaxiang.analyse.filled import filled_column
from huaxiang.analyse.order import with_needed
from huaxiang.analyse.profile import profile
from huaxiang.analyse.why import why
from huaxiang.engine import Engine
from huaxiang.engine.interface import only
from huaxiang.model.results import Why
from huaxiang.model.tags import shipped_tags, tags_from
from huaxiang.prepare.quality.missing import FILLED_VALUE

KEYS = ("gender", "age_band", "city", "city_tier", "education")
TAGS = with_needed(KEYS, shipped_tags())
LATER = datetime(2026, 7, 15)


def filled(customer: str, column: str, value: str, how: str = "filled", **more: Any) -> dict[str, Any]:
    """A row of ``filled_value``."""
    told = {"from_trait": "delivery_city", "source": "shop", "import_id": "i2", "source_row": 7, "first_said_at": None}
    return {"customer_id": customer, "column_name": column, "value": value, "how": how, **told, **more}


FILLED = [
    filled("c0", "gender", "male", "inferred", from_trait="title_gender"),
    filled("c0", "birth_date", "1990-05-01", "inferred", from_trait="id_card_birth_date"),
    filled("c0", "city", "上海"),
    filled("c1", "city", "北京"),
    filled("c2", "city", "成都", first_said_at=LATER),
]
ACCOUNTS = [{"account_key": f"a{n}", "customer_id": f"c{n}"} for n in range(3)]
STATED = [{"account_key": "a1", "city": "苏州", "import_id": "i1", "source_row": 2}]


def facts_of(engine: Engine, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Three customers, one of whom states a city, and what was filled."""
    facts = bring(engine, {"customer": customers("c0", "c1", "c2"), "account": ACCOUNTS, "person_record": STATED})
    given = pa.Table.from_pylist(rows, schema=ibis.schema(FILLED_VALUE).to_pyarrow())
    return facts | {"filled_value": engine.bring("made_filled", given)}


def profiles(engine: Engine, facts: dict[str, Any], as_of: date = AS_OF) -> dict[str, dict[str, Any]]:
    """The profiles by customer."""
    return {str(row["customer_id"]): row for row in only(engine.arrow(profile(engine, TAGS, as_of, facts)))}


def explained(engine: Engine, facts: dict[str, Any], customer: str, key: str) -> Why:
    """Why the customer has the value."""
    return why(engine, facts, TAGS, profiles(engine, facts)[customer], key, AS_OF)


def test_a_filled_value_stands_where_nobody_states_one(engine: Engine) -> None:
    """Tags computed from it follow; a stated value stands before it; one said only later is not known yet."""
    found = profiles(engine, facts_of(engine, FILLED))
    assert (found["c0"]["gender"], found["c0"]["birth_date"]) == ("male", date(1990, 5, 1))
    assert (found["c0"]["age_band"], found["c0"]["city_tier"]) == ("from_35_to_44", "tier_1")
    assert found["c0"]["education"] is None
    assert [found[customer]["city"] for customer in ("c0", "c1", "c2")] == ["上海", "苏州", None]


def test_said_later_it_is_known_from_that_day_on(duck: Engine) -> None:
    facts = facts_of(duck, FILLED)
    assert profiles(duck, facts, LATER.date())["c2"]["city"] == "成都"


def test_why_says_that_it_was_filled_and_from_what(duck: Engine) -> None:
    facts = facts_of(duck, FILLED)
    guessed = explained(duck, facts, "c0", "gender")
    assert (guessed.value, guessed.how, guessed.from_trait) == ("male", "inferred", "title_gender")
    row = {"source": "shop", "import_id": "i2", "source_row": 7, "gender": "male"}
    assert (guessed.evidence, guessed.evidence_count) == ((row,), 1)
    assert explained(duck, facts, "c0", "city_tier").inputs[0].how == "filled"
    stated = explained(duck, facts, "c1", "city")
    assert (stated.how, stated.evidence_count, stated.evidence[0]["source_row"]) == (None, 1, 2)
    unknown = explained(duck, facts, "c2", "city")
    assert (unknown.value, unknown.how, unknown.evidence) == (None, None, ())


def test_without_anything_filled_the_unknown_stays_unknown(duck: Engine) -> None:
    assert {row["gender"] for row in profiles(duck, facts_of(duck, [])).values()} == {None}


def test_only_tags_that_take_any_statement_take_a_filled_one() -> None:
    body = {"element": "basic", "zh": "城", "en": "C", "meaning_zh": "城", "meaning_en": "C", "type": "text"}
    rule = {"kind": "golden", "fact": "person_record", "column": "city"}
    asking = {"plain": rule, "chosen": {**rule, "where": "gender = male"}, "free": {**rule, "column": "education"}}
    tags = tags_from({key: {**body, "rule": each} for key, each in asking.items()})
    assert {key: filled_column(tag) for key, tag in tags.items()} == {"plain": "city", "chosen": None, "free": None}
