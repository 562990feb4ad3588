"""A small town whose dirt is known: every spoiled cell and row is repaired, waits, or is listed by a check."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow.parquet as pq
import pytest
from tests.few_tags import keep_few

from huaxiang.analyse.quality import published_quality
from huaxiang.engine.interface import only
from huaxiang.model.identity import identity_rules
from huaxiang.model.quality import quality_rules
from huaxiang.prepare.quality import QUALITY_TABLES, quality_tables
from huaxiang.prepare.quality.checks import judged
from huaxiang.prepare.quality.judging import Round
from huaxiang.town import build
from huaxiang.workspace import Workspace

pytestmark = pytest.mark.slow
NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)
Place = tuple[str, int]


@dataclass(frozen=True)
class Town:
    """A town imported and refreshed, and the folder with what is true of it."""

    workspace: Workspace
    folder: Path
    as_of: date

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a published table."""
        with self.workspace.reading() as engine:
            return only(engine.arrow(engine.table(table)))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """500 people over half a year; checks look at no tag."""
    folder = tmp_path_factory.mktemp("town")
    build(folder, customers=500, days=180, seed=5)
    workspace = Workspace.init(tmp_path_factory.mktemp("quality") / "ws", memory_limit="1GB", threads=1)
    looks = [look for path in sorted((folder / "raw").iterdir()) for look in workspace.look(path)]
    workspace.import_files(looks, NOW)
    keep_few(workspace.folder, ("orders_total",))
    workspace = Workspace.open(workspace.folder)
    workspace.refresh(NOW)
    return Town(workspace, folder, workspace.as_of())


def failing_places(town: Town) -> dict[Place, set[str]]:
    """The checks that each row fails, by file and row number."""
    found: dict[Place, set[str]] = defaultdict(set)
    names = {row["import_id"]: row["file_name"] for row in town.rows("import")}
    with town.workspace.reading() as engine:
        now = Round(engine, town.as_of, identity_rules(), "town")
        for key, check in quality_rules().checks.items():
            for target in check.columns:
                rows = judged(now, key, check, target)
                wrong = rows.filter(rows.fails, rows.import_id.notnull()).select("import_id", "source_row")
                for row in only(engine.arrow(wrong)):
                    found[names[row["import_id"]], int(str(row["source_row"]))].add(key)
    return found


def issues(town: Town, handling: str) -> dict[Place, set[str]]:
    """What stood in the cells that import handled so, by file and row number."""
    names = {row["import_id"]: row["file_name"] for row in town.rows("import")}
    found: dict[Place, set[str]] = defaultdict(set)
    for row in town.rows("cell_issue"):
        if row["handling"] == handling:
            found[names[row["import_id"]], row["source_row"]].add(row["raw_value"])
    return found


def places_of_receipts(town: Town) -> dict[Place, Place]:
    """The row with which a receipt begins, for every row of it: what a receipt lacks is listed there."""
    names = {row["import_id"]: row["file_name"] for row in town.rows("import")}
    first = {row["order_no"]: (names[row["import_id"]], row["source_row"]) for row in town.rows("orders")}
    return {(names[row["import_id"]], row["source_row"]): first[row["order_no"]] for row in town.rows("order_line")}


