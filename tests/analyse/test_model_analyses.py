"""Promotion sensitivity, price position, brand loyalty and influence against plain Python over the same rows."""

import random
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.analyse.made import AS_OF, Row, bring, customers, line, numbered, sale

from huaxiang.analyse.registry import analysis_named
from huaxiang.engine import Engine
from huaxiang.engine.interface import only
from huaxiang.model.results import Result

SEEDS = range(3)
Members = dict[str, dict[str, Any]]


def shop(seed: int, orders: int = 150) -> dict[str, list[Row]]:
    """Orders of eight customers with one to three lines: discounts, coupons, brands, returns, rows of later days."""
    dice = random.Random(seed)
    sales, lines = [], []
    for number in range(orders):
        name, day = f"c{dice.randrange(8)}", AS_OF - timedelta(days=dice.randrange(-3, 40))
        status = dice.choice(["paid"] * 9 + ["returned"])
        own = [
            line(name, day, dice.choice(["tea", "cups"]), order_no=f"o{number}", brand=dice.choice("ABC"),
                 list_price=Decimal(dice.randrange(5, 50)), quantity=Decimal(dice.randrange(1, 4)),
                 is_return=status == "returned")
            for _ in range(dice.randrange(1, 4))
        ]  # fmt: skip
        for one in own:
            one["line_amount"] = one["list_price"] * one["quantity"]
        gross = sum((one["line_amount"] for one in own), Decimal(0))
        off = gross * dice.choice([0, 0, 0, 10, 20]) / 100
        sales.append(
            sale(name, day, str(gross - off), order_no=f"o{number}", gross_amount=gross, discount_amount=off,
                 coupon_no=dice.choice([None, None, None, "k"]), order_status=status, is_return=status == "returned",
                 is_purchase=status == "paid")
        )  # fmt: skip
        lines += own
    return {"customer": customers(*(f"c{n}" for n in range(8))), "sale": numbered(sales), "sale_line": numbered(lines)}


def ran(engine: Engine, key: str, facts: dict[str, list[Row]], **params: Any) -> tuple[Result, Members, list[Row]]:
    """Return the result of an analysis, what it says of each customer, and its evidence."""
    analysis, tables = analysis_named(key), bring(engine, facts)
    result = analysis.on(engine, tables, params, AS_OF)
    assert result.answer.say("zh")
    assert result.answer.say("en")
    assert analysis.evidence is not None
    spoken = only(engine.arrow(analysis.evidence(engine, tables, analysis.complete(params), AS_OF)))
    if result.members is None:
        return result, {}, list(spoken)
    members = {str(row["customer_id"]): row for row in only(engine.arrow(result.members))}
    columns = {column.name for column in analysis.outputs["members"][1]}
    assert all(row.keys() == columns for row in members.values())
    assert all(row.keys() == {column.name for column in analysis.outputs["evidence"][1]} for row in spoken)
    return result, members, list(spoken)


def added(spoken: list[Row]) -> dict[str, float]:
    """Return the sum of the weights of the evidence, by customer."""
    sums: dict[str, float] = defaultdict(float)
    for row in spoken:
        sums[row["customer_id"]] += row["weight"]
    return sums


def until(rows: list[Row]) -> list[Row]:
    """Return the rows that count by the day."""
    return [row for row in rows if row["ordered_at"].date() <= AS_OF and row["is_counted"] and not row["is_return"]]


