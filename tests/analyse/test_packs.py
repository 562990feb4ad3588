"""Split packs: exact parts by lot, in which nobody moves when the crowd grows."""

import hashlib
from collections import Counter

import pyarrow as pa
import pytest
from tests.analyse.chance_rules import FIELDS
from tests.analyse.made import AS_OF

from huaxiang.analyse.packs import pack_of
from huaxiang.analyse.population import Population
from huaxiang.engine import Engine
from huaxiang.errors import HuaxiangError
from huaxiang.model.condition_text import condition_from_text, text_of
from huaxiang.model.conditions import EVERYONE
from huaxiang.model.packs import Packs, packs_from_text, text_of_packs

IDS = [f"c{number:04}" for number in range(4_000)]
PACKS = packs_from_text("试验=45，对照＝45, 其余: 10%", "春")


def by_hand(who: str) -> str:
    """The pack of a customer, in plain Python."""
    lot = int(hashlib.md5(f"pack:春:{who}".encode(), usedforsecurity=False).hexdigest()[:8], 16) / 2**32
    return "试验" if lot < 0.45 else "对照" if lot < 0.9 else "其余"


def crowd(engine: Engine, ids: list[str]) -> Population:
    """These customers."""
    table = engine.bring("packed_people", pa.table({"customer_id": ids, "points": list(range(len(ids)))}))
    return Population(engine, table, FIELDS, AS_OF)


def packs_of(asked: Population, packs: Packs) -> dict[str, str]:
    """The pack beside each customer."""
    rows = asked.table.select("customer_id", pack=pack_of(asked.table.customer_id, packs))
    found = asked.engine.arrow(rows).to_pydict()
    return dict(zip(found["customer_id"], found["pack"], strict=True))


def test_everybody_is_in_the_pack_that_the_lot_says(engine: Engine) -> None:
    """Both engines and plain Python agree; the column and the rules of the packs agree; sizes are near the shares."""
    asked = crowd(engine, IDS[:400])
    found = packs_of(asked, PACKS)
    assert found == {who: by_hand(who) for who in IDS[:400]}
    marks = {f"p{place}": rule for place, rule in enumerate(PACKS.parts(EVERYONE).values())}
    rows = engine.arrow(asked.marked(marks)).to_pylist()
    names = list(PACKS.names)
    assert all([row[mark] for mark in marks].count(True) == 1 for row in rows)
    assert all(found[row["customer_id"]] == names[[row[mark] for mark in marks].index(True)] for row in rows)


def test_a_crowd_that_grows_moves_nobody(duck: Engine) -> None:
    """Of four thousand customers the first hundred keep their packs; the shares are as near as lots can be."""
    few, many = (packs_of(crowd(duck, ids), PACKS) for ids in (IDS[:100], IDS))
    assert few == {who: many[who] for who in few}
    sizes = Counter(many.values())
    assert all(abs(sizes[name] - 4_000 * share / 10_000) < 4 * 32 for name, share in PACKS.shares)
    other = packs_of(crowd(duck, IDS), packs_from_text("试验=45,对照=45,其余=10", "秋"))
    # Another draw is another chance: about 45² + 45² + 10² of them agree.
    assert 0.35 < sum(other[who] == many[who] for who in IDS) / 4_000 < 0.48


def test_a_draw_by_chance_and_packs_of_one_seed_are_not_of_one_piece(duck: Engine) -> None:
    asked = crowd(duck, IDS)
    first = asked.members(condition_from_text("random 400 seed 春 of (everyone)"))
    found = Counter(by_hand(str(who)) for who in duck.arrow(first.customer_id).column(0).to_pylist())
    assert found["试验"] < 260


def test_packs_are_written_and_read(duck: Engine) -> None:
    assert text_of_packs(PACKS) == "试验=45, 对照=45, 其余=10"
    assert Packs.model_validate({"seed": "春", "shares": {"试验": 45, "对照": 45.0, "其余": "10"}}) == PACKS
    rule = PACKS.named("对照", condition_from_text("points > 5"))
    assert text_of(rule) == "points > 5 and draw 春 above 45 below 90"
    assert condition_from_text(text_of(rule)) == rule
    crowd(duck, IDS[:3]).check(rule)
    assert packs_from_text("a, b，c", "x").shares == (("a", 3_334), ("b", 3_333), ("c", 3_333))
    with pytest.raises(HuaxiangError):
        packs_from_text("a 30, b 70", "x")
    assert packs_from_text(" 3 ", "x").names == ("A", "B", "C")
    assert [sum(share for _, share in packs_from_text(str(n), "x").shares) for n in range(2, 21)] == [10_000] * 19
    thirds = packs_from_text("a=33.33,b=33.33,c=33.34", "x")
    assert [drawn.below for _, drawn in thirds.drawn()] == [33.33, 66.66, 100]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a=50", "packs.count"), ("a=50,b=49", "packs.not_whole"), ("a=50,b", "packs.text"), ("", "packs.text"),
        ("a=50,a=50", "packs.text"), ("a=x,b=50", "packs.text"), ("=50,b=50", "packs.name"),
        ("a=33.333,b=66.667", "condition.not_a_percentage"), ("a=-1,b=101", "condition.not_a_percentage"),
        ("a=NaN,b=50", "condition.not_a_percentage"), (f"{'a' * 50}=50,b=50", "packs.name"),
        (",".join(f"p{n}=4" for n in range(25)), "packs.count"),
    ],
)  # fmt: skip
def test_wrong_packs_are_refused(text: str, code: str) -> None:
    with pytest.raises(HuaxiangError) as problem:
        packs_from_text(text, "x")
    assert problem.value.code == code
    assert problem.value.say("zh") != problem.value.say("en")
