"""A town of customers from raw files to pages: ``python -m benchmarks.town_100k [--customers 100000]``."""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import huaxiang
from benchmarks import twins
from benchmarks.measuring import Figure, machine, timed, written_and_flushed
from benchmarks.twins import Twin
from huaxiang.analyse.crowd_sizes import crowd_count
from huaxiang.analyse.profile import profile
from huaxiang.analyse.timeline import Wanted, timeline
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import only
from huaxiang.model.condition_text import condition_from_text
from huaxiang.town import build
from huaxiang.workspace import Workspace

NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
EVENTS = "网站与App行为"
CROWD = "net_revenue_365d >= 500 and orders_365d >= 2 and days_since_last_order > 30"
THREE_TAGS = ("orders_total", "net_revenue_total", "last_order_on")
_MANY = 20


@dataclass
class Bench:
    """One run: where it works, how often it repeats, and what it has found."""

    folder: Path
    workspace: Workspace
    repeats: int
    figures: list[Figure] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)

    def run(self, customers: int, days: int) -> None:
        """Build, import, refresh and look."""
        self.notes["town_seconds"], _ = timed(
            lambda: build(self.folder / "town", customers=customers, days=days, seed=7)
        )
        self.import_files()
        self.refresh()
        with self.workspace.reading() as engine:
            twin = Twin(self.workspace.lake, self.folder / "spill")
            for look in (self.three_tags, self.crowd, self.customer_page):
                look(engine, twin)
            twin.close()

    def import_files(self) -> None:
        """Every file once; the largest beside its twin and the bare disk."""
        taken, rows = {}, 0
        for path in sorted((self.folder / "town" / "raw").iterdir()):
            taken[path.name], reports = timed(lambda: self.workspace.import_files(self.workspace.look(path), NOW))  # noqa: B023
            rows += sum(report.rows_read for report in reports)
        self.notes |= {"import_seconds": _rounded(taken), "rows_read": rows}
        size = sum(path.stat().st_size for path in (self.folder / "town" / "raw").iterdir())
        self.notes["raw_mb"] = round(size / 1e6, 1)
        self.figures.append(
            Figure("import, all files", sum(taken.values()), None, written_and_flushed(self.folder, size), "")
        )
        self._largest(sum(seconds for name, seconds in taken.items() if name.startswith(EVENTS)))

    def _largest(self, ours: float) -> None:
        paths = sorted((self.folder / "town" / "raw").glob(f"{EVENTS}*.csv"))
        plain = [self.folder / path.name for path in paths]
        for source, target in zip(paths, plain, strict=True):
            target.write_bytes(_utf8(source.read_bytes()))
        seconds, theirs = timed(lambda: twins.events_read(plain, self.folder / "events.parquet"), self.repeats)
        with self.workspace.reading() as engine:
            events = engine.table("event")
            kept = _number(engine, events.filter(events.event_no.notnull()))
        limit = written_and_flushed(self.folder, sum(path.stat().st_size for path in paths))
        agrees = f"{kept:,} rows kept, the twin keeps {theirs:,}"
        self.figures.append(Figure("import, events only", ours, seconds, limit, agrees))

    def refresh(self) -> None:
        """Everything of a day, by its steps; the limit is one bare reading of all that it stands on."""
        steps: list[dict[str, float]] = []
        seconds, _ = timed(lambda: steps.append(_steps(self.workspace)), self.repeats)
        twin = Twin(self.workspace.lake, self.folder / "spill")
        limit, _ = timed(twin.scan, self.repeats)
        twin.close()
        self.notes["refresh_steps"] = _rounded(steps[-1])
        self.figures.append(Figure("refresh, all tags", seconds, None, limit, ""))

    def three_tags(self, engine: DuckEngine, twin: Twin) -> None:
        """Three tags of everybody, computed from the orders."""
        tables = {name: engine.table(name) for name in ("customer", "account", "sale")}
        tags = {key: self.workspace.definitions.tags[key] for key in THREE_TAGS}
        ours, found = timed(
            lambda: engine.arrow(profile(engine, tags, self.workspace.as_of(), tables).order_by("customer_id")),
            self.repeats,
        )
        seconds, rows = timed(lambda: twin.rows(twins.PURCHASES), self.repeats)
        limit, _ = timed(
            lambda: twin.rows("SELECT count(*), sum(net_revenue), max(ordered_at) FROM lake.sale"), self.repeats
        )
        same = [tuple(row.values()) for row in found.to_pylist()] == rows
        self.figures.append(
            Figure("three tags of everybody", ours, seconds, limit, f"{len(rows):,} rows, {_equal(same)}")
        )

    def crowd(self, engine: DuckEngine, twin: Twin) -> None:
        """How many customers a rule of three conditions names."""
        rule = condition_from_text(CROWD)
        population = self.workspace.population(engine)
        ours, count = timed(lambda: crowd_count(population, rule), _MANY)
        seconds, found = timed(lambda: twin.rows(twins.CROWD), _MANY)
        limit, _ = timed(lambda: twin.rows("SELECT count(*), sum(net_revenue_365d) FROM lake.profile"), _MANY)
        self.figures.append(Figure("crowd count", ours, seconds, limit, f"{count:,}, {_equal(found == [(count,)])}"))

    def customer_page(self, engine: DuckEngine, twin: Twin) -> None:
        """The profile and the orders of one customer, for several customers."""
        tables = {name: engine.table(name) for name in engine.tables()}
        ids = [
            row[0]
            for row in twin.rows("SELECT customer_id FROM lake.profile ORDER BY orders_total DESC, 1 LIMIT ?", _MANY)
        ]

        def page(customer_id: str) -> int:
            rows = tables["profile"]
            engine.arrow(rows.filter(rows.customer_id == customer_id))
            return int(timeline(engine, tables["history"], customer_id, Wanted(("order",), days=1_000)).num_rows)

        ours = [timed(lambda: page(one)) for one in ids]  # noqa: B023
        theirs = [
            timed(lambda: (twin.rows(twins.ONE_PROFILE, one), len(twin.rows(twins.ONE_HISTORY, one)))[1])  # noqa: B023
            for one in ids
        ]
        limit, _ = timed(lambda: twin.rows("SELECT count(*) FROM lake.profile WHERE customer_id = ?", ids[0]), _MANY)
        same = [count for _, count in ours] == [count for _, count in theirs]
        middle = len(ids) // 2
        mine, twins_own = (sorted(taken for taken, _ in side)[middle] for side in (ours, theirs))
        agrees = f"{len(ids)} customers, orders {_equal(same)}"
        self.figures.append(Figure("customer page", mine, twins_own, limit, agrees))

    def table(self) -> str:
        """The figures as a Markdown table."""
        head = [
            "| figure | ours (s) | twin (s) | ours / twin | limit (s) | same result? |",
            "|---|---|---|---|---|---|",
        ]
        cells = [
            (one.name, _cell(one.ours), _cell(one.twin), _cell(one.ratio, 1), _cell(one.limit), one.agrees or "–")
            for one in self.figures
        ]
        return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in cells)])


