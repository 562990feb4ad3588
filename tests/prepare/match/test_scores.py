"""Weights of agreement: those of Splink's own scoring of the same pairs by the same model, and what they stand on."""

from __future__ import annotations

import logging
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from splink import DuckDBAPI, Linker, SettingsCreator
from tests.prepare.match.people import compared, put, town

from huaxiang.engine import Engine, Lake
from huaxiang.engine.comparison_levels import comparison
from huaxiang.engine.linker import comparing
from huaxiang.engine.linker_weights import frequencies
from huaxiang.model.identity import identity_rules
from huaxiang.model.matching import ComparisonRule, TrainedModel, matching_rules
from huaxiang.prepare.match import matches

MATCHING = matching_rules()
Scores = dict[tuple[int, int], dict[str, Any]]


def splink_settings(model: TrainedModel) -> SettingsCreator:
    """Return settings by which Splink scores as the model says."""
    bodies: list[Any] = []
    for name, odds in model.levels.items():
        by_label = {one.label: one for one in odds}
        body = comparison(name, MATCHING.comparisons[name])
        for level in body["comparison_levels"]:
            if known := by_label.get(level["label_for_charts"]):
                level |= {"m_probability": known.m, "u_probability": known.u}
        if name in model.frequencies:
            body["comparison_levels"][1] |= {"tf_adjustment_column": name}
        bodies.append(body)
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=bodies,
        unique_id_column_name="record_id",
        probability_two_random_records_match=model.prior,
        retain_intermediate_calculation_columns=True,
    )


def by_splink(records: pa.Table, pairs: list[tuple[int, int]], model: TrainedModel) -> Scores:
    """Return what Splink's own scoring gives the pairs."""
    for name, known in model.frequencies.items():
        shares = [None if value is None else known.values.get(value, known.rest) for value in records[name].to_pylist()]
        records = records.append_column(f"tf_{name}", pa.array(shares, pa.float64()))
    api = DuckDBAPI()
    linker = Linker(api.register(records), splink_settings(model), log_level=logging.ERROR)
    blocked = {
        "match_key": ["0"] * len(pairs),
        "join_key_l": [a for a, _ in pairs],
        "join_key_r": [b for _, b in pairs],
    }
    linker.table_management.register_blocked_pairs_for_predict(api.register(pa.table(blocked)))
    found = linker.inference.predict(threshold_match_weight=-1000, warning_mode="never").as_duckdbpyrelation()
    return {(row["record_id_l"], row["record_id_r"]): row for row in found.to_arrow_table().to_pylist()}


@pytest.mark.filterwarnings("ignore")
def test_every_weight_is_that_of_splink(engine: Engine, tmp_path: Path) -> None:
    put(engine, town(120))
    rows = compared(engine)
    model = matches(engine, rows, identity_rules(), MATCHING).model
    assert model is not None
    assert model.frequencies
    records = engine.arrow(rows).drop_columns(["namespace", "phone_names"])
    records = records.append_column("record_id", pa.array(range(len(records)), pa.int64()))
    records = records.append_column("phone_names", pa.array([1 + place % 2 for place in range(len(records))]))
    chance = random.Random(3)
    drawn = (sorted(chance.sample(range(len(records)), 2)) for _ in range(800))
    pairs = sorted({(one, other) for one, other in drawn})
    pairs += [(place, place + 120) for place in range(120)]
    rules = {name: MATCHING.comparisons[name] for name in model.levels}
    ids = pa.table({"left_id": [a for a, _ in pairs], "right_id": [b for _, b in pairs]}).cast(
        pa.schema([("left_id", pa.int64()), ("right_id", pa.int64())])
    )
    with comparing(Lake(tmp_path / "lake", tmp_path / "scratch"), records, rules, model.frequencies) as comparer:
        comparer.compare(ids)
        ours = {(row["left_id"], row["right_id"]): row for row in comparer.scored(model, 0.0).to_pylist()}
    theirs = by_splink(records, pairs, model)
    assert ours.keys() == theirs.keys() == set(pairs)
    for pair, row in ours.items():
        peer = theirs[pair]
        assert row["weight"] == pytest.approx(peer["match_weight"], abs=1e-6)
        assert row["probability"] == pytest.approx(peer["match_probability"], abs=1e-9)
        for name in rules:
            assert row[f"level_{name}"] == peer[f"gamma_{name}"]
            weight = peer[f"mw_{name}"] + peer.get(f"mw_tf_adj_{name}", 0.0)
            assert row[f"weight_{name}"] == pytest.approx(weight, abs=1e-6)


def test_a_common_value_that_found_no_room_does_not_pass_for_rare() -> None:
    values = pa.chunked_array([["a"] * 5 + ["b"] * 4 + ["c"] * 3 + ["d"]])
    assert frequencies(values, 2).values == {"a": 0.384615, "b": 0.307692}
    assert frequencies(values, 2).rest >= 3 / 13
    assert frequencies(values, 9).rest == pytest.approx(1 / 13, rel=1e-5)


def level_of(left: dict[str, Any], right: dict[str, Any], name: str, rule: ComparisonRule, folder: Path) -> str:
    """Return the label of the level at which two values are."""
    columns = (name, *rule.also)
    records = pa.table(
        {"record_id": [0, 1], **{column: [left.get(column), right.get(column)] for column in columns}},
        pa.schema([("record_id", pa.int64()), *((column, pa.string()) for column in columns)]),
    )
    with comparing(Lake(folder / "lake", folder / "scratch"), records, {name: rule}, {}) as comparer:
        comparer.compare(pa.table({"left_id": [0], "right_id": [1]}))
        level = comparer.patterns()[f"level_{name}"][0].as_py()
    labels = [one["label_for_charts"] for one in comparison(name, rule)["comparison_levels"]]
    return str(labels[0] if level < 0 else labels[::-1][level])


@pytest.mark.parametrize(
    ("left", "right", "label"),
    [
        ("12345", "12345", "same"),
        ("12345", "12354", "one_letter"),
        ("12345", "1234", "one_letter"),
        ("5", "7", "one_letter"),
        ("12345", "22355", "two_letters"),
        ("12345", "98765", "else"),
        ("12345", None, "missing"),
    ],
)
def test_codes_are_told_apart_by_letters(left: str, right: str | None, label: str, tmp_path: Path) -> None:
    rule = ComparisonRule(kind="code")
    assert level_of({"postcode": left}, {"postcode": right}, "postcode", rule, tmp_path) == label


@pytest.mark.parametrize(
    ("cities", "label"),
    [(("广州市", "广州市"), "missing"), (("广州市", "深圳市"), "missing"), (("广州市", None), "same")],
)
def test_a_province_says_nothing_beside_the_cities_in_it(
    cities: tuple[str | None, str | None], label: str, tmp_path: Path
) -> None:
    left, right = ({"province": "广东省", "city": city} for city in cities)
    assert level_of(left, right, "province", MATCHING.comparisons["province"], tmp_path) == label


def test_comparing_leaves_nothing_in_the_scratch_folder(tmp_path: Path) -> None:
    records = pa.table({"record_id": [0, 1], "postcode": ["12345", "12346"]})
    with comparing(
        Lake(tmp_path / "lake", tmp_path / "scratch"), records, {"postcode": ComparisonRule(kind="code")}, {}
    ):
        assert list((tmp_path / "scratch").iterdir())
    assert not list((tmp_path / "scratch").iterdir())
