"""Community grade: which addresses name a community, and grades against rows counted by hand and in plain Python."""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from math import sqrt
from statistics import median
from typing import Any

import pytest
from tests.analyse.made import AS_OF, Row, bring, customers, numbered, sale

from huaxiang.analyse.community_grade import COMMUNITY
from huaxiang.analyse.in_force import in_force
from huaxiang.analyse.profile import profile
from huaxiang.analyse.registry import analysis_named
from huaxiang.engine import Engine
from huaxiang.engine.interface import only
from huaxiang.model.tags import shipped_tags

DAY = AS_OF - timedelta(days=10)


def sold(customer: str, community: str, paid: float, times: int = 2, **more: Any) -> list[Row]:
    """Orders of a customer that went to a building of a community."""
    address = f"张杨路500号{community}{len(customer)}号楼502室"
    return [sale(customer, DAY - timedelta(days=place), paid, address=address, **more) for place in range(times)]


def graded(engine: Engine, rows: list[Row], **params: Any) -> dict[str, Row]:
    """What the analysis says of each customer."""
    found = analysis_named("community_grade").on(engine, bring(engine, {"sale": numbered(rows)}), params, AS_OF)
    assert found.answer.say("zh") != found.answer.say("en")
    if found.members is None:
        return {}
    return {str(row["customer_id"]): dict(row) for row in only(engine.arrow(found.members))}


def test_only_a_name_with_a_building_behind_it_is_a_community(engine: Engine) -> None:
    named = {
        "上海市浦东新区张杨路500号阳光花园3号楼502室": "阳光花园", "阳光小区5栋": "阳光小区",
        "龙湖花园二期3幢1单元": "龙湖花园", "浦东新区碧云公寓12号201": "碧云公寓", "锦绣苑A3栋": "锦绣苑",
        "望京西园四区3号": None, "科技园路1号": None, "华润城二期B座": None, "花园路3号": None, "长城3": None,
        "小区3号": None, "": None,
    }  # fmt: skip
    rows = bring(engine, {"sale": numbered([sale("a", DAY, address=address) for address in named])})["sale"]
    told = rows.select("address", name=rows.address.re_extract(COMMUNITY, 1).nullif(""))
    assert {row["address"]: row["name"] for row in only(engine.arrow(told))} == named


def test_grades_are_those_counted_by_hand(engine: Engine) -> None:
    """Of 87 customers 34 pay 100, 34 pay 200 and 19 pay 150, the median. 24 of 24 above it is no chance, 10 of 20 is;
    19 customers are too few; who got a single parcel there, or more elsewhere, does not live there."""
    rows = [row for n in range(24) for row in sold(f"rich{n}", "阳光花园", 200)]
    rows += [row for n in range(24) for row in sold(f"thrifty{n}", "城北公寓", 100)]
    rows += [row for n in range(20) for row in sold(f"mixed{n}", "江南苑", 100 + 100 * (n % 2))]
    rows += [row for n in range(18) for row in sold(f"few{n}", "望湖小区", 150)]
    rows += [
        *sold("moved", "阳光花园", 900),
        *sold("moved", "望湖小区", 150, times=3),
        *sold("once", "阳光花园", 900, times=1),
    ]
    rows += sold("abroad", "阳光花园", 900, is_other_currency=True) + sold("guest", "阳光花园", 900, is_purchase=False)
    found = graded(engine, rows)
    assert Counter(row["community_grade"] for row in found.values()) == {"high": 24, "low": 24, "middle": 20}
    assert {name.rstrip("0123456789"): row["community_grade"] for name, row in found.items()} == {
        "rich": "high", "thrifty": "low", "mixed": "middle"}  # fmt: skip
    assert [found["rich0"][name] for name in ("deliveries", "customers", "above", "below")] == [2, 24, 24, 0]
    assert [found["mixed0"][name] for name in ("customers", "above", "below")] == [20, 10, 10]


def by_hand(rows: list[Row]) -> dict[str, str]:
    """Every customer's grade in plain Python."""
    orders: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        place = f"{row['city']} " + row["address"].removeprefix("张杨路500号").rstrip("0123456789号楼室")
        orders[row["customer_id"]][place].append(row)
    homes = {}
    for who, places in orders.items():
        place = min(
            sorted(places), key=lambda one: (-len(places[one]), -max(r["ordered_at"] for r in places[one]).timestamp())
        )
        if len(places[place]) >= 2:
            homes[who] = place, float(sum(row["paid_amount"] for row in places[place])) / len(places[place])
    usual = median(mean for _, mean in homes.values())
    found = {}
    for who, (place, _) in homes.items():
        own = [mean for other, mean in homes.values() if other == place]
        above, below = sum(mean > usual for mean in own), sum(mean < usual for mean in own)
        sure = abs(above - below) > 1.96 * sqrt(above + below)
        if len(own) >= 20:
            found[who] = "middle" if not sure else "high" if above > below else "low"
    return found


@pytest.mark.parametrize("seed", range(3))
def test_grades_are_those_of_plain_python(duck: Engine, seed: int) -> None:
    dice, rows = random.Random(seed), []
    for n in range(160):
        home = dice.randrange(5)
        for _ in range(dice.randrange(1, 5)):
            place = home if dice.random() < 0.8 else dice.randrange(5)
            day = AS_OF - timedelta(days=dice.randrange(700))
            paid, name = dice.randrange(50, 300) + 25 * place, f"{'甲乙丙丁戊'[place]}家花园"
            rows.append(
                sale(f"c{n}", day, paid, city=dice.choice(["上海市"] * 9 + ["北京市"]), address=f"张杨路500号{name}3号")
            )
    found = graded(duck, rows)
    expected = by_hand(rows)
    assert {who: row["community_grade"] for who, row in found.items()} == expected
    assert len(set(expected.values())) > 1


def test_nobody_is_judged_by_few_and_the_tag_waits_for_a_purpose(duck: Engine) -> None:
    rows = [row for n in range(19) for row in sold(f"c{n}", "阳光花园", 200)]
    assert graded(duck, rows) == {}
    assert "community_grade" not in in_force(shipped_tags(), ())
    tags = {"community_grade": in_force(shipped_tags(), {"community_grade"})["community_grade"]}
    rows += sold("c19", "阳光花园", 200)
    facts = bring(duck, {"customer": customers(*(f"c{n}" for n in range(21))), "sale": numbered(rows)})
    said = {
        row["customer_id"]: row["community_grade"]
        for row in only(duck.arrow(profile(duck, tags, date(2026, 6, 30), facts)))
    }
    assert said == {f"c{n}": "middle" for n in range(20)} | {"c20": None}
