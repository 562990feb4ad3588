"""RFM against plain Python: scores that share ties, cuts, classes, and who is left out."""

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import mean, median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analyse.made import AS_OF, Row, bring, chance_sales, customers, numbered, sale

from huaxiang.analyse.registry import analysis_named
from huaxiang.analyse.rfm_scores import classes
from huaxiang.engine import Engine
from huaxiang.engine.interface import only
from huaxiang.errors import InputError
from huaxiang.model.results import Result

RFM = analysis_named("rfm")
LONG_AGO = datetime(1900, 1, 1)
END = datetime.combine(AS_OF + timedelta(days=1), datetime.min.time())


def ran(engine: Engine, facts: dict[str, list[Row]], **params: Any) -> tuple[Result, dict[str, Any]]:
    """Return the result and every customer's row."""
    result = RFM.on(engine, bring(engine, facts), params, AS_OF)
    members = only(engine.arrow(result.members)) if result.members is not None else []
    return result, {str(row["customer_id"]): row for row in members}


def by_hand(rows: list[Row], middle: Any, window: int | None) -> dict[str, dict[str, Any]]:
    """Compute measures, scores and sides in plain Python."""
    first = END - timedelta(days=window) if window else LONG_AGO
    counted = [r for r in rows if r["is_counted"] and r["ordered_at"] and first <= r["ordered_at"] < END]
    found: dict[str, dict[str, Any]] = {}
    for name in {r["customer_id"] for r in counted if r["is_purchase"] and r["customer_id"]}:
        own = [r for r in counted if r["customer_id"] == name]
        days = {r["ordered_at"].date() for r in own if r["is_purchase"]}
        found[name] = {
            "days_since_last_order": (AS_OF - max(days)).days,
            "order_days": len(days),
            "net_revenue": sum((r["net_revenue"] for r in own if not r["is_other_currency"]), Decimal(0)),
        }
        if all(r["is_other_currency"] for r in own):
            del found[name]
    for measure, less_is_better, score in (
        ("days_since_last_order", True, "recency_score"),
        ("order_days", False, "frequency_score"),
        ("net_revenue", False, "monetary_score"),
    ):
        values = [row[measure] for row in found.values()]
        for row in found.values():
            own = row[measure]
            worse = sum(value > own if less_is_better else value < own for value in values)
            row[score] = 1 + 5 * worse // len(values)
            row[measure + "_high"] = own < middle(values) if less_is_better else own > middle(values)
    return found


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000), cuts=st.sampled_from(["median", "mean"]), window=st.sampled_from([None, 200]))
def test_scores_and_classes_equal_plain_python(duck: Engine, seed: int, cuts: str, window: int | None) -> None:
    """Every customer's measures, three scores and class; the classes add up to all."""
    rows = chance_sales(seed, customer_count=12, order_count=60)
    facts = {"customer": customers(*(f"c{n}" for n in range(14))), "sale": rows}
    result, found = ran(duck, facts, cuts=cuts, window_days=window)
    expected = by_hand(rows, {"median": median, "mean": mean}[cuts], window)
    assert found.keys() == expected.keys()
    for name, row in expected.items():
        own = classes()[str(found[name]["rfm_class"])]
        sides = (own.recent, own.frequent, own.monetary)
        assert sides == tuple(
            row[f"{measure}_high"] for measure in ("days_since_last_order", "order_days", "net_revenue")
        )
        assert {key: found[name][key] for key in row if not key.endswith("_high")} == {
            key: value for key, value in row.items() if not key.endswith("_high")
        }
    assert Counter(row["rfm_class"] for row in found.values()) == {
        row["rfm_class"]: row["customers"] for row in result.tables["classes"] if row["customers"]
    }
    assert sum(row["customers"] for row in result.tables["grid"]) == len(expected)
    assert result.figures["without_purchase"] == 14 - len(expected)


def test_both_engines_give_the_same_by_hand(engine: Engine) -> None:
    """Four customers, staff and a test account; ties share a score, own cuts are strict."""
    days = {"c1": [0, 10, 20], "c2": [0], "c3": [100], "c4": [50], "s1": [0], "t1": [0]}
    rows = [sale(name, AS_OF - timedelta(days=day), 100) for name, own in days.items() for day in own]
    facts = {"customer": customers(*days, staff=["s1"], tests=["t1"]), "sale": numbered(rows)}
    own = {"cut_days_since_last_order": 50, "cut_order_days": 1, "cut_net_revenue": 99.99}
    _, found = ran(engine, facts, cuts="own", **own)
    assert {name: row["rfm_class"] for name, row in found.items()} == {
        "c1": "important_value", "c2": "important_develop", "c3": "important_win_back", "c4": "important_win_back",
    }  # fmt: skip
    assert {name: row["recency_score"] for name, row in found.items()} == {"c1": 3, "c2": 3, "c3": 1, "c4": 2}
    assert {name: row["frequency_score"] for name, row in found.items()} == {"c1": 4, "c2": 1, "c3": 1, "c4": 1}
    result, _ = ran(engine, facts, cuts="median")
    assert result.figures["cut_days_since_last_order"] == 25
    assert result.answer.say("zh") == "4位买过的顾客中，1位属于“重要价值”，占净消费的50.0%。"
    assert all(note.say("zh") and note.say("en") for note in result.notes)


def test_equal_customers_are_not_spread(duck: Engine) -> None:
    """If everybody is alike nobody is better than the cut and everybody scores 1."""
    rows = numbered([sale(f"c{n}", date(2026, 6, 1), 10) for n in range(10)])
    _, found = ran(duck, {"customer": customers(*(f"c{n}" for n in range(10))), "sale": rows})
    assert {row["rfm_class"] for row in found.values()} == {"general_win_back"}
    assert {row["monetary_score"] for row in found.values()} == {1}


def test_nobody_to_analyse_says_so(duck: Engine) -> None:
    """Without a purchase there is a sentence, not a crash."""
    result, found = ran(duck, {"customer": customers("c1"), "sale": []})
    assert result.answer.code == "rfm.no_customers"
    assert found == {}


def test_revenue_that_is_not_positive_has_no_shares(duck: Engine) -> None:
    """Returns greater than purchases leave no share to speak of."""
    slip = sale("c1", AS_OF, 0, net_revenue=Decimal(-500), is_return=True, order_status="returned")
    facts = {"customer": customers("c1"), "sale": numbered([sale("c1", AS_OF, 10), slip])}
    result, _ = ran(duck, facts)
    assert result.answer.code == "rfm.sentence_no_revenue"
    assert {row["revenue_share"] for row in result.tables["classes"]} == {None}


def test_own_cuts_must_be_complete(duck: Engine) -> None:
    """The message names what is missing."""
    facts = {"customer": customers("c1"), "sale": numbered([sale("c1", AS_OF)])}
    with pytest.raises(InputError) as problem:
        ran(duck, facts, cuts="own", cut_order_days=2)
    assert problem.value.params["missing"] == "cut_days_since_last_order, cut_net_revenue"


def test_the_eight_classes_are_all_there() -> None:
    """Each combination of sides has one name and its advice."""
    sides = {(row.recent, row.frequent, row.monetary) for row in classes().values()}
    assert len(sides) == len(classes()) == 8
    assert all(row.advice.say("zh") and row.advice.say("en") for row in classes().values())
