"""Preferences, hours, percentiles, windows and what is kept: each against plain Python over the same rows."""

import math
import random
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analyse.made import AS_OF, Row, chance_sales, customers, numbered, sale
from tests.analyse.tag_kinds import act, by_customer, codes, computed, crowds_of, days_ago, made

from huaxiang.engine import Engine
from huaxiang.engine.interface import only

PEOPLE = customers("c0", "c1", "c2", "c3")
WEIGHTS = {"cart": 3.0, "favourite": 3.0, "unfavourite": -3.0, "search": 2.0, "view": 1.0}
PREFERENCE = {
    "kind": "preference",
    "top": 2,
    "half_life_days": 30,
    "parts": [
        {"fact": "sale_line", "column": "category", "weight": 5, "where": "is_counted = true"},
        *(
            {"fact": "act", "column": "category", "weight": weight, "where": f"event_name = {name}"}
            for name, weight in WEIGHTS.items()
        ),
    ],
}


def chance_moment(dice: random.Random) -> datetime | None:
    """A moment around the days at which something changes; seldom none."""
    moment = days_ago(dice.choice([0, 1, 29, 30, 31, 60, 200])) + timedelta(hours=dice.randrange(-12, 11))
    return moment if dice.random() < 0.9 else None


def chance_acts(seed: int, count: int = 60) -> list[Row]:
    """Acts by chance: guests, no time, no category, ties."""
    dice = random.Random(seed)
    return [
        act(
            dice.choice(["c0", "c0", "c1", "c2", None]),
            chance_moment(dice),
            dice.choice([*WEIGHTS, "open"]),
            category=dice.choice(["茶", "酒", "杯", None]),
            platform=dice.choice(["ios", "web"]),
            row_key=str(place),
        )
        for place in range(count)
    ]


def chance_lines(seed: int, count: int = 10) -> list[Row]:
    """Order lines by chance."""
    dice = random.Random(seed)
    return [
        {
            "customer_id": dice.choice(["c0", "c1"]), "ordered_at": days_ago(dice.choice([0, 10, 90])),
            "category": dice.choice(["茶", "酒"]), "line_amount": Decimal(dice.randrange(1, 9)),
            "is_counted": dice.choice([True, True, False]), "is_return": False, "is_gift": False,
        }
        for _ in range(count)
    ]  # fmt: skip


def weights_by_hand(acts: list[Row], lines: list[Row]) -> dict[str, dict[str, tuple[int, datetime, int]]]:
    """By customer and value: the weight in millionths, when it was named last, and by how many rows."""
    found: dict[str, dict[str, tuple[int, datetime, int]]] = defaultdict(dict)
    rows = [(r, r["occurred_at"], WEIGHTS[r["event_name"]]) for r in acts if r["event_name"] in WEIGHTS]
    rows += [(r, r["ordered_at"], 5.0) for r in lines if r["is_counted"]]
    for row, at, weight in rows:
        if row["customer_id"] and row["category"]:
            left = 0.5 ** ((AS_OF - at.date()).days / 30) if at else 0.0
            old = found[row["customer_id"]].get(row["category"], (0, datetime(1, 1, 1), 0))
            newest = max(old[1], at or datetime(1, 1, 1))
            found[row["customer_id"]][row["category"]] = (old[0] + round(weight * left * 1e6), newest, old[2] + 1)
    return found


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000))
def test_preferences_weigh_as_by_hand(duck: Engine, seed: int) -> None:
    """Weights of acts and orders, halved every 30 days; a withdrawn favourite counts against; the two best of each."""
    acts, lines = chance_acts(seed), chance_lines(seed)
    tags = made({"liked": {"type": "list", "rule": PREFERENCE}, "best": {"type": "text", "rule": PREFERENCE}})
    found = computed(duck, tags, {"customer": PEOPLE, "act": acts, "sale_line": lines})
    rows, sure = by_customer(duck, found.profile), by_customer(duck, found.confidence)
    kept = {(r["customer_id"], r["place"]): r for r in only(duck.arrow(found.weights)) if r["tag"] == "liked"}
    by_hand = weights_by_hand(acts, lines)
    for name in ("c0", "c1", "c2", "c3"):
        weighing = {value: one for value, one in by_hand[name].items() if one[0] > 0}
        order = sorted(weighing, key=lambda v: (-weighing[v][0], -weighing[v][1].timestamp(), v))[:2]
        assert rows[name]["liked"] == (order or None)
        assert rows[name]["best"] == (order[0] if order else None)
        total, n = sum(one[0] for one in weighing.values()), sum(one[2] for one in weighing.values())
        expected = (n * weighing[order[0]][0] / total + 1) / (n + 2) if order else None
        assert sure[name]["liked"] == (pytest.approx(expected) if order else None)
        for place, value in enumerate(order, 1):
            row = kept.pop((name, place))
            assert (row["value"], row["weight"]) == (value, pytest.approx(weighing[value][0] / 1e6))
            assert row["share"] == pytest.approx(weighing[value][0] / total)
    assert not kept


