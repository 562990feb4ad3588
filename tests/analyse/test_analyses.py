"""Analyses as declarations, the registry that finds them, and the distribution of a tag."""

import sys
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analyse.made import AS_OF

from huaxiang.analyse.registry import analyses, analysis_named, collected
from huaxiang.engine import Engine
from huaxiang.errors import DefinitionError, InputError, NotFound
from huaxiang.model.results import Result


def test_every_analysis_declares_itself() -> None:
    """Words in both languages, choices that hold their default, and outputs with columns."""
    assert {"rfm", "distribution"} <= analyses().keys()
    for key, analysis in analyses().items():
        assert analysis.key == key
        for words in (analysis.title, analysis.explanation, analysis.source):
            assert words.zh
            assert words.en
        assert analysis.complete({}).keys() == {parameter.name for parameter in analysis.parameters}
        assert all(columns for _, columns in analysis.outputs.values())


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"cut": "mean"}, "analysis.unknown_parameter"),
        ({"cuts": "midpoint"}, "analysis.parameter_type"),
        ({"cuts": 5}, "analysis.parameter_type"),
        ({"window_days": 0}, "analysis.parameter_range"),
        ({"window_days": 1.5}, "analysis.parameter_type"),
        ({"window_days": True}, "analysis.parameter_type"),
        ({"cut_net_revenue": float("nan")}, "analysis.parameter_range"),
    ],
)
def test_wrong_parameters_are_refused(params: dict[str, Any], code: str) -> None:
    """Each with what was given and what was expected."""
    with pytest.raises((DefinitionError, InputError)) as problem:
        analysis_named("rfm").complete(params)
    assert problem.value.code == code
    assert problem.value.say("zh")


def test_missing_tables_and_unknown_analyses_are_named(duck: Engine) -> None:
    """The reader learns what to import, or what was probably meant."""
    with pytest.raises(InputError, match="needs the table sale"):
        analysis_named("rfm").on(duck, {}, {}, AS_OF)
    with pytest.raises(NotFound) as problem:
        analysis_named("rfn")
    assert "rfm" in problem.value.params["nearest"]


def test_two_analyses_of_one_key_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """So does a module that cannot be imported."""
    twin = ModuleType("huaxiang.analyse.twin")
    twin.ANALYSIS = replace(analysis_named("rfm"))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "huaxiang.analyse.twin", twin)
    with pytest.raises(DefinitionError) as problem:
        collected(["rfm", "twin"])
    assert problem.value.code == "analysis.duplicate"
    with pytest.raises(ModuleNotFoundError):
        collected(["nothing_of_this_name"])


def spread(engine: Engine, values: pa.Array, **params: Any) -> Result:
    """Return the distribution of those values of a tag."""
    ids = pa.array([str(place) for place in range(len(values))], pa.string())
    made = engine.bring("spread", pa.table({"customer_id": ids, "lifecycle": values}))
    return analysis_named("distribution").on(engine, {"profile": made}, {"tag": "lifecycle", **params}, AS_OF)


@settings(max_examples=30)
@given(st.lists(st.none() | st.sampled_from(["active", "lost", "é", ""]), max_size=30))
def test_counts_of_values_equal_plain_python(duck: Engine, values: list[str | None]) -> None:
    """Every value with its count, the unknown apart, shares of those known."""
    result = spread(duck, pa.array(values, pa.string()))
    known = [value for value in values if value is not None]
    assert {row["value"]: row["customers"] for row in result.tables["rows"]} == Counter(known)
    assert (result.figures["customers"], result.figures["unknown"]) == (len(values), len(values) - len(known))
    assert not known or sum(row["share"] for row in result.tables["rows"]) == pytest.approx(1)
    assert result.answer.say("zh")


@settings(max_examples=30)
@given(st.lists(st.integers(-(10**6), 10**6) | st.none(), min_size=1, max_size=60), st.integers(2, 10))
def test_bands_hold_everybody_once(duck: Engine, values: list[int | None], most: int) -> None:
    """Bands follow each other without a hole, at most so many, and each holds just who lies in it."""
    result = spread(duck, pa.array(values, pa.int64()), most=most)
    rows = result.tables["rows"]
    known = [value for value in values if value is not None]
    assert sum(row["customers"] for row in rows) == len(known)
    if len(set(known)) > most:
        assert len(rows) <= most
        assert all(row["high"] == after["low"] for row, after in pairwise(rows))
        for row in rows:
            inside = [v for v in known if row["low"] <= v and (row["high"] is None or v < row["high"])]
            assert row["customers"] == len(inside)


def test_rare_values_are_put_together(engine: Engine) -> None:
    """What does not fit the list is one row, marked as the rest; coded values are named in the answer."""
    result = spread(engine, pa.array(["active", "active", "b", "c", "d", None]), most=2)
    assert [(row["value"], row["customers"], row["is_rest"]) for row in result.tables["rows"]] == [
        ("active", 2, False), ("b", 1, False), (None, 2, True),
    ]  # fmt: skip
    assert result.answer.say("zh") == "5位顾客的生命周期已知，占6位的83.3%；最多的是活跃。"
