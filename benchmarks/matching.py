"""Look-alikes among many records: ours beside plain Splink on the same records, in the same run.

    python -m benchmarks.matching [records] [new records]

The records are made up: three in ten are second records of somebody, with a wrong digit, a lost value or another name.
"""

from __future__ import annotations

import logging
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_library as cl

from benchmarks.measuring import timed
from huaxiang.engine import DuckEngine, Engine, Lake
from huaxiang.model.identity import identity_rules
from huaxiang.model.matching import matching_rules
from huaxiang.model.tables import canonical_table
from huaxiang.prepare.accounts import accounts
from huaxiang.prepare.match import estimate, match_records, matches, matches_of_new
from huaxiang.town.names import CITIES, addresses, full_names, phones

SECONDS = 0.3
Rows = dict[str, np.ndarray[Any, np.dtype[Any]]]


def made_up(count: int, seed: int = 11) -> tuple[Rows, np.ndarray[Any, np.dtype[Any]]]:
    """Records of people, and for each the number of its person."""
    rng = np.random.default_rng(seed)
    people = int(count * (1 - SECONDS))
    owner = np.concatenate([np.arange(people), rng.integers(0, people, count - people)])
    female = rng.random(people) < 0.5
    days = np.datetime64("1950-01-01") + rng.integers(0, 20_000, people)
    city = rng.integers(0, len(CITIES), people)
    of_person: dict[str, Any] = {
        "person_name": np.array(full_names(rng, female).to_pylist(), object),
        "phone": np.array(phones(seed, 0, np.arange(people)).to_pylist(), object),
        "birth_date": days.astype(object),
        "province": np.array([CITIES[one][0] for one in city], object),
        "city": np.array([CITIES[one][1] for one in city], object),
        "address": np.array(addresses(rng, people).to_pylist(), object),
    }
    rows = {name: values[owner] for name, values in of_person.items()}
    for name, values in rows.items():
        lost = rng.random(count) < (0.02 if name == "person_name" else 0.25)
        rows[name] = np.where(lost, None, values)
    second = np.arange(count) >= people
    wrong = second & (rng.random(count) < 0.3)
    rows["phone"] = np.array(
        [_one_digit(rng, value) if bad and value else value for bad, value in zip(wrong, rows["phone"], strict=True)]
    )
    return rows, owner


def _one_digit(rng: np.random.Generator, value: str) -> str:
    place = int(rng.integers(3, len(value)))
    return f"{value[:place]}{(int(value[place]) + 5) % 10}{value[place + 1 :]}"


def put(engine: Engine, rows: Rows) -> None:
    """Publish the records as an import would leave them."""
    keys = [f"shop_account:{number:08d}" for number in range(len(rows["phone"]))]
    people = {name: values for name, values in rows.items() if name != "phone"}
    has_phone = [place for place, value in enumerate(rows["phone"]) if value]
    numbers = {
        "account_key": [keys[place] for place in has_phone],
        "identifier_type": ["phone"] * len(has_phone),
        "identifier_value": [rows["phone"][place] for place in has_phone],
        "is_verified": [True] * len(has_phone),
    }
    brought = {
        "person_record": engine.bring("new_people", canonical("person_record", {"account_key": keys, **people})),
        "identifier": engine.bring("new_numbers", canonical("identifier", numbers)),
    }
    engine.publish(brought)


def canonical(name: str, columns: Mapping[str, Any]) -> pa.Table:
    """Rows of a canonical table from columns that count alike; columns not given are null."""
    schema = ibis.schema(canonical_table(name).ibis_schema).to_pyarrow()
    count = len(columns["account_key"])
    lineage = {
        "source": ["shop"] * count,
        "import_id": ["one"] * count,
        "source_row": list(range(count)),
        "row_key": [f"{name}{number}" for number in range(count)],
        "row_hash": [f"{number}" for number in range(count)],
        "known_at": [np.datetime64("2026-01-01T00:00:00", "us")] * count,
    }
    given = {**lineage, **columns}
    return pa.table([pa.array(given.get(field.name, [None] * count), field.type) for field in schema], schema)


