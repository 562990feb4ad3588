"""What is measured of tags, each against plain Python, published figures, or what must hold whatever the data."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huaxiang.analyse.tag_accuracy import ENOUGH, accuracy, usable, wilson
from huaxiang.analyse.tag_bands import ANY, LISTED, MOST_VALUES, NUMBERS, OTHERS, by_value, tag_bands, whole
from huaxiang.analyse.tag_runs import MOST_RUNS, Band, Covered, Measured, measured, psi, tag_runs
from huaxiang.analyse.tag_twins import twins
from huaxiang.engine import Engine
from huaxiang.model.tags import Tag, tags_from

DAY = date(2026, 6, 30)
COLOURS = {"red": {"zh": "红", "en": "red"}, "blue": {"zh": "蓝", "en": "blue"}}


def made(**kinds: str | dict[str, Any]) -> dict[str, Tag]:
    """Tags by key, each of a type or with more said of it."""
    plain = {"element": "basic", "meaning_zh": "。", "meaning_en": ".", "rule": {"kind": "given"}}
    bodies = {key: {"type": kind} if isinstance(kind, str) else kind for key, kind in kinds.items()}
    return tags_from({key: {**plain, "zh": key, "en": key, **body} for key, body in bodies.items()})


def brought(engine: Engine, tags: dict[str, Tag], rows: list[dict[str, Any]]) -> Any:
    """A profile of these rows."""
    types = {"customer_id": "string"} | {key: tag.field.ibis_type for key, tag in tags.items()}
    schema = ibis.schema(types).to_pyarrow()
    ids = [{"customer_id": f"c{number}", **row} for number, row in enumerate(rows)]
    return engine.bring("measured_profile", pa.Table.from_pylist(ids, schema=schema))


def leading(value: Decimal) -> tuple[float, float]:
    """The band of a number by its decimal text: sign, first digit, zeros."""
    if not value:
        return 0.0, 0.0
    sign, digits, exponent = value.normalize().as_tuple()
    power = Decimal(10) ** (len(digits) - 1 + int(exponent))
    low, high = digits[0] * power, (digits[0] + 1) * power
    return (float(-low), float(-high)) if sign else (float(low), float(high))


def test_bands_on_both_engines(engine: Engine) -> None:
    """Numbers by leading digit, shares by tenths, days by year, free values by frequency, the unknown apart."""
    tags = made(
        paid="money", part="share", since="date", yes="bool", place="text",
        colour={"type": "text", "values": COLOURS},
        name={"type": "text", "sensitivity": "personal"},
        likes="list", worn={"type": "list", "values": COLOURS}, friends={"type": "list", "sensitivity": "personal"},
    )  # fmt: skip
    amounts = ["0", "0.03", "0.3", "7", "10", "19.99", "20", "300", "-45", "1000000", "999999"]
    rows: list[dict[str, Any]] = [
        {
            "paid": Decimal(amounts[n % 11]) if n % 12 else None,
            "part": n / 43 if n % 9 else None,
            "since": date(2020 + n % 3, 5, 1),
            "yes": [True, False, None][n % 3],
            "place": f"p{n % 30:02d}" if n % 7 else None,
            "colour": ["red", "blue", "red"][n % 3],
            "name": f"n{n}" if n % 2 else None,
            # Two of 26, one of them twice; one in seven likes nothing in particular, and one in five is not known.
            "likes": None if n % 5 == 0 else [] if n % 7 == 0 else [f"l{n % 26}", f"l{n % 3}", f"l{n % 26}", None],
            "worn": [["red"], ["red", "blue"], None][n % 3],
            "friends": [f"f{n}"] if n % 2 else None,
        }
        for n in range(44)
    ]
    found: dict[str, Counter[Any]] = {key: Counter() for key in tags}
    for row in tag_bands(engine, brought(engine, tags, rows), tags).to_pylist():
        key = (row["low"], row["high"]) if row["band"] == NUMBERS else row["band"]
        found[row["tag"]][key] += row["customers"]
    assert found["paid"] == Counter(None if row["paid"] is None else leading(row["paid"]) for row in rows)
    tenths = [min(math.floor(row["part"] * 10 + 1e-12), 9) for row in rows if row["part"] is not None]
    shares = Counter((round(tenth / 10, 6), round((tenth + 1) / 10, 6)) for tenth in tenths)
    assert found["part"] == shares + Counter({None: 44 - len(tenths)})
    assert found["since"] == Counter(str(row["since"].year) for row in rows)
    assert found["yes"] == Counter({True: "true", False: "false", None: None}[row["yes"]] for row in rows)
    assert found["colour"] == Counter(row["colour"] for row in rows)
    assert found["name"] == found["friends"] == Counter({ANY: 22, None: 22})
    assert found["worn"] == members(rows, "worn")
    each = members(rows, "likes")
    likes = sorted((name for name in each if name not in (None, LISTED)), key=lambda one: (-each[one], str(one)))
    assert len(likes) > MOST_VALUES
    rest = sum(bool(set(row["likes"] or ()) & set(likes[MOST_VALUES:])) for row in rows)
    shown = Counter({name: each[name] for name in (*likes[:MOST_VALUES], LISTED, None)})
    assert found["likes"] == shown + Counter({OTHERS: rest})
    places = Counter(row["place"] for row in rows)
    unknown = places.pop(None)
    kept = Counter(dict(sorted(places.items(), key=lambda pair: (-pair[1], str(pair[0])))[:MOST_VALUES]))
    assert found["place"] == kept + Counter({None: unknown, OTHERS: 44 - unknown - kept.total()})


def members(rows: list[dict[str, Any]], key: str) -> Counter[Any]:
    """In plain Python how many have each member of a list, any list, and none."""
    counted = Counter(name for row in rows for name in set(row[key] or ()) - {None})
    unknown = sum(row[key] is None for row in rows)
    return counted + Counter({LISTED: len(rows) - unknown, None: unknown})


def test_the_members_of_a_list_are_watched_from_run_to_run(duck: Engine) -> None:
    """Coverage counts everybody once; what they have can move though as many have something."""
    tags = made(likes="list")
    runs = None
    for number, names in enumerate((["rice", "tea"], ["rice"])):
        bands = tag_bands(duck, brought(duck, tags, [{"likes": names if n % 4 else None} for n in range(400)]), tags)
        told = bands.to_pylist()
        assert sum(band["customers"] for band in whole(told)) == 400
        assert [(band["band"], band["customers"]) for band in by_value(told)] == [(name, 300) for name in names]
        runs = tag_runs(bands, tags, DAY, f"run-{number:05}", runs)
    # A run from before members were told apart says nothing of this one.
    old = [
        {"tag": "likes", "band": band, "low": None, "high": None, "customers": n}
        for band, n in ((ANY, 300), (None, 100))
    ]
    runs = tag_runs(pa.Table.from_pylist(old, schema=bands.schema), tags, DAY, "run-00002", runs)
    duck.publish({"tag_run": duck.bring("listed_runs", runs)})
    found = measured(duck)["likes"].runs
    assert [(run.known, run.everyone) for run in found] == [(300, 400)] * 3
    shares = ((300.5 / 601, 300.5 / 301), (300.5 / 601, 0.5 / 301))
    by_hand = sum((q - p) * math.log(q / p) for p, q in shares)
    assert found[1].psi == pytest.approx(by_hand)
    assert (found[0].psi, found[2].psi) == (None, None)


@settings(max_examples=15)
@given(st.lists(st.one_of(st.none(), st.integers(-(10**12), 10**12)), min_size=1, max_size=60))
def test_every_whole_number_lies_in_its_band(duck: Engine, numbers: list[int | None]) -> None:
    """The bands hold everybody once, and the low end has one digit other than 0."""
    tags = made(n="int")
    bands = tag_bands(duck, brought(duck, tags, [{"n": number} for number in numbers]), tags).to_pylist()
    assert sum(band["customers"] for band in bands) == len(numbers)
    expected = Counter(None if number is None else leading(Decimal(number)) for number in numbers)
    assert Counter({None if b["band"] is None else (b["low"], b["high"]): b["customers"] for b in bands}) == expected


def test_psi_as_computed_by_hand() -> None:
    """Three bands of a hundred: Σ (p − q) ln(p/q), with half a customer added to each."""
    before: dict[Band, int] = {("a", None): 50, ("b", None): 30, ("c", None): 20}
    after: dict[Band, int] = {("a", None): 40, ("b", None): 30, ("c", None): 30}
    p, q = ([(n + 0.5) / 101.5 for n in side.values()] for side in (before, after))
    by_hand = sum((b - a) * math.log(b / a) for a, b in zip(p, q, strict=True))
    assert psi(before, after) == pytest.approx(by_hand)
    assert psi(before, after) == pytest.approx(psi(after, before))


@given(st.lists(st.integers(0, 400), min_size=2, max_size=12), st.lists(st.integers(0, 400), min_size=2, max_size=12))
def test_psi_is_never_negative_and_nothing_for_equal_runs(first: list[int], second: list[int]) -> None:
    """With too few customers it says nothing at all."""
    one, other = (dict[Band, int]({(NUMBERS, float(n)): c for n, c in enumerate(side)}) for side in (first, second))
    found = psi(one, other)
    assert (found is None) is (min(sum(first), sum(second)) < 100)
    assert found is None or found >= 0
    if sum(first) >= 100:
        assert psi(one, one) == pytest.approx(0)


def test_runs_are_kept_up_to_a_year_and_a_run_measured_again_takes_its_own_place() -> None:
    """The oldest go first."""
    tags = made(a="int")
    bands = pa.table({"tag": ["a"], "band": [NUMBERS], "low": [1.0], "high": [2.0], "customers": [5]})
    table: pa.Table | None = None
    for number in range(MOST_RUNS + 3):
        table = tag_runs(bands, tags, DAY, f"run-{number:05d}", table)
    assert table is not None
    assert table.num_rows == MOST_RUNS
    assert table.column("run_id")[0].as_py() == "run-00003"
    again = tag_runs(bands, tags, DAY, f"run-{MOST_RUNS + 2:05d}", table)
    assert again.num_rows == MOST_RUNS


def test_wilson_as_published() -> None:
    """Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (hits, n), ends in published.items():
        assert wilson(hits, n) == pytest.approx(ends, abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)


