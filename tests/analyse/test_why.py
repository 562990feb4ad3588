"""Why a value is what it is: the evidence and the inputs are enough to compute it again."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.analyse.made import AS_OF, bring, chance_sales, customers, numbered, sale
from tests.analyse.tag_kinds import act, codes, crowds_of, days_ago, made

from huaxiang.analyse.order import with_needed
from huaxiang.analyse.profile import profile
from huaxiang.analyse.rule_sentences import rule_sentence
from huaxiang.analyse.why import MOST_ROWS, why
from huaxiang.engine import Engine
from huaxiang.engine.interface import only
from huaxiang.errors import DefinitionError
from huaxiang.model.results import Why
from huaxiang.model.tags import shipped_tags

TAGS = shipped_tags()


def explained(engine: Engine, rows: list[dict[str, Any]], *keys: str) -> dict[str, Why]:
    """Return why customer c0 has the values of those tags."""
    facts = bring(engine, {"customer": customers("c0", "c1"), "sale": rows})
    found = {
        row["customer_id"]: row for row in only(engine.arrow(profile(engine, with_needed(keys, TAGS), AS_OF, facts)))
    }
    return {key: why(engine, facts, TAGS, found["c0"], key, AS_OF) for key in keys}


@pytest.mark.parametrize("seed", range(5))
def test_values_can_be_computed_again_from_the_evidence(duck: Engine, seed: int) -> None:
    """Sums, counts, last days and favourites, from nothing but the rows shown."""
    keys = ("net_revenue_365d", "orders_total", "last_order_on", "favourite_channel", "order_days_total")
    found = explained(duck, chance_sales(seed, 2, 40), *keys)
    rows = {key: found[key].evidence for key in keys}
    assert all(found[key].evidence_count == len(rows[key]) for key in keys)
    assert found["net_revenue_365d"].value == sum((row["net_revenue"] for row in rows["net_revenue_365d"]), Decimal(0))
    assert found["orders_total"].value == len(rows["orders_total"])
    dated = [row["ordered_at"].date() for row in rows["last_order_on"] if row["ordered_at"]]
    assert found["last_order_on"].value == max(dated)
    assert found["order_days_total"].value == len(set(dated))
    assert {row["channel"] for row in rows["favourite_channel"]} == {found["favourite_channel"].value}
    start = datetime.combine(found["net_revenue_365d"].first_day or AS_OF, datetime.min.time())
    assert all(row["ordered_at"] >= start for row in rows["net_revenue_365d"])


def test_evidence_names_its_row_and_is_bounded(duck: Engine) -> None:
    """At most 50 rows, newest first, with import and row; the whole count beside them."""
    rows = numbered([sale("c0", AS_OF - timedelta(days=n), 10) for n in range(60)])
    found = explained(duck, rows, "net_revenue_total")["net_revenue_total"]
    assert (len(found.evidence), found.evidence_count, found.fact) == (MOST_ROWS, 60, "sale")
    assert [row["source_row"] for row in found.evidence] == list(range(1, 51))
    assert {row["import_id"] for row in found.evidence} == {"i1"}


def test_formulas_and_layers_name_their_inputs(duck: Engine) -> None:
    """The chain goes down to facts, and each step can be computed again from its inputs."""
    rows = numbered([sale("c0", AS_OF - timedelta(days=n), 10) for n in (50, 30, 10)])
    found = explained(duck, rows, "lifecycle", "average_order_value")
    assert next(part.tag for part in found["lifecycle"].inputs) == "order_days_total"
    revenue, orders = found["average_order_value"].inputs
    assert found["average_order_value"].value == revenue.value / orders.value
    ratio = next(part for part in found["lifecycle"].inputs if part.tag == "rhythm_ratio")
    since, rhythm = ratio.inputs
    assert ratio.value == since.value / rhythm.value == 10 / 20
    assert ratio.rule["zh"] == "距上次下单天数 ÷ 购买节奏"


def test_both_engines_explain(engine: Engine) -> None:
    """A customer without rows has an explanation too, with nothing in it."""
    found = explained(engine, numbered([sale("c0", AS_OF, 10), sale("c1", AS_OF, 20)]), "orders_90d", "gender")
    assert (found["orders_90d"].value, found["orders_90d"].evidence_count) == (1, 1)
    assert (found["gender"].value, found["gender"].evidence) == (None, ())
    assert found["orders_90d"].first_day == AS_OF - timedelta(days=89)


def test_a_layer_shows_what_the_customer_did_to_be_in_it(duck: Engine) -> None:
    """Acts that count, the last order, a segment's rows and both steps of a sequence; not what an ``or`` did not need,
    nor what must not have happened, nor rows of the other customer."""
    whens = {
        "often": "did act where (event_name = view) in last 30 days count >= 2 and not did feedback_fact",
        "back": "(last sale has (channel = a) and crowd lookers) or did act where (event_name = share)",
        "then": "sequence (act then within 3 days sale)",
    }
    layers = [{"value": value, "when": when} for value, when in whens.items()]
    crowd = crowds_of(lookers="did act where (event_name = search)")
    rule = {"type": "text", "values": codes(*whens), "rule": {"kind": "layers", "layers": layers}}
    tags = {key: crowd.meant(tag) for key, tag in made({"layer": rule}).items()}
    views = [("c0", 3, "view"), ("c0", 9, "view"), ("c0", 40, "view"), ("c1", 60, "search"), ("c1", 50, "view"),
             ("c2", 7, "view")]  # fmt: skip
    orders = [("c1", 20, "b"), ("c1", 3, "a"), ("c2", 6, "b")]
    facts = bring(duck, {
        "customer": customers("c0", "c1", "c2"),
        "act": [act(who, days_ago(days), name, row_key=str(n)) for n, (who, days, name) in enumerate(views)],
        "sale": numbered([sale(who, days_ago(days), 1, channel=channel) for who, days, channel in orders]),
    })  # fmt: skip
    expected: dict[str, tuple[str, list[tuple[str, int, str | None]]]] = {
        "c0": ("often", [("act", 3, "view"), ("act", 9, "view")]),
        "c1": ("back", [("sale", 3, "a"), ("act", 60, "search")]),
        "c2": ("then", [("sale", 6, None), ("act", 7, None)]),
    }
    for row in only(duck.arrow(profile(duck, tags, AS_OF, facts))):
        found = why(duck, facts, tags, row, "layer", AS_OF)
        value, rows = expected[str(row["customer_id"])]
        assert (found.value, found.evidence_count) == (value, len(rows))
        assert [(one["fact"], one["at"], one["value"]) for one in found.evidence] == [
            (fact, days_ago(days), text) for fact, days, text in rows
        ]


def test_every_shipped_rule_can_be_said() -> None:
    """Each rule has a sentence in both languages; a window names its first and last day."""
    for tag in TAGS.values():
        for lang in ("zh", "en"):
            assert rule_sentence(tag, lang, TAGS, AS_OF)
    said = rule_sentence(TAGS["net_revenue_90d"], "en", TAGS, AS_OF)
    where = "where counted is yes and in another currency is no"
    assert said == f"sum of net revenue over orders {where} in the 90 days from 2 Apr 2026 to 30 Jun 2026"


def test_unknown_tags_name_the_nearest(duck: Engine) -> None:
    """A typing mistake is answered with what was probably meant."""
    with pytest.raises(DefinitionError) as problem:
        why(duck, {}, TAGS, {}, "lifecycel", AS_OF)
    assert "lifecycle" in problem.value.params["nearest"]


def test_preferences_show_each_row_with_the_weight_that_it_still_has(engine: Engine) -> None:
    """Rows of several tables, newest first; their weights add up to that of the value; and how sure it is."""
    part = {"column": "category"}
    rule = {
        "kind": "preference",
        "half_life_days": 30,
        "parts": [{**part, "fact": "sale_line", "weight": 5}, {**part, "fact": "act", "weight": 1}],
    }
    tags = made({"liked": {"type": "list", "rule": rule}})
    acts = [act("c0", days_ago(days), category=name) for days, name in ((0, "茶"), (30, "茶"), (0, "酒"))]
    lines = [{"customer_id": "c0", "ordered_at": days_ago(60), "category": "茶", "import_id": "i", "source_row": 7}]
    facts = bring(engine, {"customer": customers("c0"), "act": [*acts, act("c1", days_ago(0))], "sale_line": lines})
    row = only(engine.arrow(profile(engine, tags, AS_OF, facts)))[0]
    found = why(engine, facts, tags, row, "liked", AS_OF)
    assert found.value == ["茶", "酒"]
    assert [(one["fact"], one["value"], one["weight"]) for one in found.evidence[-2:]] == [
        ("act", "茶", 0.5), ("sale_line", "茶", 1.25),
    ]  # fmt: skip
    assert (found.evidence_count, found.evidence[-1]["source_row"], found.fact) == (4, 7, None)
    assert found.confidence == pytest.approx((4 * 2.75 / 3.75 + 1) / 6)


def test_a_kept_value_is_explained_by_the_days_it_was_kept_from(duck: Engine) -> None:
    """The window is the one that ended with the last order."""
    rule = {"kind": "statistic", "fact": "sale", "measure": "count", "window_days": 30, "when_empty": "keep_last"}
    tags = made({"orders": {"type": "int", "rule": rule}})
    rows = numbered([sale("c0", AS_OF - timedelta(days=days)) for days in (100, 110, 140)])
    facts = bring(duck, {"customer": customers("c0"), "sale": rows})
    row = only(duck.arrow(profile(duck, tags, AS_OF, facts)))[0]
    found = why(duck, facts, tags, row, "orders", AS_OF)
    assert (found.value, found.evidence_count, found.confidence) == (2, 2, None)
    assert found.last_day == AS_OF - timedelta(days=100)
    assert found.first_day == AS_OF - timedelta(days=129)
