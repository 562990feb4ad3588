"""Which part of 3/4/2010 is the month is asked of the whole column."""

from __future__ import annotations

import pytest
from tests.collect.conftest import Room

HEAD = "order no,order date,quantity,product,customer id\n"


def look(room: Room, days: list[str]) -> tuple[bool, list[str]]:
    rows = "".join(f"A{number},{day},1,tea,C1\n" for number, day in enumerate(days))
    [found] = room.importer.look(room.file("x.csv", HEAD + rows))
    return found.mapping.month_first, [one.code for one in found.messages if one.code.startswith("collect.")]


@pytest.mark.parametrize(
    ("days", "month_first", "told"),
    [
        (["1/13/2010", "2/1/2010"], True, []),
        (["13/1/2010", "1/2/2010"], False, []),
        (["12/1/2010"] * 600 + ["12/13/2010"], True, []),
        (["1/2/2010", "1/3/2010", "2/1/2010"], True, []),
        (["2/1/2010", "3/1/2010", "1/2/2010"], False, []),
        (["5/5/2010"], False, ["collect.day_or_month"]),
        (["2010-05-05"], False, []),
    ],
)
def test_the_order_of_day_and_month(room: Room, days: list[str], month_first: bool, told: list[str]) -> None:
    assert look(room, days) == (month_first, told)