def test_decay_is_that_of_the_book(engine: Engine) -> None:
    """One purchase (5) 30 days ago and a cart (3) 60 days ago, half-life 30: 2.5 and 0.75; both engines."""
    acts = [act("c1", days_ago(60), "cart", category="酒"), act("c1", days_ago(0), "open", category="杯")]
    lines = [{"customer_id": "c1", "ordered_at": days_ago(30), "category": "茶", "is_counted": True}]
    tags = made({"liked": {"type": "list", "rule": PREFERENCE}})
    found = computed(engine, tags, {"customer": PEOPLE, "act": acts, "sale_line": lines})
    rows = sorted(only(engine.arrow(found.weights)), key=lambda row: int(str(row["place"])))
    assert [(row["value"], row["weight"], row["place"]) for row in rows] == [("茶", 2.5, 1), ("酒", 0.75, 2)]
    assert [row["share"] for row in rows] == pytest.approx([2.5 / 3.25, 0.75 / 3.25])
    assert by_customer(engine, found.profile)["c1"]["liked"] == ["茶", "酒"]
    sure = by_customer(engine, found.confidence)
    assert sure["c1"]["liked"] == pytest.approx((2 * 2.5 / 3.25 + 1) / 4)
    assert sure["c2"]["liked"] is None


def test_what_everybody_likes_tells_less(duck: Engine) -> None:
    """With idf the weight is multiplied by ln(1 + weight of all values / weight of this one)."""
    acts = [act(name, days_ago(0), category="茶") for name in ("c0", "c1", "c2")]
    acts += [act("c0", days_ago(0), category="茶"), act("c0", days_ago(0), category="酒")]
    part = {"fact": "act", "column": "category", "weight": 1}
    rule = {"kind": "preference", "parts": [part], "top": 2, "idf": True}
    found = computed(duck, made({"liked": {"type": "list", "rule": rule}}), {"customer": PEOPLE, "act": acts})
    rows = {(r["customer_id"], r["value"]): r["weight"] for r in only(duck.arrow(found.weights))}
    assert rows["c0", "茶"] == pytest.approx(2 * math.log(1 + 5 / 4), abs=1e-6)
    assert rows["c0", "酒"] == pytest.approx(math.log(1 + 5 / 1), abs=1e-6)
    assert by_customer(duck, found.profile)["c0"]["liked"] == ["酒", "茶"]