def plain(records: pa.Table) -> pa.Table:
    """What a person with Splink's tutorial writes, over the same columns."""
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="account_key",
        blocking_rules_to_generate_predictions=[
            block_on("phone"),
            block_on("surname", "given_name", "birth_date"),
            block_on("surname", "given_name", "city"),
            block_on("address"),
        ],
        comparisons=[
            cl.NameComparison("given_name"),
            cl.ExactMatch("surname").configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("phone", [1, 2]),
            cl.LevenshteinAtThresholds("birth_date", [1, 2]),
            cl.JaroWinklerAtThresholds("address", [0.9, 0.7]),
            cl.ExactMatch("city"),
        ],
    )
    linker = Linker(DuckDBAPI().register(records), settings, log_level=logging.ERROR)
    rules: list[Any] = [block_on("phone"), block_on("surname", "given_name", "birth_date")]
    linker.training.estimate_probability_two_random_records_match(rules, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for block in (block_on("phone"), block_on("surname", "given_name")):
        linker.training.estimate_parameters_using_expectation_maximisation(block)
    found = linker.inference.predict(threshold_match_probability=0.5).as_duckdbpyrelation().to_arrow_table()
    return found.select(["account_key_l", "account_key_r", "match_probability"])


def quality(pairs: list[tuple[str, str]], owner: np.ndarray[Any, np.dtype[Any]]) -> str:
    """Precision and recall of the pairs themselves."""
    right = sum(owner[int(a[-8:])] == owner[int(b[-8:])] for a, b in pairs)
    wanted = sum(count * (count - 1) // 2 for count in Counter(owner.tolist()).values())
    return f"precision {right / max(len(pairs), 1):.4f}, recall {right / wanted:.4f}"


def peak_gb() -> float:
    """What this process has held at most, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def main(count: int, new_count: int) -> None:
    """Measure and print."""
    rows, owner = made_up(count + new_count)
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder) / "ws" / "lake", Path(folder) / "ws" / "scratch", memory_limit="3GB")
        lake.create()
        engine = DuckEngine(lake)
        put(engine, rows)
        run(engine, owner, count)
        engine.close()


def run(engine: Engine, owner: np.ndarray[Any, np.dtype[Any]], count: int) -> None:
    """One run: the estimate, ours, plain Splink, and the new records into the known ones."""
    rules, matching = identity_rules(), matching_rules()
    everybody = engine.keep("bench_accounts", accounts(engine, rules))
    seconds_records, records = timed(lambda: match_records(engine, everybody, rules, matching))
    last = f"shop_account:{count:08d}"
    known = engine.keep("bench_known", records.filter(records.account_key < last))
    new = engine.keep("bench_new", records.filter(records.account_key >= last))
    seconds_estimate, guess = timed(lambda: estimate(engine, known, matching))
    print(f"records {seconds_records:.1f} s; estimate in {seconds_estimate:.1f} s: {guess}")
    seconds, found = timed(lambda: matches(engine, known, rules, matching))
    if found.model is None:
        raise SystemExit("too little to learn from")
    of_known = owner[:count]
    model = found.model
    linked = engine.arrow(found.pairs.filter(found.pairs.band == "link").select("account_key_a", "account_key_b"))
    pairs = list(zip(*(column.to_pylist() for column in linked.columns), strict=True))
    print(f"ours   {seconds:.1f} s, {found.compared:,} pairs compared, {quality(pairs, of_known)}")
    print(f"peak memory so far {peak_gb():.1f} GB")
    table = engine.arrow(known).drop_columns(["phones"])
    seconds_plain, peer = timed(lambda: plain(table))
    sure = peer.to_pandas().query("match_probability >= 0.95")
    peers = list(zip(sure.account_key_l, sure.account_key_r, strict=True))
    print(f"splink {seconds_plain:.1f} s, {quality(peers, of_known)}; ours / splink {seconds / seconds_plain:.2f}")
    seconds_new, more = timed(lambda: matches_of_new(engine, new, known, rules, matching, model))
    print(f"new    {seconds_new:.1f} s, {more.compared:,} pairs compared")


if __name__ == "__main__":
    started = time.perf_counter()
    main(*(int(given) for given in (sys.argv[1:] or ["100000", "10000"])))
    print(f"all {time.perf_counter() - started:.0f} s")