def test_accuracy_counts_those_who_state_and_leaves_out_who_cannot_be_told(duck: Engine) -> None:
    """Too few stated answers give no share."""
    guessed = {"type": "text", "values": {**COLOURS, "neutral": {"zh": "中", "en": "neutral"}}, "stated_twin": "said"}
    tags = made(said={"type": "text", "values": COLOURS}, guess=guessed)
    rows = [
        {"said": ["red", "blue", None][n % 3], "guess": ["red", "neutral", "blue", None][n % 4]} for n in range(240)
    ]
    found = accuracy(duck, brought(duck, tags, rows), tags["guess"], tags, None)
    both = [row for row in rows if row["said"] and row["guess"]]
    decided = [row for row in both if row["guess"] != "neutral"]
    assert found is not None
    assert (found.n, found.abstained) == (len(decided), len(both) - len(decided))
    assert found.hits == sum(row["said"] == row["guess"] for row in decided)
    assert found.low < (found.share or 0) < found.high
    few = accuracy(duck, brought(duck, tags, rows[: ENOUGH // 2]), tags["guess"], tags, None)
    assert few is not None
    assert few.share is None
    assert accuracy(duck, brought(duck, tags, rows), tags["said"], tags, None) is None


def test_a_value_that_was_filled_in_is_nobodys_word(duck: Engine) -> None:
    """Customers whose answer was filled in are not compared; those with another column filled in are."""
    guessed = {"type": "text", "values": COLOURS, "stated_twin": "gender"}
    said = {"type": "text", "values": COLOURS, "rule": {"kind": "golden", "fact": "person_record", "column": "gender"}}
    tags = made(gender=said, guess=guessed)
    rows = [{"gender": "red" if n < 40 else "blue", "guess": "red"} for n in range(60)]
    given = [{"customer_id": f"c{n}", "column_name": "gender" if n >= 40 else "city", "value": "x"} for n in range(60)]
    filled = duck.bring("filled_of_measured", pa.Table.from_pylist(given))
    found = accuracy(duck, brought(duck, tags, rows), tags["guess"], tags, filled)
    assert found is not None
    assert (found.n, found.hits) == (40, 40)


def test_usable_is_known_sure_enough_and_in_force(duck: Engine) -> None:
    """A tag past its last day is of no use."""
    tags = made(a="int", b={"type": "int", "expires_on": date(2026, 6, 29)})
    profile = brought(duck, tags, [{"a": n if n % 4 else None, "b": n} for n in range(20)])
    sure = [{"customer_id": f"c{n}", "sure_a": 0.3 if n < 6 else 0.9} for n in range(20)]
    confidence = duck.bring("sure_rows", pa.Table.from_pylist(sure))
    assert usable(duck, profile, confidence, tags["a"], DAY) == (20, 15, sum(n % 4 > 0 for n in range(6, 20)))
    assert usable(duck, profile, None, tags["a"], DAY) == (20, 15, 15)
    assert usable(duck, profile, None, tags["b"], DAY).usable == 0


def test_twins_by_rule_and_by_values(duck: Engine) -> None:
    """Tags that merely have as many values are none."""
    rule = {"kind": "golden", "fact": "person_record", "column": "city"}
    tags = made(
        city={"type": "text", "rule": rule}, town={"type": "text", "rule": rule},
        n="int", m="number", other="int", note="text",
    )  # fmt: skip
    rows = [
        {"city": "x", "town": "x", "n": n % 5, "m": float(n % 5), "other": (n + 1) % 5, "note": str(n % 5)}
        for n in range(200)
    ]
    profile = brought(duck, tags, rows)
    bands = tag_bands(duck, profile, tags).to_pylist()
    runs = {
        key: Measured((Covered("run-00001", DAY, 1, 200, 200, None),), tuple(b for b in bands if b["tag"] == key))
        for key in tags
    }
    found = twins(duck, profile, tags, runs)
    assert [(twin.one, twin.other, twin.why) for twin in found] == [("city", "town", "rule"), ("n", "m", "values")]
    assert found[1].share == 1.0
