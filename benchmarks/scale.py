"""A lake of any size for the other benchmarks: ``python -m benchmarks.scale FOLDER [--customers 1000000 ...]``.

The fact tables are made by DuckDB directly, sorted by customer, the same in every run; then the tags are computed by
Huaxiang and published. A folder that was made before with the same sizes is opened as it is.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import yaml

import huaxiang
from benchmarks.scale_tags import written_tags
from huaxiang.analyse.crowd_moves import Run
from huaxiang.analyse.in_force import computed_on
from huaxiang.analyse.registry import analysis_named
from huaxiang.analyse.tag_bands import tag_bands
from huaxiang.analyse.tag_runs import tag_runs
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import count_of
from huaxiang.maintain.crowd_runs import CrowdRunner
from huaxiang.maintain.definitions import Definitions
from huaxiang.maintain.profile_step import DEFAULT_INCREMENTS, ProfileStep
from huaxiang.maintain.run_rows import run_row
from huaxiang.maintain.serving import serve_points
from huaxiang.maintain.tag_changes import TagComparer
from huaxiang.model.tag_tables import PROFILE_SINCE
from huaxiang.prepare.given import GIVEN_COLUMNS
from huaxiang.prepare.households import HOUSEHOLD_COLUMNS
from huaxiang.prepare.match import empty_pairs
from huaxiang.prepare.quality import QUALITY_TABLES
from huaxiang.prepare.unify import redirects
from huaxiang.prepare.unify.records import Hold, Link
from huaxiang.workspace import Workspace

#: The last day of the data.
DAY = date(2026, 6, 30)
#: Fact tables that stand beside the canonical ones.
FACTS = ("account", "customer", "sale", "sale_line", "act", "visit", "feedback_fact")
_RUN = "run-00001"
_CHUNK = 50_000
_MADE = "scale.json"


@dataclass(frozen=True)
class Size:
    """How large a lake is: customers, about how many acts, and how many tags are in force."""

    customers: int = 1_000_000
    events: int = 20_000_000
    tags: int = 200


def workspace_at(folder: Path, size: Size | None = None, memory_limit: str = "6GB") -> Workspace:
    """The workspace of that size in ``folder``, with everything published; made now when it is not there yet.

    Raises :class:`ValueError` when the folder holds a lake of another size.
    """
    size, made = size or Size(), folder / _MADE
    if made.exists():
        found = Size(**json.loads(made.read_text(encoding="utf-8"))["size"])
        if found != size:
            raise ValueError(f"{folder} holds {found}, not {size}: name another folder")
        return huaxiang.open(folder / "ws")
    workspace = huaxiang.init(folder / "ws", memory_limit=memory_limit, name="规模测试店")
    _write_tags(workspace, size.tags)
    seconds = {
        "facts": _timed(lambda: _facts(workspace, size)),
        "portrait": _timed(lambda: publish_portrait(workspace)),
    }
    made.write_text(json.dumps({"size": asdict(size), "seconds": seconds}), encoding="utf-8")
    return workspace


def publish_portrait(workspace: Workspace) -> int:
    """Publish with a run what a refresh computes from the facts of the lake's day: tags, RFM, crowds, since when; leave
    the rows for look-ups beside it. Gives the number of customers."""
    engine = DuckEngine(workspace.lake)
    try:
        tables, run = {name: engine.table(name) for name in FACTS}, Run(_RUN, DAY)
        found = _portrait(engine, workspace.definitions, tables)
        tables |= found
        nobody_moved = {"customer_redirect": engine.table("customer_redirect")}
        crowds = CrowdRunner(engine, workspace.definitions, tables | nobody_moved, run, {}).compute()
        tags = TagComparer(engine, computed_on(workspace.definitions.tags, DAY), tables | nobody_moved, run).compute()
        count = count_of(engine, tables["profile"])
        found |= {"crowd_member": crowds.members, PROFILE_SINCE: tags.since, **tags.tables()}
        found |= {"crowd_change": engine.bring("crowd_changes", crowds.changes)}
        found |= {"crowd_run": engine.bring("crowd_runs", crowds.runs)}
        engine.publish(found, {"run": engine.bring("run_row", run_row(_run(workspace, count)))})
        serve_points(engine)
        return count
    finally:
        engine.close()


def _portrait(engine: DuckEngine, definitions: Definitions, tables: dict[str, ir.Table]) -> dict[str, ir.Table]:
    tags = computed_on(definitions.tags, DAY)
    found = ProfileStep(engine, tags, DAY, DEFAULT_INCREMENTS, full=True).computed(tables).tables
    members = analysis_named("rfm").on(engine, tables | found, {}, DAY).members
    found |= {} if members is None else {"rfm": engine.keep("next_rfm", members)}
    rows = tag_runs(tag_bands(engine, found["profile"], tags), tags, DAY, _RUN, None)
    return found | {"tag_run": engine.bring("next_tag_run", rows)}


def _write_tags(workspace: Workspace, total: int) -> None:
    folder = workspace.folder / "definitions" / "tags"
    folder.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(written_tags(total), allow_unicode=True, sort_keys=False)
    (folder / "scale.yaml").write_text(text, encoding="utf-8")


def _facts(workspace: Workspace, size: Size) -> None:
    duck = duckdb.connect()
    workspace.lake.attach(duck)
    workspace.lake.spill_to(duck, workspace.folder / "tmp" / "scale")
    statements = _statements()
    duck.execute(statements.pop("macros"))
    known = {row[0] for row in duck.execute("SELECT table_name FROM ducklake_table_info('lake')").fetchall()}
    for low in range(0, size.customers, _CHUNK):
        given = {"low": low, "high": min(low + _CHUNK, size.customers), "acts": size.events / size.customers}
        duck.execute("BEGIN")
        for name, statement in statements.items():
            chunk = _fill(duck, f"{name}_chunk", statement, given)
            if name == "person":
                continue
            if name in known:
                duck.execute(f"INSERT INTO lake.{name} BY NAME SELECT * FROM {chunk}")  # noqa: S608
            else:
                duck.execute(f"CREATE TABLE lake.{name} AS SELECT * FROM {chunk}")  # noqa: S608
                known.add(name)
        duck.execute("COMMIT")
    duck.close()
    _empty_tables(workspace)


def _statements() -> dict[str, str]:
    """The statement of every table, in the order in which they can be run."""
    text = Path(__file__).with_name("scale_rows.sql").read_text(encoding="utf-8")
    found = (part.split("\n", 1) for part in text.split("-- table: ")[1:])
    return {name.strip(): statement.strip() for name, statement in found}


def _fill(duck: duckdb.DuckDBPyConnection, name: str, statement: str, given: dict[str, Any]) -> str:
    asked = {key: value for key, value in given.items() if f"${key}" in statement}
    duck.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {statement}", asked)
    return name


def _empty_tables(workspace: Workspace) -> None:
    """What unification publishes beside customers, without rows: nobody was joined here."""
    text = pa.string()
    columns = {
        "identity_link": {"customer_id": text, **dict.fromkeys(Link._fields, text), "is_verified": pa.bool_()},
        "identity_hold": {**dict.fromkeys(Hold._fields, text), "account_count": pa.int64()},
        "household": HOUSEHOLD_COLUMNS,
        "customer_redirect": redirects.COLUMNS,
        **{name: ibis.schema(kinds).to_pyarrow() for name, kinds in QUALITY_TABLES.items()},
        "given_value": ibis.schema(GIVEN_COLUMNS).to_pyarrow(),
    }
    engine = DuckEngine(workspace.lake)
    tables = {name: engine.bring(f"scale_{name}", _schema(kinds).empty_table()) for name, kinds in columns.items()}
    engine.publish({**tables, "match_pair": empty_pairs(engine)})
    engine.close()


def _schema(kinds: Any) -> pa.Schema:
    return kinds if isinstance(kinds, pa.Schema) else pa.schema(list(kinds.items()))


def _run(workspace: Workspace, customers: int) -> dict[str, Any]:
    return {
        "run_id": _RUN,
        "as_of": DAY.isoformat(),
        "started_at": datetime(2026, 7, 1).isoformat(),
        "seconds": "0",
        "definitions": workspace.definitions.version,
        "ledger_position": 0,
        "import_count": 3,
        "customer_count": customers,
    }


def _timed(run: Any) -> float:
    started = perf_counter()
    run()
    return round(perf_counter() - started, 1)


def main() -> None:
    """Make the lake and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    for name, value in asdict(Size()).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    given = vars(parser.parse_args())
    folder = given.pop("folder")
    workspace_at(folder, Size(**given))
    print((folder / _MADE).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
