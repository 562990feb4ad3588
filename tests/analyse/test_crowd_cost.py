"""What a rule costs: rows counted by hand, and the pace of runs."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pytest
from tests.analyse.made import AS_OF, arrow, sale

from huaxiang.analyse.crowd_cost import (
    LEAST_READ,
    MOST_RUNS,
    USUAL_ROWS_PER_SECOND,
    Pace,
    cost,
    fact_sizes,
    pace_of,
    past_runs,
)
from huaxiang.engine import DuckEngine
from huaxiang.maintain.kept_history import schema_of
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.crowd_tables import CROWD_RUN
from huaxiang.model.segments import Segment

SIZES = {"sale": 1_000, "act": 50_000, "order_day": 1_000}


def crowd(key: str, rule: str, version: int = 1) -> Segment:
    """A saved crowd."""
    words = dict.fromkeys(("zh", "en", "meaning_zh", "meaning_en"), key)
    return Segment.model_validate({**words, "key": key, "version": version, "condition": condition_from_text(rule)})


CROWDS = {one.key: one for one in (crowd("buyers", "did sale"), crowd("round", "crowd round or did act"))}


@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        ("city = 上海 and list fair", {}),
        ("did sale in last 30 days count >= 2", {"sale": 1_000}),
        ("not did sale and did act where (event_name = x)", {"act": 50_000, "sale": 1_000}),
        ("first sale has (store_no = S1)", {"sale": 2_000}),
        ("sequence (act then within 3 days sale without act)", {"act": 100_000, "sale": 1_000}),
        ("crowd buyers and did sale and city = 上海", {"sale": 2_000}),
        ("crowd round", {"act": 50_000}),
        ("crowd unheard_of or did visit", {}),
        ("did order_day", {"order_day": 1_000}),
        ("top 2 by net_revenue_total of (did sale)", {"sale": 1_000}),
        ("top 2 by did act count of (did sale)", {"act": 50_000, "sale": 1_000}),
        ("top 5 by did sale count of (did act)", {"act": 50_000, "sale": 1_000}),
    ],
)
def test_rows_are_those_of_every_table_as_often_as_it_is_read(rule: str, rows: dict[str, int]) -> None:
    found = cost(condition_from_text(rule), CROWDS, SIZES, Pace(500.0, is_measured=True))
    assert dict(found.rows) == rows
    assert list(found.rows.values()) == sorted(rows.values(), reverse=True)
    assert found.all_rows == sum(rows.values())
    assert found.seconds == sum(rows.values()) / 500
    assert found.is_measured


def test_the_pace_is_the_median_of_runs_that_read_something() -> None:
    runs = [(LEAST_READ, 1.0), (LEAST_READ * 2, 1.0), (LEAST_READ * 30, 1.0), (LEAST_READ - 1, 9.0), (LEAST_READ, 0.0)]
    assert pace_of(runs) == Pace(LEAST_READ * 2, is_measured=True)
    assert pace_of([]) == pace_of([(10, 3.0)]) == Pace(USUAL_ROWS_PER_SECOND, is_measured=False)


def test_sizes_and_runs_are_read_from_what_is_published(duck: DuckEngine) -> None:
    assert not any(fact_sizes(duck).values())
    assert past_runs(duck, CROWDS, SIZES) == []
    orders = [{**sale("a", AS_OF), "order_no": str(number)} for number in range(7)]
    tags_only = crowd("tags_only", "city = 上海")
    known = {**CROWDS, "tags_only": tags_only, "changed": crowd("changed", "did act", version=3)}
    runs = [
        {"run_id": f"r{number:02d}", "crowd": key, "version": 1, "status": "ok", "seconds": 1.0 + number}
        for number in range(MOST_RUNS)
        for key in ("buyers", "tags_only", "changed", "gone")
    ]
    runs.append({"run_id": "r99", "crowd": "buyers", "version": 1, "status": "failed", "seconds": 99.0})
    day = date(2026, 1, 1)
    rows = [{**dict.fromkeys(CROWD_RUN), "as_of": day + timedelta(days=place), **run} for place, run in enumerate(runs)]
    table = pa.Table.from_pylist(rows, schema_of(CROWD_RUN))
    duck.publish({"sale": duck.bring("s", arrow("sale", orders)), "crowd_run": duck.bring("r", table)})
    sizes = fact_sizes(duck)
    assert {fact: rows for fact, rows in sizes.items() if rows} == {"sale": 7, "order_day": 7}
    assert "act" not in sizes
    # Of the latest runs those of the version that is defined now, none of failed ones, none that ask for tags alone.
    found = past_runs(duck, known, {"sale": 7, "act": 100})
    assert set(found) <= {(7, 1.0 + number) for number in range(MOST_RUNS)}
    assert found[0] == (7, float(MOST_RUNS))
