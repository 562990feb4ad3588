"""A tag over everybody and the history of one value, for programs, beside plain Python over what the files say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from tests.server.crowds.shop import AS_OF, member
from tests.server.crowds.test_pages import add

from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Program = Callable[..., "Client"]
PEOPLE = [member(number) for number in range(1, 41)]


def test_figures_count_the_values_and_name_what_would_change(shop: Workspace, program: Program) -> None:
    """What is few is hidden, with another count that would give it back; a key of a store counts its own customers."""
    add(shop, "townspeople", "city = 上海市")
    ask = program("profile:read")
    told = ask.get("/api/v1/tags/city/figures").json()
    counts = Counter(str(one["city"]) for one in PEOPLE)
    assert {one["value"]: one["customers"] for one in told["bands"]} == counts
    assert (told["customers"], told["unknown"]) == (40, 0)
    assert "townspeople" in told["used_by"]["crowds"]
    assert told["runs"][-1]["coverage"] == 1
    mine = program("profile:read", stores=("S1",)).get("/api/v1/tags/city/figures").json()
    own = Counter(str(one["city"]) for one in PEOPLE if one["orders"] and one["store"] == "S1")
    assert {one["value"]: one["customers"] for one in mine["bands"]} == own
    assert (mine["customers"], mine["runs"], mine["usable"]) == (sum(own.values()), [], None)
    levels = ask.get("/api/v1/tags/member_level/figures").json()
    few = [count for count in Counter(one["member_level"] for one in PEOPLE).values() if count < 5]
    hidden = sum(one["customers"] is None for one in levels["bands"])
    assert few
    assert hidden >= max(2, len(few)), "one alone could be told from the number of all"
    assert ask.get("/api/v1/tags/no_such/figures").status_code == 404


def test_figures_of_rfm_are_what_each_customer_is_told(shop: Workspace, program: Program) -> None:
    add(shop, "valued", "rfm_class = important_value")
    add(shop, "townspeople", "crowd valued and city = 上海市")
    ask = program("profile:read")
    path = "/api/v1/customers/{}?tags=rfm_class,frequency_score"
    told = [ask.get(path.format(one["member_no"])).json()["tags"] for one in PEOPLE]
    for key in ("rfm_class", "frequency_score"):
        figures = ask.get(f"/api/v1/tags/{key}/figures").json()
        counts = Counter(one[key]["label"] for one in told if one[key]["value"] is not None)
        shown = {band["value"]: band["customers"] for band in figures["bands"]}
        assert shown.keys() == counts.keys()
        assert all(shown[value] in (count, None) for value, count in counts.items())
        assert {value for value, count in counts.items() if count < 5} <= {one for one in shown if shown[one] is None}
        assert figures["customers"] == 40
        assert figures["unknown"] in (40 - counts.total(), None)
        assert (figures["version"], figures["runs"]) == (None, [])
    assert {"valued", "townspeople"} <= set(ask.get("/api/v1/tags/rfm_class/figures").json()["used_by"]["crowds"])


def test_the_history_of_a_value_is_that_of_the_orders(shop: Workspace, program: Program) -> None:
    ask = program("profile:read")
    one = next(one for one in PEOPLE if len(one["orders"]) >= 3)
    told = ask.get(f"/api/v1/customers/{one['member_no']}/tags/orders_total/history").json()
    days = [date(2026, 1 + (number + order * 2) % 6, 1 + number % 27) for number, order in one["orders"]]
    assert told["months_are"] == "own"
    assert told["months"][-1]["day"] == AS_OF.isoformat()
    values = {date.fromisoformat(month["day"]): month["value"] or 0 for month in told["months"]}
    assert len(values) >= 6
    assert values == {end: sum(day <= end for day in days) for end in values}
    assert (told["since"], told["since_or_earlier"], told["changes"]) == (AS_OF.isoformat(), True, [])
    path = f"/api/v1/customers/{one['member_no']}/tags"
    place = ask.get(f"{path}/spending_place/history").json()
    assert (place["months_are"], place["months"]) == ("all", [])
    born = ask.get(f"{path}/birth_date/history").json()
    assert (born["months"], born["changes"]) == ([], [])
    assert ask.get(f"{path}/no_such/history").status_code == 404
