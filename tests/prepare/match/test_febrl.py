"""The febrl sets: made by others, with the truth in the record ids, imported like any list of customers.

Nothing is told but which column is which: no labels, no settings for the set at hand. Beside ours stand plain Splink,
with settings in the manner of its tutorial, and exact matching.
"""

from __future__ import annotations

import csv
import logging
import re
import warnings
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_library as cl

import huaxiang
from huaxiang.engine.interface import only
from huaxiang.model.identity import identity_rules
from huaxiang.model.mapping import Mapping, Match
from huaxiang.model.matching import matching_rules
from huaxiang.prepare.accounts import accounts
from huaxiang.prepare.match import match_records, matches
from huaxiang.prepare.unify.components import Forest

pytestmark = pytest.mark.slow
NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
Pairs = list[tuple[str, str]]
FIELDS = {
    "shop_account": "rec_id",
    "first_name": "given_name",
    "last_name": "surname",
    "street_no": "street_number",
    "address": "address_1",
    "district": "address_2",
    "city": "suburb",
    "postcode": "postcode",
    "province": "state",
    "birth_date": "date_of_birth",
    "other_id_no": "soc_sec_id",
}
SETS = {
    "1": (["dataset1.csv"], 0.98),
    "2": (["dataset2.csv"], 0.98),
    "3": (["dataset3.csv"], 0.97),
    "4a+4b": (["dataset4a.csv", "dataset4b.csv"], 0.99),
}


def person(record: str) -> str:
    """Return the number of the person in a record id such as ``rec-17-dup-0``."""
    found = re.search(r"rec-(\d+)-", record)
    assert found
    return found[1]


def pair_count(keys: Iterable[Any]) -> int:
    """Return how many pairs have a key in common."""
    return sum(n * (n - 1) // 2 for n in Counter(keys).values())


def f1(pairs: Pairs, records: Iterable[str]) -> float:
    """Return the pairwise F1 of the groups that the pairs make."""
    forest = Forest()
    for pair in pairs:
        forest.join(pair)
    ids = list(records)
    both = pair_count((forest.root(one), person(one)) for one in ids)
    return 2 * both / (pair_count(map(forest.root, ids)) + pair_count(map(person, ids)))


def ours(folder: Path, files: list[Path]) -> tuple[Pairs, Pairs]:
    """Return the pairs of at least the link probability, and those of them that are linked without asking."""
    workspace = huaxiang.init(folder / "ws", memory_limit="1GB")
    columns = {name: Match(header=header) for name, header in FIELDS.items()}
    looks = [
        look
        for path in files
        for look in workspace.look(path, mapping=Mapping(form="person", source=path.stem, columns=columns))
    ]
    workspace.import_files(looks, NOW)
    rules, matching = identity_rules(), matching_rules()
    with workspace.reading() as engine:
        everybody = engine.keep("febrl_accounts", accounts(engine, rules))
        found = matches(engine, match_records(engine, everybody, rules, matching), rules, matching)
        sure = found.pairs.filter(found.pairs.probability >= matching.bands.link)
        rows = only(engine.arrow(sure.select("account_key_a", "account_key_b", "band")))
    keys = [(str(row["account_key_a"]), str(row["account_key_b"])) for row in rows]
    return keys, [pair for pair, row in zip(keys, rows, strict=True) if row["band"] == "link"]


def read(files: list[Path]) -> list[dict[str, str | None]]:
    """Return the rows as they stand in the files, blanks for missing values taken out."""
    found = list[dict[str, str | None]]()
    for path in files:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream, skipinitialspace=True)
            found += [{name.strip(): value.strip() or None for name, value in row.items()} for row in rows]
    return found


def plain(rows: list[dict[str, str | None]]) -> Pairs:
    """Return what Splink links with settings as in its tutorial."""
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="rec_id",
        blocking_rules_to_generate_predictions=[
            block_on("soc_sec_id"),
            block_on("given_name", "surname"),
            block_on("date_of_birth"),
            block_on("postcode", "given_name"),
            block_on("postcode", "surname"),
            block_on("address_1", "street_number"),
            block_on("state", "address_1"),
        ],
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.LevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.LevenshteinAtThresholds("soc_sec_id", [2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7]).configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
            cl.JaroWinklerAtThresholds("suburb", [0.9]),
        ],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        linker = Linker(DuckDBAPI().register(pa.Table.from_pylist(rows)), settings, log_level=logging.ERROR)
        certain: list[Any] = [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")]
        linker.training.estimate_probability_two_random_records_match(certain, recall=0.9)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        for block in (block_on("date_of_birth"), block_on("postcode"), block_on("given_name", "surname")):
            linker.training.estimate_parameters_using_expectation_maximisation(block)
        found = linker.inference.predict(threshold_match_probability=0.95).as_duckdbpyrelation().to_arrow_table()
    return list(zip(found["rec_id_l"].to_pylist(), found["rec_id_r"].to_pylist(), strict=True))


def exact(rows: list[dict[str, str | None]]) -> Pairs:
    """Return the pairs with the same name, birth date and identity number, the usual rule of thumb."""
    first: dict[tuple[str | None, ...], str] = {}
    found = []
    for row in rows:
        key = tuple(row[name] for name in ("given_name", "surname", "date_of_birth", "soc_sec_id"))
        known = first.setdefault(key, str(row["rec_id"]))
        if known != row["rec_id"] and all(key):
            found.append((known, str(row["rec_id"])))
    return found


@pytest.mark.parametrize("name", SETS)
def test_as_good_as_plain_splink_and_far_better_than_exact_matching(
    name: str, shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names, least = SETS[name]
    files = [shared_data / "febrl" / one for one in names]
    rows = read(files)
    ids = [str(row["rec_id"]) for row in rows]
    keys = [f"shop_account:{one}" for one in ids]
    probable, linked = (f1(pairs, keys) for pairs in ours(tmp_path, files))
    peer, rule_of_thumb = f1(plain(rows), ids), f1(exact(rows), ids)
    with capsys.disabled():
        print(f"\nfebrl {name}: ours {probable:.4f} (linked without asking {linked:.4f}), splink {peer:.4f}, ", end="")
        print(f"exact {rule_of_thumb:.4f}")
    assert linked >= least
    assert min(probable, linked) >= peer
    assert linked > rule_of_thumb