def hours_by_hand(acts: list[Row], customer: str, smooth: float, clear: float) -> tuple[int | None, float | None]:
    """The hour around which the customer is active, and how sure that is."""

    def histogram(rows: list[Row]) -> list[int]:
        hours = [0] * 24
        for row in rows:
            hours[row["occurred_at"].hour] += round(0.5 ** ((AS_OF - row["occurred_at"].date()).days / 30) * 1e6)
        return hours

    dated = [row for row in acts if row["occurred_at"]]
    everybody, own = histogram(dated), [row for row in dated if row["customer_id"] == customer]
    if not own:
        return None, None
    mine, base = histogram(own), [weight / sum(everybody) for weight in everybody]

    def three(figures: list[Any], hour: int) -> Any:
        return figures[hour - 1] + figures[hour] + figures[(hour + 1) % 24]

    around = [three(mine, hour) + round(1e6 * smooth * three(base, hour)) for hour in range(24)]
    best = max(range(24), key=lambda hour: (around[hour], mine[hour], -hour))
    share = around[best] / (sum(mine) + smooth * 1e6)
    return best if share >= clear else None, (len(own) * share + 1) / (len(own) + 2)


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), smooth=st.sampled_from([0.0, 2.0, 20.0]), clear=st.sampled_from([0.0, 0.3, 0.6]))
def test_the_active_hour_is_that_of_a_decayed_histogram(duck: Engine, seed: int, smooth: float, clear: float) -> None:
    """Three hours in a row with the greatest share, mixed with everybody's; spread too evenly there is none."""
    acts = chance_acts(seed)
    rule = {"kind": "distribution", "fact": "act", "half_life_days": 30, "smooth": smooth, "clear_share": clear}
    bands = [{"value": "day", "from": 6, "to": 22}, {"value": "night", "from": 22, "to": 6}]
    named = {**rule, "bands": bands, "unclear": "unclear"}
    tags = made(
        {
            "hour": {"type": "int", "rule": rule},
            "part": {"type": "text", "rule": named, "values": codes("day", "night", "unclear")},
        }
    )
    found = computed(duck, tags, {"customer": PEOPLE, "act": acts})
    rows, sure = by_customer(duck, found.profile), by_customer(duck, found.confidence)
    for name in ("c0", "c1", "c2", "c3"):
        hour, certainty = hours_by_hand(acts, name, smooth, clear)
        assert rows[name]["hour"] == hour
        assert sure[name]["hour"] == (None if certainty is None else pytest.approx(certainty))
        expected = "unclear" if hour is None else "day" if 6 <= hour < 22 else "night"
        assert rows[name]["part"] == (None if certainty is None else expected)


@settings(max_examples=10)
@given(amounts=st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=1, max_size=12))
def test_places_are_shares_of_those_below(duck: Engine, amounts: list[int | None]) -> None:
    """(below + equal / 2) / all, among all and among those of one city; who has no number has no place."""
    ids = [f"p{place}" for place in range(len(amounts))]
    cities = ["沪" if place % 2 else "京" for place in range(len(ids))]
    people = list(zip(ids, amounts, cities, strict=True))
    rows = [sale(name, AS_OF, amount, city=city) for name, amount, city in people if amount is not None]
    spent = {"kind": "statistic", "fact": "sale", "measure": "sum", "column": "net_revenue"}
    layers = [{"value": "high", "from": 0.5}, {"value": "low", "from": 0}]
    tags = made(
        {
            "spent": {"type": "money", "rule": spent},
            "city": {"type": "text", "rule": {"kind": "golden", "fact": "sale", "column": "city"}},
            "place": {"type": "share", "rule": {"kind": "percentile", "of": "spent"}},
            "beside": {"type": "share", "rule": {"kind": "percentile", "of": "spent", "within": "city"}},
            "level": {
                "type": "text",
                "values": codes("high", "low"),
                "rule": {"kind": "percentile", "of": "spent", "layers": layers},
            },
        }
    )
    found = by_customer(duck, computed(duck, tags, {"customer": customers(*ids), "sale": numbered(rows)}).profile)
    known = [
        (name, amount, city) for name, amount, city in zip(ids, amounts, cities, strict=True) if amount is not None
    ]

    def place(amount: int, others: list[int]) -> float:
        return (sum(o < amount for o in others) + sum(o == amount for o in others) / 2) / len(others)

    for name, amount, city in known:
        overall = place(amount, [a for _, a, _ in known])
        assert found[name]["place"] == pytest.approx(overall)
        assert found[name]["beside"] == pytest.approx(place(amount, [a for _, a, c in known if c == city]))
        assert found[name]["level"] == ("high" if overall >= 0.5 else "low")
    for name in ids:
        if name not in {one for one, _, _ in known}:
            assert (found[name]["place"], found[name]["beside"], found[name]["level"]) == (None, None, None)


