"""Pairs of records compared and scored, by the model of Fellegi and Sunter as Splink has it.

Splink draws how often two people agree by chance. How far the records of each pair agree is worked out once, and what
that weighs once for each pattern of agreement, of which there are few; the weights are those of Splink's own scoring.
Rows come in and go out in Arrow, so that the answer is the same whichever engine holds the tables. In between they are
in a DuckDB of their own, bounded like every session over the lake, and gone afterwards.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from huaxiang.engine.comparison_levels import comparison, level_numbers
from huaxiang.engine.lake import Lake
from huaxiang.engine.linker_weights import bits, chance_levels, pattern_weights, shares
from huaxiang.engine.spill import SpillFolder
from huaxiang.errors import EngineError
from huaxiang.model.matching import ComparisonRule, Frequencies, LevelOdds, TrainedModel, Training

#: The part of a session's memory that comparing may use beside the session itself.
_MEMORY_SHARE = 1 / 3
#: Small batches, so that every core has some.
_BATCH = 20_000


@contextmanager
def comparing(
    lake: Lake, records: pa.Table, rules: Mapping[str, ComparisonRule], frequencies: Mapping[str, Frequencies]
) -> Iterator[Comparer]:
    """A place to compare ``records``: they have ``record_id`` and the columns that ``rules`` name."""
    spill = SpillFolder(lake.scratch)
    connection = duckdb.connect(config={"autoload_known_extensions": False, "preserve_insertion_order": False})
    try:
        lake.spill_to(connection, spill.path)
        connection.execute("SET memory_limit = $limit", {"limit": _part_of(lake.memory_limit)})
        if lake.threads:
            connection.execute("SET threads = $threads", {"threads": lake.threads})
        yield Comparer(connection, records, rules, frequencies)
    except duckdb.Error as problem:
        raise EngineError("engine.failed", reason=str(problem)) from problem
    finally:
        connection.close()
        spill.remove()


class Comparer:
    """Records side by side; :func:`comparing` makes one. Column names in its statements are shipped, never data."""

    def __init__(
        self,
        duck: duckdb.DuckDBPyConnection,
        records: pa.Table,
        rules: Mapping[str, ComparisonRule],
        frequencies: Mapping[str, Frequencies],
    ) -> None:
        self._duck, self._rules, self._frequencies = duck, rules, frequencies
        columns = sorted({column for name, rule in rules.items() for column in (name, *rule.also)})
        self._take("record_told", records.select(["record_id", *columns]))
        self._columns = [*columns, *(f"share_{name}" for name in frequencies)]
        self._with_shares()

    def _with_shares(self) -> None:
        told, joins = ["record_told.*"], []
        for name, known in self._frequencies.items():
            self._take(f"known_{name}", shares(known))
            told.append(f"if({name} IS NULL, NULL, coalesce(known_{name}.share, {known.rest!r})) AS share_{name}")
            joins.append(f"LEFT JOIN known_{name} ON known_{name}.known_value = {name}")
        self._make("record", f"SELECT {', '.join(told)} FROM record_told {' '.join(joins)}")  # noqa: S608
        self._duck.execute("DROP TABLE record_told")

    def chance_levels(self, training: Training) -> dict[str, tuple[LevelOdds, ...]]:
        """By comparison how often each level occurs in random pairs (``u``; ``m`` is a first guess).

        The same records give the same random pairs, and the same shares to six digits.
        """
        from splink import DuckDBAPI, Linker, SettingsCreator

        bodies: list[Any] = [comparison(name, rule) for name, rule in self._rules.items()]
        settings = SettingsCreator(link_type="dedupe_only", comparisons=bodies, unique_id_column_name="record_id")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            linker = Linker(DuckDBAPI(self._duck).register("record"), settings, log_level=logging.ERROR)
            linker.training.estimate_u_using_random_sampling(max_pairs=training.random_pairs, seed=training.seed)
        told = {name: self._told_in(training.random_pairs, name, rule) for name, rule in self._rules.items()}
        return chance_levels(linker._settings_obj.comparisons, told)  # noqa: SLF001

    def _told_in(self, random_pairs: int, name: str, rule: ComparisonRule) -> float:
        """How many of the drawn pairs have something to compare in that column, at least."""
        beside = rule.also if rule.kind == "wider" else ()
        told = [f"count({name})", *(f"count({name}) FILTER ({one} IS NOT NULL)" for one in beside)]
        [(count, own, *masked)] = self._duck.execute(f"SELECT count(*), {', '.join(told)} FROM record").fetchall()  # noqa: S608
        share = (own**2 - sum(one**2 for one in masked)) / max(count, 1) ** 2
        return float(min(random_pairs, count * (count - 1) / 2) * max(share, 0.0))

    def compare(self, pairs: pa.Table) -> None:
        """Work out how far the records of each pair (``left_id, right_id``) agree, in place of earlier pairs."""
        sides = [f"l.{one} AS {one}_l, r.{one} AS {one}_r" for one in self._columns]
        levels = [
            f"CAST({level_numbers(comparison(name, rule))} AS TINYINT) AS level_{name}"
            for name, rule in self._rules.items()
        ]
        told = [*levels, *(f"share_{name}_l AS share_{name}" for name in self._frequencies)]
        self._duck.register("given", pa.Table.from_batches(pairs.to_batches(max_chunksize=_BATCH), pairs.schema))
        joined = "given JOIN record l ON l.record_id = left_id JOIN record r ON r.record_id = right_id"
        side_by_side = f"SELECT left_id, right_id, {', '.join(sides)} FROM {joined}"  # noqa: S608
        self._make("compared", f"SELECT left_id, right_id, {', '.join(told)} FROM ({side_by_side})")  # noqa: S608
        self._duck.unregister("given")

    def patterns(self) -> pa.Table:
        """Each combination of levels among the compared pairs, in order: ``level_<comparison>`` and ``pair_count``."""
        counted = f"SELECT {', '.join(self._levels())}, count(*) AS pair_count FROM compared GROUP BY ALL ORDER BY ALL"  # noqa: S608
        return self._duck.execute(counted).to_arrow_table()

    def scored(self, model: TrainedModel, least: float) -> pa.Table:
        """The compared pairs of at least the probability ``least``.

        Besides both ids each has ``probability``, ``weight`` (in bits, the prior included) and for every comparison
        ``weight_<name>`` and ``level_<name>``: 0 for different, -1 where a side is missing, more the more alike.
        """
        self._take("pattern", pattern_weights(self.patterns(), model))
        weights = {name: f"weight_{name}" for name in self._rules}
        for name in self._frequencies:
            # Agreement on a rare value says more than agreement as such, on a common one less.
            weights[name] += f" + coalesce(chance_{name} - log2(share_{name}), 0)"
        told = [
            *(f"{weight} AS weight_{name}" for name, weight in weights.items()),
            *(f"CAST({level} AS BIGINT) AS {level}" for level in self._levels()),
        ]
        total = " + ".join(["$prior", *(f"weight_{name}" for name in self._rules)])
        return self._duck.execute(
            f"""
            SELECT left_id, right_id, 1 / (1 + pow(2.0, -weight)) AS probability, weight,
                   * EXCLUDE (left_id, right_id, weight)
            FROM (SELECT *, {total} AS weight
                  FROM (SELECT left_id, right_id, {", ".join(told)}
                        FROM compared JOIN pattern USING ({", ".join(self._levels())})))
            WHERE weight >= $least
            """,  # noqa: S608
            {"prior": bits(model.prior), "least": bits(least)},
        ).to_arrow_table()

    def _levels(self) -> list[str]:
        return [f"level_{name}" for name in self._rules]

    def _take(self, name: str, rows: pa.Table) -> None:
        self._duck.register("given", rows)
        self._make(name, "SELECT * FROM given")
        self._duck.unregister("given")

    def _make(self, name: str, query: str) -> None:
        self._duck.execute(f"CREATE OR REPLACE TABLE {name} AS {query}")


def _part_of(limit: str) -> str:
    found = re.fullmatch(r"\s*([\d.]+)\s*(\D+)", limit)
    return f"{float(found[1]) * _MEMORY_SHARE:.3f}{found[2]}" if found else limit