def test_every_planted_fault_is_repaired_waits_or_is_listed(town: Town) -> None:
    truth = pq.read_table(town.folder / "truth" / "dirty_rows.parquet").to_pylist()
    repaired, set_aside, failing = issues(town, "repaired"), issues(town, "set_aside"), failing_places(town)
    names = {row["import_id"]: row["file_name"] for row in town.rows("import")}
    waiting = {(names[row["import_id"]], row["source_row"]) for row in town.rows("quarantine")}
    again = {row["file_name"]: row["rows_already_there"] for row in town.rows("import")}
    receipts = places_of_receipts(town)
    checked: Counter[str] = Counter()
    for one in truth:
        place, written = (one["file"], one["row_number"]), one["written"]
        match one["reason"]:
            case "header_whitespace" | "blank_row":
                continue
            case "duplicate_row":
                again[one["file"]] -= 1
            case _ if one["handling"] == "quarantined":
                assert place in waiting, one
            case "missing_word":
                where = receipts.get(place, place)
                assert any(key.endswith(("_given", "_named")) for key in failing[where]), one
            case _ if one["handling"] == "repaired":
                # Blanks around a cell are trimmed without being listed.
                assert written in repaired[place] or written.strip() == one["meant"], one
            case _:
                assert written in set_aside[place] or failing[place], one
        checked[one["reason"]] += 1
    assert set(again.values()) == {0}
    assert set(checked) >= {"phone_form", "phone_length", "placeholder_phone", "implausible_birthday", "test_order"}
    assert sum(checked.values()) > 300


def test_three_figures_of_the_scorecard_by_hand(town: Town) -> None:
    with town.workspace.reading() as engine:
        tables = {
            name: engine.arrow(engine.table(name)) for name in ("person_record", "identifier", "orders", "import")
        }
    hand = duckdb.connect()
    for name, rows in tables.items():
        hand.register(f"{name}_rows", rows)
    hand.execute(
        "CREATE VIEW newest AS SELECT * FROM person_record_rows QUALIFY row_number() OVER (PARTITION BY row_key "
        "ORDER BY known_at DESC, import_id DESC, source_row DESC, row_hash DESC) = 1"
    )
    figures = {
        "trait_given gender": "SELECT source, count(*), count(*) FILTER (gender IS NULL) FROM newest GROUP BY 1",
        "phone_once": "SELECT source, count(*), count(*) FILTER (n > 1) FROM (SELECT source, count(*) OVER "
        "(PARTITION BY source, identifier_value) n FROM identifier_rows WHERE identifier_type = 'phone' "
        "AND account_key NOT LIKE 'phone:%' AND account_key NOT LIKE 'email:%') GROUP BY 1",
        "rows_once": "SELECT source, sum(rows_read), sum(rows_already_there) FROM import_rows GROUP BY 1",
    }
    by_hand = {name: set(hand.execute(sql).fetchall()) for name, sql in figures.items()}
    found: dict[str, set[tuple[str, int, int]]] = defaultdict(set)
    for row in town.workspace.quality().checks:
        key = f"trait_given {row['column_name']}" if row["check"] == "trait_given" else row["check"]
        found[key].add((row["source"], row["row_count"], row["failing_count"]))
    for name, rows in by_hand.items():
        asked = {row for row in rows if name != "trait_given gender" or row[1] != row[2]}
        assert found[name] == asked, name
        assert asked, name


def test_the_refresh_publishes_what_is_computed_from_the_lake_as_it_stands(town: Town) -> None:
    with town.workspace.reading() as engine:
        anew = quality_tables(engine, engine.table("account"), town.as_of, "anew")
        assert set(anew) == set(QUALITY_TABLES)
        for name, rows in anew.items():
            published = engine.table(name)
            assert dict(published.schema()) == dict(ibis.schema(QUALITY_TABLES[name])), name
            assert sorted(map(str, only(engine.arrow(published)))) == sorted(map(str, only(engine.arrow(rows)))), name


def test_people_who_cannot_be_what_they_say_are_all_on_the_board(town: Town) -> None:
    said = {row["account_key"]: row for row in town.rows("person_record") if row["birth_date"]}
    day = town.as_of
    young = {
        key
        for key, row in said.items()
        if row["occupation"] == "退休"
        and day.year
        - row["birth_date"].year
        - ((row["birth_date"].month, row["birth_date"].day) > (day.month, day.day))
        < 45
    }
    with town.workspace.reading() as engine:
        rows = only(engine.arrow(published_quality(engine, "contradiction")))
    assert {row["account_key"] for row in rows if row["check"] == "retired_too_young"} == young
    assert young
