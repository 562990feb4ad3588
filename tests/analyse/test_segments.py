"""Segments on a profile: members, counts, composition, and their conditions in words."""

from datetime import timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from tests.analyse.made import AS_OF, bring, customers, numbered, sale

from huaxiang.analyse.crowd_sizes import composition, crowd_count
from huaxiang.analyse.population import Population
from huaxiang.analyse.profile import profile
from huaxiang.analyse.sentences import sentence
from huaxiang.engine import Engine
from huaxiang.engine.interface import only
from huaxiang.errors import DefinitionError
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.segments import segment_named, shipped_segments
from huaxiang.model.tags import fields_of, shipped_tags

TAGS = shipped_tags()
FIELDS = fields_of(TAGS)


def test_composition_adds_up(engine: Engine) -> None:
    """Customers, shares, revenue and how many are known, on both engines."""
    money = pa.array([Decimal("100.0000"), Decimal("300.0000"), None, Decimal("0.0000")], pa.decimal128(18, 4))
    rows = pa.table(
        {"customer_id": ["a", "b", "c", "d"], "city": ["上海市", "北京市", "上海市", None], "net_revenue_total": money}
    )
    made = engine.bring("composed", rows)
    condition = condition_from_text("city = 上海")
    asked = Population(engine, made, FIELDS, AS_OF)
    found = composition(asked, condition)
    assert (found.customers, found.all_customers, found.known, found.share) == (2, 4, 3, 0.5)
    assert (found.net_revenue_total, found.revenue_share) == (Decimal("100.0000"), 0.25)
    assert crowd_count(asked, condition) == 2
    assert {row["customer_id"] for row in only(engine.arrow(asked.members(condition)))} == {"a", "c"}
    everyone = composition(asked, condition_from_text("everyone"))
    assert (everyone.customers, everyone.known, everyone.revenue_share) == (4, 4, 1.0)


def test_nobody_at_all_has_no_shares(duck: Engine) -> None:
    """An empty profile divides by nothing."""
    empty = duck.bring("empty_profile", pa.table({"customer_id": pa.array([], pa.string())}))
    found = composition(Population(duck, empty, FIELDS, AS_OF), condition_from_text("city = 上海"))
    assert (found.customers, found.all_customers, found.share, found.net_revenue_total) == (0, 0, None, None)


def test_shipped_segments_find_who_they_mean(duck: Engine) -> None:
    """One customer made for each of four segments is in it and in none of the others of the four."""
    days = {"regular": [70, 50, 30, 10], "away": [100, 80, 60, 40], "fresh": [5], "asleep": [131, 111, 91, 71]}
    typical = [sale("c0", AS_OF - timedelta(days=day), 1) for day in range(0, 2_001, 20)]
    rows = [sale(name, AS_OF - timedelta(days=day), 100) for name, own in days.items() for day in own]
    facts = bring(duck, {"customer": customers(*days, "c0"), "sale": numbered([*typical, *rows])})
    made = duck.keep("segmented", profile(duck, TAGS, AS_OF, facts))
    wanted = {"first_order": {"fresh"}, "slipping_regulars": {"away"}, "sleeping_valuable": {"asleep"}}
    for key, expected in wanted.items():
        members = Population(duck, made, FIELDS, AS_OF).members(shipped_segments()[key].condition)
        assert {row["customer_id"] for row in only(duck.arrow(members))} == expected, key


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (
            "lifecycle in (sleeping, 已流失) and (discount_share >= 0.3 or not city is known)",
            "生命周期为沉睡、已流失之一，并且（优惠占比不小于30%，或者不满足（知道城市））",
            "Lifecycle is one of sleeping, lost and (Discount share is at least 30% or not (City is known))",
        ),
        ("registered_on >= 2026-01-31", "注册日期不小于2026年1月31日", "Registered on is at least 31 Jan 2026"),
        ("marketing_consent = true", "同意营销为是", "Marketing consent is yes"),
        ("everyone", "所有人", "everyone"),
        ("age_years between 25 and 34", "年龄在25到34之间", "Age is between 25 and 34"),
        ('city contains "{x}"', "城市包含“{x}”", "City contains “{x}”"),
    ],
)
def test_conditions_read_as_sentences(text: str, zh: str, en: str) -> None:
    """The same record makes the query and what a person reads; braces in a value stay what they are."""
    condition = condition_from_text(text)
    assert (sentence(condition, "zh", FIELDS), sentence(condition, "en", FIELDS)) == (zh, en)


def test_unknown_segments_name_the_nearest() -> None:
    """A typing mistake is answered with what was probably meant."""
    with pytest.raises(DefinitionError) as problem:
        segment_named("refferers", shipped_segments())
    assert "referrers" in problem.value.params["nearest"]