def _steps(workspace: Workspace) -> dict[str, float]:
    moments: list[tuple[str, float]] = []
    workspace.refresh(NOW, progress=lambda step, _, __: moments.append((step, perf_counter())))
    moments.append(("end", perf_counter()))
    return {step: after - at for (step, at), (_, after) in pairwise(moments)}


def _number(engine: DuckEngine, rows: Any) -> int:
    return int(str(only(engine.arrow(rows.aggregate(n=rows.count())))[0]["n"]))


def _utf8(content: bytes) -> bytes:
    try:
        return content.decode("utf-8-sig").encode()
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace").encode()


def _equal(same: bool) -> str:
    return "equal" if same else "NOT EQUAL"


def _cell(number: float | None, digits: int = 3) -> str:
    return "–" if number is None else f"{number:,.{digits}f}"


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {name: round(taken, 2) for name, taken in seconds.items()}


def main() -> None:
    """Run once and leave ``town_<customers>.json`` and ``.md`` in the folder ``--out``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), huaxiang.init(Path(folder) / "ws"), given.repeats)
        before = machine(bench.folder)
        bench.run(given.customers, given.days)
        after = machine(bench.folder)
    _told(
        given,
        bench,
        {"machine_before": before, "machine_after": after, "customers": given.customers, "days": given.days},
    )


def _told(given: argparse.Namespace, bench: Bench, about: dict[str, Any]) -> None:
    given.out.mkdir(parents=True, exist_ok=True)
    body = {**about, **bench.notes, "figures": [asdict(figure) | {"ratio": figure.ratio} for figure in bench.figures]}
    name = f"town_{given.customers}"
    (given.out / f"{name}.json").write_text(json.dumps(body, ensure_ascii=False, indent=1), encoding="utf-8")
    notes = "\n".join(f"- {key}: {value}" for key, value in {**about, **bench.notes}.items())
    text = f"{bench.table()}\n\n{notes}\n"
    (given.out / f"{name}.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