def in_window(row: Row, first: date | None, last: date) -> bool:
    """Whether an order lies in a window; one without a time lies in none."""
    at = row["ordered_at"]
    return at is not None and (first is None or at.date() >= first) and at.date() <= min(last, AS_OF)


WINDOWS: dict[str, tuple[dict[str, Any], date | None, date]] = {
    "last": ({"window_days": 30}, AS_OF - timedelta(29), AS_OF),
    "before": ({"window_days": 30, "skip_days": 30}, AS_OF - timedelta(59), AS_OF - timedelta(30)),
    "fixed": ({"from": "2026-01-01", "to": "2026-05-31"}, date(2026, 1, 1), date(2026, 5, 31)),
    "since": ({"from": "2026-05-01"}, date(2026, 5, 1), AS_OF),
    "until": ({"to": "2026-05-31"}, None, date(2026, 5, 31)),
}


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000))
def test_windows_and_what_is_kept_equal_plain_python(duck: Engine, seed: int) -> None:
    """Every window, each with every answer to having no row: nothing, zero, or the window of the last row that fits."""
    rows = chance_sales(seed, 3, 25)
    what = {"fact": "sale", "measure": "sum", "column": "net_revenue", "where": "is_counted = true"}
    rules = {
        f"{name}_{policy}": {"type": "money", "rule": {"kind": "statistic", **what, **window, "when_empty": policy}}
        for name, (window, _, _) in WINDOWS.items()
        for policy in ("unknown", "zero", "keep_last")
        if policy != "keep_last" or "window_days" in window
    }
    found = by_customer(duck, computed(duck, made(rules), {"customer": PEOPLE, "sale": rows}).profile)
    counted = [
        row for row in rows if row["is_counted"] and (row["ordered_at"] is None or row["ordered_at"].date() <= AS_OF)
    ]
    for name in ("c0", "c1", "c2", "c3"):
        own = [row for row in counted if row["customer_id"] == name]
        for key, (window, first, last) in WINDOWS.items():
            inside = [row["net_revenue"] for row in own if in_window(row, first, last)]
            sum_of = sum(inside, Decimal(0)) if inside else None
            assert found[name][f"{key}_unknown"] == sum_of
            assert found[name][f"{key}_zero"] == (sum_of or Decimal(0) if counted else None)
            if "window_days" in window:
                assert found[name][f"{key}_keep_last"] == (kept_by_hand(own, last) if sum_of is None else sum_of)


def kept_by_hand(own: list[Row], last: date) -> Decimal | None:
    """The sum over the 30 days that ended with the last order until then."""
    days = [row["ordered_at"].date() for row in own if row["ordered_at"] and row["ordered_at"].date() <= last]
    if not days:
        return None
    inside = [row["net_revenue"] for row in own if in_window(row, max(days) - timedelta(29), max(days))]
    return sum(inside, Decimal(0))


def test_first_and_last_in_a_window_and_what_expires(engine: Engine) -> None:
    """The first and last channel of 30 days; kept beyond it; unknown once the newest is too old. Both engines."""
    rows = numbered(
        [
            *(sale("c1", days_ago(days), channel=name) for days, name in ((29, "first"), (10, "mid"), (0, "last"))),
            *(sale("c2", days_ago(days), channel=name) for days, name in ((95, "old"), (90, "older"), (40, "gone"))),
            sale("c3", days_ago(101), channel="expired"),
        ]
    )
    channel = {"fact": "sale", "column": "channel"}
    golden = {"kind": "golden", **channel, "window_days": 30}
    before = {"window_days": 60, "skip_days": 60, "policy": "oldest", "when_empty": "keep_last"}
    often = {"kind": "favourite", "when_empty": "keep_last", "expires_after_days": 100}
    rules = {
        "first": {**golden, "policy": "oldest"},
        "last": golden,
        "kept": {**golden, **before},
        "fresh": {"kind": "golden", **channel, "expires_after_days": 40},
        "often": {**golden, **often},
    }
    tags = made({key: {"type": "text", "rule": rule} for key, rule in rules.items()})
    found = by_customer(engine, computed(engine, tags, {"customer": PEOPLE, "sale": rows}).profile)
    named = {name: [found[name][key] for key in tags] for name in ("c0", "c1", "c2", "c3")}
    assert named == {
        "c0": [None] * 5,
        "c1": ["first", "last", None, "last", "last"],
        "c2": [None, None, "old", "gone", "gone"],
        "c3": [None, None, "expired", None, None],
    }