def promotion_by_hand(facts: dict[str, list[Row]]) -> dict[str, tuple[int, float]]:
    """Compute orders and excess share of every customer in plain Python."""
    amounts: dict[str, Counter[str]] = defaultdict(Counter)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in until(facts["sale_line"]):
        amounts[row["order_no"]][row["category"]] += row["line_amount"]
        counts[row["order_no"]][row["category"]] += 1
    orders = []
    for row in until(facts["sale"]):
        own = amounts[row["order_no"]]
        kind = min(own, key=lambda name: (-own[name], -counts[row["order_no"]][name], name))
        promoted = row["coupon_no"] is not None or row["discount_amount"] > 0
        orders.append((row["customer_id"], row["ordered_at"], kind, int(promoted)))
    usual = sum(order[3] for order in orders) / len(orders)

    def others(place: int, order: tuple[Any, ...], prior: float) -> float:
        same = [one[3] for one in orders if one[place] == order[place]]
        return float((sum(same) - order[3] + prior * usual) / (len(same) - 1 + prior))

    excess: dict[str, list[float]] = defaultdict(list)
    for order in orders:
        expected = min(others(1, order, 20) * others(2, order, 50) / usual, 0.98)
        excess[order[0]].append(order[3] - expected)
    return {name: (len(found), sum(found) / (len(found) + 4)) for name, found in excess.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_promotion_sensitivity_equals_plain_python(duck: Engine, seed: int) -> None:
    """The excess of every customer, and the same from its evidence."""
    facts = shop(seed)
    expected = promotion_by_hand(facts)
    _, members, spoken = ran(duck, "promotion_sensitivity", facts, least_orders=1)
    assert members.keys() == expected.keys()
    for name, (count, excess) in expected.items():
        assert members[name]["orders"] == count
        assert members[name]["promotion_sensitivity"] == pytest.approx(excess, abs=1e-7)
        assert added(spoken)[name] == pytest.approx(excess, abs=1e-7)


def places_by_hand(facts: dict[str, list[Row]]) -> dict[str, list[tuple[float, float]]]:
    """Compute the places of paid and list prices of every customer's lines in plain Python."""
    paid = {row["order_no"]: row for row in facts["sale"]}
    prices = [
        (row["customer_id"], row["category"], row["list_price"],
         round(100 * row["list_price"] * paid[row["order_no"]]["paid_amount"] / paid[row["order_no"]]["gross_amount"]))
        for row in until(facts["sale_line"])
    ]  # fmt: skip
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for name, kind, listed, cents in prices:
        same = [row for row in prices if row[1] == kind]

        def place(index: int, own: Any, same: list[Any] = same) -> float:
            below, equal = (sum(test(row[index]) for row in same) for test in (own.__gt__, own.__eq__))
            return float((below + equal / 2) / len(same))

        found[name].append((place(3, cents), place(2, listed)))
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_price_position_equals_plain_python(duck: Engine, seed: int) -> None:
    """Places of paid prices, of list prices for the sensitivity, and the third of the prices bought most."""
    facts = shop(seed)
    _, members, spoken = ran(duck, "price_position", facts, least_lines=1)
    expected = places_by_hand(facts)
    assert members.keys() == expected.keys()
    for name, places in expected.items():
        paid, listed = ([pair[side] for pair in places] for side in (0, 1))
        count = len(places)
        assert members[name]["price_position"] == pytest.approx((sum(paid) + 2.5) / (count + 5), abs=1e-6)
        assert members[name]["price_sensitivity"] == pytest.approx(1 - (sum(listed) + 2.5) / (count + 5), abs=1e-6)
        assert added(spoken)[name] == pytest.approx(members[name]["price_position"] - 0.5, abs=1e-6)
        thirds = Counter("low" if place < 1 / 3 else "high" if place > 2 / 3 else "middle" for place in paid)
        best = [band for band, times in thirds.items() if times == max(thirds.values())]
        assert members[name]["price_band"] == (best[0] if len(best) == 1 else "middle")


def loyalty_by_hand(facts: dict[str, list[Row]]) -> dict[str, tuple[int, float]]:
    """Compute later purchases and excess of every customer in plain Python."""
    pieces: dict[tuple[str, str, date], Counter[str]] = defaultdict(Counter)
    for row in until(facts["sale_line"]):
        pieces[row["customer_id"], row["category"], row["ordered_at"].date()][row["brand"]] += row["quantity"]
    chosen = {key: min(own, key=lambda brand: (-own[brand], brand)) for key, own in pieces.items()}
    sold: dict[str, Counter[str]] = defaultdict(Counter)
    for (_, kind, _), brand in chosen.items():
        sold[kind][brand] += 1
    chance = {kind: sum((n / own.total()) ** 2 for n in own.values()) for kind, own in sold.items()}
    found: dict[str, list[float]] = defaultdict(list)
    before: dict[tuple[str, str], str] = {}
    for (name, kind, _), brand in sorted(chosen.items()):
        if (name, kind) in before:
            found[name].append((before[name, kind] == brand) - chance[kind])
        before[name, kind] = brand
    return {name: (len(own), sum(own) / (len(own) + 4)) for name, own in found.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_brand_loyalty_equals_plain_python(duck: Engine, seed: int) -> None:
    """The excess over chance of every customer, and the same from its evidence."""
    facts = shop(seed)
    _, members, spoken = ran(duck, "brand_loyalty", facts, least_pairs=1)
    expected = loyalty_by_hand(facts)
    assert members.keys() == expected.keys()
    for name, (pairs, excess) in expected.items():
        assert members[name]["pairs"] == pairs
        assert members[name]["brand_loyalty"] == pytest.approx(excess, abs=1e-7)
        assert added(spoken)[name] == pytest.approx(excess, abs=1e-7)


def circle() -> dict[str, list[Row]]:
    """One customer who invited two people, one of whom bought, shared twice and commented once a year ago."""
    at = datetime.combine(AS_OF, datetime.min.time())
    acts = [("share", 0), ("share", 3), ("comment", 365), ("like", 364), ("view", 1), ("share", -1)]
    invited = [("m:2", "m:1"), ("m:3", "m:1"), ("w:3", "m:1"), ("m:1", "m:1"), ("m:9", "m:1"), ("m:2", "m:3")]
    return {
        "customer": customers("c1", "c2", "c3"),
        "account": [
            {"account_key": key, "customer_id": owner}
            for key, owner in (("m:1", "c1"), ("m:2", "c2"), ("m:3", "c3"), ("w:3", "c3"))
        ],
        "referral": [{"account_key": guest, "referrer_account_key": host} for guest, host in invited],
        "act": [
            {"customer_id": "c1", "event_name": name, "occurred_at": at - timedelta(days=ago), "row_key": str(ago)}
            for name, ago in acts
        ],
        "sale": numbered([sale("c3", AS_OF), sale("c2", AS_OF + timedelta(days=1))]),
    }


def test_influence_adds_up(duck: Engine) -> None:
    """Points of people and acts by their open values; accounts of one person count once, oneself and strangers not."""
    result, members, spoken = ran(duck, "influence", circle())
    assert members["c1"] == {"customer_id": "c1", "influence": pytest.approx(2 * 5 + 15 + 2 * 2 + 0.2), "invited": 2,
                             "invited_bought": 1}  # fmt: skip
    assert members["c3"]["influence"] == 5
    assert added(spoken)["c1"] == pytest.approx(members["c1"]["influence"])
    assert (result.figures["inviters"], result.figures["invited"], result.figures["k_factor"]) == (2, 3, 0.5)
    _, dear, _ = ran(duck, "influence", circle(), points_share=100)
    assert dear["c1"]["influence"] == pytest.approx(2 * 5 + 15 + 200 + 0.2)


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("promotion_sensitivity", {"sale": [], "sale_line": []}),
        ("promotion_sensitivity", {"sale": numbered([sale("c1", AS_OF)]), "sale_line": []}),
        ("price_position", {"sale": [], "sale_line": []}),
        ("brand_loyalty", {"sale_line": [line("c1", AS_OF, "tea", brand="A", order_no="o1")]}),
        ("influence", {"referral": [], "act": [], "sale": [], "account": []}),
    ],
)
def test_nothing_to_go_by_is_said(duck: Engine, key: str, facts: dict[str, list[Row]]) -> None:
    """Without orders, prices that differ, later purchases or invitations there is a sentence and nobody is judged."""
    result, members, _ = ran(duck, key, {"customer": customers("c1"), **facts})
    assert result.answer.code.split(".")[-1] in ("nothing", "no_contrast")
    assert members == {}


def test_amounts_in_another_currency_have_no_place(duck: Engine) -> None:
    """An order in another currency neither has a price to compare with nor moves the others."""
    facts = shop(0)
    foreign = [
        sale("c0", AS_OF, 9_000, order_no="f", is_other_currency=True),
        line("c0", AS_OF, "tea", order_no="f", list_price=Decimal(9_000), line_amount=Decimal(9_000)),
    ]
    more = {**facts, "sale": [*facts["sale"], foreign[0]], "sale_line": [*facts["sale_line"], foreign[1]]}
    assert ran(duck, "price_position", more)[1] == ran(duck, "price_position", facts)[1]


def test_both_engines_give_the_same(engine: Engine, duck: Engine) -> None:
    """What each analysis says of every customer, on both engines."""
    facts = {**shop(1, orders=60), **{name: rows for name, rows in circle().items() if name != "sale"}}
    for key in ("promotion_sensitivity", "price_position", "brand_loyalty", "influence"):
        _, expected, _ = ran(duck, key, facts)
        _, found, _ = ran(engine, key, facts)
        assert found.keys() == expected.keys()
        for name, row in expected.items():
            assert found[name] == pytest.approx(row, abs=1e-9)
