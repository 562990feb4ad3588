"""Where a customer is cut: checked against taking every link away by hand, and against graphs without a bridge."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from huaxiang.analyse.weakest_bridge import Row, weakest_bridge

BORN = date(1990, 5, 1)


def account(key: str, name: str | None = None, born: date | None = None) -> Row:
    """Return an account that says so much of itself."""
    return {"account_key": key, "person_name": name, "gender": None, "birth_date": born}


def link(one: str, other: str, rule: str = "shared_value", *, verified: bool = True) -> Row:
    """Return a link between two accounts."""
    return {"account_key_a": one, "account_key_b": other, "rule": rule, "is_verified": verified}


def test_the_link_between_sides_that_differ_goes_first_however_sure_it_is() -> None:
    people = [account("a", "王芳"), account("b"), account("c"), account("d", "李勇")]
    found = weakest_bridge(people, [link("a", "b", "likely_same"), link("b", "c"), link("c", "d")])
    assert found is not None
    assert found.is_contradiction
    # All three separate 王芳 from 李勇; the least sure of them is the first to cut.
    assert (found.place, found.cut_off) == (0, ("a",))
    same = [account("a", "王芳", BORN), account("b", "王"), account("c", None, BORN)]
    agreed = weakest_bridge(same, [link("a", "b"), link("b", "c", verified=False)])
    assert agreed is not None
    assert (agreed.place, agreed.is_contradiction) == (1, False)


def test_two_ways_are_no_bridge_and_a_device_is_none_either() -> None:
    people = [account(key) for key in "abc"]
    assert weakest_bridge(people, [link("a", "b"), link("b", "c"), link("a", "c")]) is None
    assert weakest_bridge(people[:2], [link("a", "b"), link("a", "b", "coupon_used")]) is None
    assert weakest_bridge(people[:2], [link("a", "b", "only_user_of_device")]) is None
    assert weakest_bridge(people[:1], []) is None


def reachable(start: str, links: list[Row]) -> set[str]:
    """Return what hangs together with an account, walked link by link."""
    beside = defaultdict(set)
    for one in links:
        beside[one["account_key_a"]].add(one["account_key_b"])
        beside[one["account_key_b"]].add(one["account_key_a"])
    found, waiting = {start}, [start]
    while waiting:
        for key in beside[waiting.pop()] - found:
            found.add(key)
            waiting.append(key)
    return found


@given(ends=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] != pair[1])))
def test_without_it_the_two_ends_no_longer_hang_together(ends: list[tuple[int, int]]) -> None:
    people, links = [account(str(place)) for place in range(7)], [link(str(one), str(other)) for one, other in ends]
    found = weakest_bridge(people, links)
    severed = [
        place
        for place, one in enumerate(links)
        if one["account_key_b"] not in reachable(one["account_key_a"], links[:place] + links[place + 1 :])
    ]
    if found is None:
        assert not severed
        return
    assert found.place in severed
    rest = links[: found.place] + links[found.place + 1 :]
    sides = [reachable(links[found.place][end], rest) for end in ("account_key_a", "account_key_b")]
    assert set(found.cut_off) in sides
    assert len(found.cut_off) == min(map(len, sides))
