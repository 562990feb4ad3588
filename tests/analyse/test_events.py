"""What customers did, in order or not: every leaf of a condition against plain Python over the same rows."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analyse.chance_rules import (
    CUSTOMERS,
    EXTRAS,
    FIELDS,
    RULES,
    acts,
    crowd,
    engine_says,
    population,
    sales,
    world,
)
from tests.analyse.drawn_cases import drawn
from tests.analyse.made import AS_OF, Row

from huaxiang.analyse.known_values import known_values
from huaxiang.analyse.sentences import sentence
from huaxiang.engine import Engine
from huaxiang.errors import DefinitionError
from huaxiang.model.condition_text import condition_from_text, text_of
from huaxiang.model.conditions import Condition, condition_from, record_of
from huaxiang.model.extra_columns import looks_like
from huaxiang.model.fields import Labels
from huaxiang.model.measured import fact_meant
from huaxiang.model.segment_order import in_order
from huaxiang.model.vocabulary import check_asked


@settings(max_examples=150)
@given(acts(), sales(), st.lists(RULES, min_size=4, max_size=4))
def test_events_mean_what_they_say(duck: Engine, act: list[Row], sale: list[Row], rules: list[Condition]) -> None:
    """Windows, filters, measures, first and last, sequences, crowds and lists, with nulls and ties everywhere."""
    events = {"act": act, "sale": sale}
    plain = world(events)
    expected = [[plain.inside(rule, person) for person in CUSTOMERS] for rule in rules]
    assert engine_says(population(duck, CUSTOMERS, events), rules) == expected


@pytest.mark.parametrize("engine", ["spark"], indirect=True)
@pytest.mark.spark
def test_drawn_events_mean_the_same_on_spark(engine: Engine) -> None:
    """Forty rules that are drawn for DuckDB, on drawn rows: the largest of what was drawn, one query."""
    events = {"act": max(drawn(acts(), 30), key=len), "sale": max(drawn(sales(), 30), key=len)}
    rules, plain = drawn(RULES, 40), world(events)
    assert min(map(len, events.values())) > 3
    assert len(rules) > 25
    for rule, said in zip(rules, engine_says(population(engine, CUSTOMERS, events), rules), strict=True):
        assert said == [plain.inside(rule, person) for person in CUSTOMERS], rule


@given(RULES)
def test_every_leaf_reads_back_from_text_and_record(rule: Condition) -> None:
    """The line of text and the plain record say all that the condition says."""
    assert condition_from(record_of(rule)) == rule
    once = condition_from_text(text_of(rule))
    assert text_of(once) == text_of(rule)


DAY = datetime.combine(AS_OF, datetime.min.time())
ACTS: list[Row] = [
    {"customer_id": who, "occurred_at": DAY - timedelta(hours=hours), "event_name": name, "import_id": "i1",
     "source_row": place, "row_key": f"k{place}", "category": None}
    for place, (who, hours, name) in enumerate([
        ("a", 100, "view"), ("a", 30, "cart"), ("a", 6, "buy"), ("b", 30, "view"), ("b", 20, "search"),
        ("b", 10, "cart"), ("b", 0, "buy"), ("c", 5, "buy"), ("c", 4, "view"), (None, 3, "buy"), ("c", 700, "cart"),
    ])
]  # fmt: skip
SALES: list[Row] = [
    {"customer_id": who, "ordered_at": at, "channel": channel, "is_purchase": True, "net_revenue": Decimal(paid),
     "source": "s1", "import_id": "i3", "source_row": place, "order_no": f"o{place}"}
    for place, (who, at, channel, paid) in enumerate([
        ("a", DAY - timedelta(days=9), "web", 10), ("a", DAY, "shop", 20), ("b", DAY, "shop", 5),
        ("b", DAY, "web", 5), ("c", None, "web", 7),
    ])
]  # fmt: skip
TOLD = {
    "did act": "abc", "did act where (event_name = search)": "b", "did not act where (event_name = search)": "ac",
    "did act in last 1 days": "b", "did act in last 1 days skipping 1": "abc", "did act count >= 4": "b",
    "did act to 2026-06-02": "c", "did sale from 2026-06-30": "ab", "did sale": "abc",
    "did sale sum net_revenue >= 10": "ab", "did sale average net_revenue = 5": "b",
    "did sale distinct channel = 2": "ab", "did sale greatest ordered_at = 2026-06-30": "ab",
    "did sale distinct_days = 2": "a", "first sale has (channel = web)": "a", "last sale has (channel = shop)": "a",
    "first sale in last 1 days has (channel = shop)": "ab",
    "first act where (event_name != view) has (event_name = cart)": "ac",
    "sequence (act where (event_name = view) then act where (event_name = buy))": "ab",
    "sequence (act where (event_name = view) then within 1 days act where (event_name = cart))": "b",
    "sequence (act where (event_name = view) then act where (event_name = cart) then within 24 hours act where "
    "(event_name = buy) without act where (event_name = search))": "ab",
    "sequence (act where (event_name = view) then act where (event_name = cart) "
    "without act where (event_name = search))": "a",
    "sequence (act where (event_name = cart) then sale where (channel = shop))": "ab",
    "list fair": "a", "crowd here": "abc", "crowd here and not list fair": "bc",
    "top 1 by did sale sum net_revenue of (everyone)": "a", "bottom 1 by did sale sum net_revenue of (everyone)": "c",
    # a and c have as much; b has nothing known, which comes last at either end.
    "top 1 by points of (everyone)": "a", "top 1 by points seed s of (everyone)": "c",
    "not bottom 2 by points of (everyone)": "b", "random 2 seed s of (everyone)": "bc",
    "random 1 seed s of (city is known)": "c", "crowd best": "a", "list fair and top 1 by did act of (everyone)": "",
}  # fmt: skip


def test_both_engines_tell_the_same_customers(engine: Engine) -> None:
    """One rule of each kind, told by hand: who is meant."""
    asked = population(engine, CUSTOMERS, {"act": ACTS, "sale": SALES})
    rules = [condition_from_text(text) for text in TOLD]
    plain = world({"act": ACTS, "sale": SALES})
    assert [[plain.inside(rule, person) for person in CUSTOMERS] for rule in rules] == [
        [person["customer_id"] in who for person in CUSTOMERS] for who in TOLD.values()
    ]
    assert dict(zip(TOLD, engine_says(asked, rules), strict=True)) == {
        text: [person["customer_id"] in who for person in CUSTOMERS] for text, who in TOLD.items()
    }


def test_further_columns_are_known_by_their_rows(duck: Engine) -> None:
    """Their names and types come from the rows; one that no row has is refused with what is near."""
    rows = [{**ACTS[0], "extra": each, "row_key": f"x{place}"} for place, each in enumerate(EXTRAS)]
    known = population(duck, CUSTOMERS, {"act": rows, "sale": SALES}).vocabulary
    act = known.columns(fact_meant("act"))
    assert {key: field.type for key, field in act.items() if field.is_extra} == {
        "extra.$n": "text", "extra.a/b~c": "text", "extra.on": "text", "extra.颜色": "text"
    }  # fmt: skip
    assert (looks_like(["1,200", "0.5", "-3"]), looks_like(["007"]), looks_like(["2026-01-02 08:00"])) == (
        "number",
        "text",
        "date",
    )
    check_asked(condition_from_text("did act where (extra.颜色 = 红) sum extra.$n > 3"), known)
    for text in ("did act where (extra.颜 = 红)", "did act where (颜色 = 红)", "did act sum extra.颜 > 1"):
        with pytest.raises(DefinitionError) as problem:
            check_asked(condition_from_text(text), known)
        assert "extra.颜色" in problem.value.params["nearest"], text
    with pytest.raises(DefinitionError) as problem:
        check_asked(condition_from_text("did act where (extra.颜色 > 红)"), known)
    assert problem.value.code == "condition.operator_unfit"


def test_one_customer_is_told_from_their_own_rows(duck: Engine) -> None:
    """Asked of one customer the answers are those of everybody's."""
    asked = population(duck, CUSTOMERS, {"act": ACTS, "sale": SALES}).of(["b"])
    rules = [condition_from_text(text) for text in TOLD]
    assert engine_says(asked, rules) == [["b" in who] for who in TOLD.values()]


