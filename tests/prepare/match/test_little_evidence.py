"""What the records at hand tell little about must not bring people together."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.prepare.match.people import linked, listed, matched, record, town

from huaxiang.engine import Engine
from huaxiang.engine.linker_weights import in_order

_PROVINCES = {"北京市": "北京市", "上海市": "上海市", "广州市": "广东省", "成都市": "四川省"}
_SHARES = st.lists(st.tuples(*[st.floats(0.0005, 1)] * 2), min_size=2, max_size=7)


def shop() -> list[dict[str, Any]]:
    """Return a town in which everybody's province stands beside a city, so that provinces are never compared."""
    return [{**one, "province": _PROVINCES[one["city"]]} for one in town(200)]


def test_two_provinces_never_speak_for_one_person(engine: Engine) -> None:
    apart = [record(f"p{place}", person_name="郭磊铭", province=one) for place, one in enumerate(("四川省", "广东省"))]
    found = matched(engine, [*shop(), *apart])
    assert found.model is not None
    assert "province" in found.model.levels
    assert ("shop_account:p0", "shop_account:p1") not in linked(engine, found)
    row = listed(engine, found).get(("shop_account:p0", "shop_account:p1"))
    assert row is None or row["weight_province"] < 0


def test_what_is_more_alike_never_says_less(engine: Engine) -> None:
    found = matched(engine, shop())
    assert found.model is not None
    for name, levels in found.model.levels.items():
        weights = [level.m / level.u for level in levels]
        # The model is kept to six digits.
        assert all(one >= other * 0.9999 for one, other in pairwise(weights)), name
        assert weights[-1] <= 1.0001, name


def test_a_name_alone_is_for_a_person_to_judge(engine: Engine) -> None:
    alone = [record(f"n{place}", person_name="司马青云") for place in range(2)]
    row = listed(engine, matched(engine, [*shop(), *alone]))["shop_account:n0", "shop_account:n1"]
    assert (row["band"], row["doubt"]) == ("ask", "one_kind_of_evidence")


@given(_SHARES)
def test_levels_are_put_in_order_and_the_most_alike_stays(drawn: list[tuple[float, float]]) -> None:
    m, u = (np.array(side) for side in zip(*drawn, strict=True))
    found = in_order(m, u)
    assert np.all(found >= u * (1 - 1e-9))
    assert np.all(found <= 1)
    gains = m / found
    # A share can be no more than all pairs, so that where m is large the order may stay open below.
    open_ = found >= 1 - 1e-12
    assert np.all((gains[:-1] <= gains[1:] * (1 + 1e-9)) | open_[:-1])