def test_confidence_of_golden_values_is_the_share_that_agrees(engine: Engine) -> None:
    """Two of three records say so: (2 + 1) / (3 + 2); one alone: 2/3. Both engines."""
    at = datetime.combine(AS_OF, time())
    people = [("a1", "男", 3), ("a2", "女", 1), ("a3", "女", 0), ("b1", "男", 5), ("d1", None, 2)]
    owners = {"a1": "c1", "a2": "c1", "a3": "c1", "b1": "c2", "d1": "c3"}
    facts = {
        "customer": PEOPLE,
        "account": [{"account_key": key, "customer_id": owner} for key, owner in owners.items()],
        "person_record": [
            {"account_key": key, "gender": gender, "occurred_at": at - timedelta(days=days)}
            for key, gender, days in people
        ],
    }
    tags = made({"sex": {"type": "text", "rule": {"kind": "golden", "fact": "person_record", "column": "gender"}}})
    found = computed(engine, tags, facts)
    sure, rows = by_customer(engine, found.confidence), by_customer(engine, found.profile)
    assert {name: row["sex"] for name, row in rows.items()} == {"c0": None, "c1": "女", "c2": "男", "c3": None}
    assert {name: row["sex"] for name, row in sure.items()} == {
        "c0": None,
        "c1": 0.6,
        "c2": pytest.approx(2 / 3),
        "c3": None,
    }


def test_layers_ask_what_customers_did(engine: Engine) -> None:
    """The first layer that is true, by acts in a window, the last order and a sequence, beside a crowd that asks a tag
    and another crowd; unknown where none is. Nobody did what there are no rows of."""
    views = [("c0", 0), ("c0", 29), ("c1", 29), ("c1", 30), ("c2", 5), ("c2", 40)]
    orders = [("c0", 10, "a"), ("c1", 20, "b"), ("c1", 3, "a"), ("c2", 4, "b"), ("c3", 1, "b")]
    facts = {
        "customer": PEOPLE,
        "act": [act(who, days_ago(days), row_key=str(place)) for place, (who, days) in enumerate(views)],
        "sale": numbered([sale(who, days_ago(days), 1, channel=channel) for who, days, channel in orders]),
    }
    whens = {
        "often": "did act where (event_name = view) in last 30 days count >= 2",
        "then": "sequence (act then within 3 days sale where (channel = b))",
        "back": "last sale has (channel = a) and crowd buyers",
        "said": "did feedback_fact",
    }
    layers = [{"value": value, "when": when} for value, when in whens.items()]
    spent = {"kind": "statistic", "fact": "sale", "measure": "sum", "column": "net_revenue"}
    tags = made(
        {
            "spent": {"type": "money", "rule": spent},
            "layer": {"type": "text", "values": codes(*whens), "rule": {"kind": "layers", "layers": layers}},
        }
    )
    crowds = crowds_of(buyers="spent > 1 and not crowd never", never="not did act")
    meant = {key: crowds.meant(tag) for key, tag in tags.items()}
    found = by_customer(engine, computed(engine, meant, facts).profile)

    def by_hand(who: str) -> str | None:
        seen, own = [days for name, days in views if name == who], [one for one in orders if one[0] == who]
        if sum(days < 30 for days in seen) >= 2:
            return "often"
        if any(0 < days - then <= 3 and channel == "b" for days in seen for _, then, channel in own):
            return "then"
        is_back = own and min(own, key=lambda one: one[1])[2] == "a" and len(own) > 1 and seen
        return "back" if is_back else None

    assert {who: row["layer"] for who, row in found.items()} == {f"c{n}": by_hand(f"c{n}") for n in range(4)}
    assert {row["layer"] for row in found.values()} == {"often", "then", "back", None}