def test_events_are_known_where_anybody_has_some(duck: Engine) -> None:
    """Where nobody ever had such an event, nobody is inside, and nothing is known: nothing can be said."""
    asked = population(duck, CUSTOMERS, {"act": ACTS, "sale": []})
    told = {"act": "did act", "sale": "did not sale", "both": "city = x and did act", "crowd": "crowd here"}
    marked = asked.marked({name: condition_from_text(text) for name, text in told.items()}, with_known=True)
    found = duck.arrow(marked.order_by("customer_id")).to_pydict()
    assert (found["act_known"], found["sale_known"]) == ([True] * 3, [False] * 3)
    assert (found["sale"], found["both_known"], found["crowd_known"]) == (
        [True] * 3,
        [True, False, True],
        [True, False, True],
    )


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("did acts", "condition.unknown_fact", "act"),
        ("did act where (event = x)", "condition.unknown_field", "event_name"),
        ("did act sum event_name > 1", "condition.measure_unfit", "event_name"),
        ("did account in last 3 days", "condition.without_time", "account"),
        ("first account has (namespace = x)", "condition.without_time", "account"),
        ("did act count = 0", "condition.count_from_one", "did not"),
        ("did act count is known", "condition.count_from_one", "did not"),
        ("did act where (did sale)", "condition.only_of_customers", "sale"),
        ("did act from 2026-07-02 to 2026-07-01", "condition.window_backwards", "2026-07-02"),
        ("did act from soon", "condition.not_a_day", "soon"),
        ("did act in last 0 days", "condition.not_days", "0"),
        ("sequence (act)", "condition.steps", "2"),
        ("sequence (act then within 0 days act)", "condition.not_hours", "0"),
        ("crowd heer", "segment.unknown", "here"),
        ("list fairs", "condition.unknown_list", "fair"),
        ("first act has (event_name = )", "condition.text_stops", ")"),
        ("did act count", "condition.text_ends", "count"),
        ("top 3 by city of (everyone)", "condition.cap_by", "city"),
        ("top 3 by point of (everyone)", "condition.unknown_field", "points"),
        ("top 0 by points of (everyone)", "condition.cap_customers", "0"),
        ("bottom 3 by did account in last 3 days of (everyone)", "condition.without_time", "account"),
        ("random 3 of everyone", "condition.text_stops", "everyone"),
    ],
)
def test_what_makes_no_sense_is_refused(duck: Engine, text: str, code: str, said: str) -> None:
    """Each mistake has its own message, which names what was given or what is near."""
    asked = population(duck, CUSTOMERS, {"act": ACTS, "sale": SALES})
    with pytest.raises(DefinitionError) as problem:
        asked.check(condition_from_text(text))
    assert problem.value.code == code
    assert said in problem.value.say("zh")
    assert said in problem.value.say("en")


