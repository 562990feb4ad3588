"""Splink at work: how often two people agree by chance is drawn from random pairs, and pairs are scored.

Rows come in and go out in Arrow, so that the answer is the same whichever engine holds the tables. Splink computes in
a DuckDB of its own, in memory and gone afterwards.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from splink import DuckDBAPI, Linker, SettingsCreator

from huaxiang.engine.comparison_levels import comparison
from huaxiang.errors import EngineError
from huaxiang.model.matching import ComparisonRule, Frequencies, LevelOdds, TrainedModel, Training

#: What is taken for granted before anything is learned: one person's values are the same in nine of ten pairs.
ALIKE = 0.9
#: Pairs scored at once; bounds the memory that scoring takes.
_PAIRS_AT_ONCE = 1_000_000
_DIGITS = 6


def random_levels(
    records: pa.Table, rules: Mapping[str, ComparisonRule], training: Training
) -> dict[str, tuple[LevelOdds, ...]]:
    """By comparison how often each level occurs in random pairs (``u``; ``m`` is a first guess).

    ``records`` has ``record_id`` and the columns that ``rules`` name. The same records give the same random pairs, and
    the same shares to six digits.
    """
    with _linker(records, rules, {}) as linker:
        linker.training.estimate_u_using_random_sampling(max_pairs=training.random_pairs, seed=training.seed)
        count = len(records)
        drawn = min(training.random_pairs, count * (count - 1) / 2)
        found = {one.output_column_name: one for one in linker._settings_obj.comparisons}  # noqa: SLF001
        return {name: _odds(found[name], drawn) for name in rules}


def scored(
    records: pa.Table, pairs: pa.Table, rules: Mapping[str, ComparisonRule], model: TrainedModel, least: float
) -> Iterator[pa.Table]:
    """The pairs (``left_id, right_id``) of at least the probability ``least``, in parts.

    Besides both ids each has ``probability``, ``weight`` (in bits, the prior included) and for every comparison
    ``weight_<name>`` and ``level_<name>``: 0 for different, -1 where a side is missing, more the more alike.
    """
    with_rarity = _with_frequencies(records, model)
    settings = {"probability_two_random_records_match": model.prior, "levels": model.levels}
    with _linker(with_rarity, rules, settings) as linker:
        for start in range(0, len(pairs), _PAIRS_AT_ONCE):
            yield _score(linker, pairs.slice(start, _PAIRS_AT_ONCE), rules, least)


def _score(linker: Linker, pairs: pa.Table, rules: Mapping[str, ComparisonRule], least: float) -> pa.Table:
    api = linker._db_api  # noqa: SLF001
    blocked = pa.table(
        {"match_key": ["0"] * len(pairs), "join_key_l": pairs["left_id"], "join_key_r": pairs["right_id"]}
    )
    linker.table_management.register_blocked_pairs_for_predict(api.register(blocked))
    found = linker.inference.predict(threshold_match_probability=least, warning_mode="never")
    try:
        return _named(found.as_duckdbpyrelation().to_arrow_table(), rules)
    finally:
        found.drop_table_from_database_and_remove_from_cache()


def _named(rows: pa.Table, rules: Mapping[str, ComparisonRule]) -> pa.Table:
    columns = {
        "left_id": rows["record_id_l"],
        "right_id": rows["record_id_r"],
        "probability": rows["match_probability"],
        "weight": rows["match_weight"],
    }
    for name in rules:
        weights = [rows[column] for column in (f"mw_{name}", f"mw_tf_adj_{name}") if column in rows.column_names]
        columns[f"weight_{name}"] = _sum(weights)
        columns[f"level_{name}"] = rows[f"gamma_{name}"].cast(pa.int64())
    return pa.table(columns)


def _sum(weights: list[pa.ChunkedArray]) -> pa.ChunkedArray:
    total = weights[0]
    for weight in weights[1:]:
        total = pc.add(total, weight)
    return total


def frequencies(values: pa.ChunkedArray, most: int) -> Frequencies:
    """The shares of the ``most`` commonest values that more than one record has; any other counts as one record."""
    present = values.drop_null()
    counted = pc.value_counts(present)
    pairs = zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)
    commonest = sorted(((value, count) for value, count in pairs if count > 1), key=lambda pair: (-pair[1], pair[0]))
    total = max(len(present), 1)
    shares = {value: _rounded(count / total) for value, count in commonest[:most]}
    return Frequencies(values=shares, rest=_rounded(1 / total))


def _with_frequencies(records: pa.Table, model: TrainedModel) -> pa.Table:
    for name, known in model.frequencies.items():
        shares = [None if value is None else known.values.get(value, known.rest) for value in records[name].to_pylist()]
        records = records.append_column(f"tf_{name}", pa.array(shares, pa.float64()))
    return records


def _odds(drawn_levels: Any, drawn: float) -> tuple[LevelOdds, ...]:
    """The levels as drawn; a share that no pair showed is taken to be below one pair."""
    levels = [level for level in drawn_levels.comparison_levels if not level.is_null_level]
    odds = []
    for place, level in enumerate(levels):
        m = ALIKE if place == 0 else (1 - ALIKE) / (len(levels) - 1)
        u = level.u_probability if level._u_is_trained else 0.0  # noqa: SLF001
        u = min(max(u, 0.5 / max(drawn, 1.0)), 1.0)
        odds.append(LevelOdds(label=level.label_for_charts, m=_rounded(m), u=_rounded(u)))
    return tuple(odds)


def _rounded(share: float) -> float:
    return float(f"{share:.{_DIGITS}g}")


@contextmanager
def _linker(records: pa.Table, rules: Mapping[str, ComparisonRule], settings: dict[str, Any]) -> Iterator[Linker]:
    levels = settings.pop("levels", {})
    comparisons: list[Any] = [_with_odds(comparison(name, rule), levels.get(name, ())) for name, rule in rules.items()]
    creator = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        unique_id_column_name="record_id",
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=True,
        **settings,
    )
    connection = duckdb.connect(config={"temp_directory": "", "autoload_known_extensions": False})
    try:
        linker = Linker(DuckDBAPI(connection).register(records), creator, log_level=logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield linker
    except duckdb.Error as problem:
        raise EngineError("engine.failed", reason=str(problem)) from problem
    finally:
        connection.close()


def _with_odds(body: dict[str, Any], odds: tuple[LevelOdds, ...]) -> dict[str, Any]:
    by_label = {one.label: one for one in odds}
    levels = [
        {**level, "m_probability": known.m, "u_probability": known.u}
        if (known := by_label.get(level["label_for_charts"]))
        else level
        for level in body["comparison_levels"]
    ]
    return {**body, "comparison_levels": levels}