def test_crowds_in_a_circle_are_named(duck: Engine) -> None:
    """The message shows the way round."""
    crowds = {"p": crowd("p", "crowd q"), "q": crowd("q", "city = x or not crowd r"), "r": crowd("r", "crowd p")}
    asked = replace(population(duck, CUSTOMERS, {"act": [], "sale": []}), segments=crowds)
    with pytest.raises(DefinitionError, match="p → q → r → p"):
        asked.inside(condition_from_text("crowd p"))
    assert {one.key for one in in_order(crowds)} == {"p", "q", "r"}, "each is refused when it is computed"


def test_crowds_are_computed_after_those_they_name() -> None:
    """Dependencies come first, else the order is kept."""
    crowds = {"p": crowd("p", "crowd r and crowd q"), "q": crowd("q", "city = x"), "r": crowd("r", "crowd q")}
    assert [one.key for one in in_order(crowds)] == ["q", "r", "p"]


def test_crowds_that_double_each_other_are_capped(duck: Engine) -> None:
    """Twelve crowds that each name the next one twice are 4,096 tests: refused before they are worded."""
    crowds = {f"n{place}": crowd(f"n{place}", f"crowd n{place + 1} or not crowd n{place + 1}") for place in range(12)}
    crowds["n12"] = crowd("n12", "city = x")
    asked = replace(population(duck, CUSTOMERS, {"act": [], "sale": []}), segments=crowds)
    with pytest.raises(DefinitionError) as problem:
        asked.check(condition_from_text("crowd n0"))
    assert problem.value.code == "condition.too_large_with_crowds"


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("did sale where (channel = web) in last 30 days",
         "近30天（含当天）有满足（渠道为web）的订单",
         "has orders where (Channel is web) in the last 30 days (that day included)"),
        ("did not sale in last 30 days skipping 2", "最近2天之前的30天里没有订单",
         "has no orders in the 30 days before the last 2 days"),
        ("did sale sum net_revenue >= 500", "至今订单的净消费合计不小于500",
         "sum of net revenue over orders ever is at least 500"),
        ("first sale has (channel = web)", "至今订单中最早的一条，渠道为web",
         "of orders ever, the first one: Channel is web"),
        ("sequence (act then within 3 days sale without visit) from 2026-01-01",
         "2026年1月1日起（含）依次有：行为；之后3天内有订单，其间没有访问",
         ("has, in this order from 1 Jan 2026 on (included): acts; then within 3 days orders, "
          "with no visits in between")),
        ("crowd here and not list fair", "属于人群“城里人”，并且不满足（在名单“fair”中）",
         "is in the crowd “Townspeople” and not (is on the list “fair”)"),
    ],
)  # fmt: skip
def test_events_read_as_sentences(text: str, zh: str, en: str) -> None:
    """The same record makes the query and what a person reads."""
    names = {"here": Labels(zh="城里人", en="Townspeople")}
    condition = condition_from_text(text)
    said = [sentence(condition, lang, FIELDS, names) for lang in ("zh", "en")]
    assert [said[0], said[1].replace("channel", "Channel")] == [zh, en]


def test_values_of_few_customers_are_not_offered(duck: Engine) -> None:
    """Each customer counts once, nobody's rows do not, and what fewer have than may be told apart stays away."""
    who, what = ["a", "a", "b", "c", None, None], ["x", "x", "x", "y", "z", "z"]
    rows = duck.bring("values_of_events", pa.table({"customer_id": who, "said": what}))
    assert known_values(duck, rows, rows.said, 2) == [("x", 2)]
    assert known_values(duck, rows, rows.said) == [("x", 2), ("y", 1)]
