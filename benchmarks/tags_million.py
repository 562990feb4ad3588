"""Every tag of everybody, and of the hundredth part of whom something changed: ``python -m benchmarks.tags_million``.

Ours, the twin in SQL over the same lake in the same session, whose results are compared tag by tag, and pandas on a
sample of the customers.
"""

from __future__ import annotations

import argparse
import json
import resource
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks import tag_sql
from benchmarks.measuring import machine
from benchmarks.scale import DAY, FACTS, Size, workspace_at
from benchmarks.scale_tags import own_tags
from benchmarks.tag_pandas import seconds_of_pandas
from huaxiang.analyse.changed_customers import changed_customers
from huaxiang.analyse.increment import Before
from huaxiang.analyse.order import full_only, needed_by, with_needed
from huaxiang.analyse.profile import profiled
from huaxiang.analyse.same_day import SameDay
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import Exchange, count_of
from huaxiang.engine.lake import ALIAS
from huaxiang.model.tags import Tags, shipped_tags, tags_from

_SAMPLE = 20_000
_PUBLISHED = ("profile", "profile_confidence", "tag_weight")
#: What is published for the measurement alone is called so.
_MARK = "measured_"


def tags_of_both(total: int) -> Tags:
    """So many tags that Huaxiang and the twin compute: the shipped ones that it has SQL for, and more."""
    shipped = shipped_tags()
    every = {**shipped, **tags_from(own_tags(len(shipped) + total))}
    alone = {key for key, tag in every.items() if tag_sql.can_be_said(tag)}
    whole = [key for key in every if all(need in alone for need in _needs(key, every))]
    return with_needed(whole[:total], every)


def _needs(key: str, tags: Tags) -> set[str]:
    found, waiting = set[str](), [key]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += needed_by(tags[one].rule)
    return found


class Bench:
    """One engine over the lake, and what was measured."""

    def __init__(self, engine: DuckEngine, tags: Tags) -> None:
        self.engine, self.tags = engine, tags
        self.tables = {name: engine.table(name) for name in FACTS}
        self.figures: dict[str, Any] = {"tags": len(tags), "full_only": len(full_only(tags))}

    def timed(self, name: str, run: Any) -> Any:
        """Run and note seconds on the clock and of the processors."""
        clock, busy = perf_counter(), process_time()
        given = run()
        self.figures[name] = {
            "seconds": round(perf_counter() - clock, 1),
            "cpu_seconds": round(process_time() - busy, 1),
        }
        return given

    def held(self, found: Any, name: str) -> dict[str, Any]:
        """The tables as a refresh holds them before it publishes."""
        return {key: self.engine.keep(f"{name}_{key}", rows) for key, rows in found.tables().items()}

    def full(self) -> dict[str, Any]:
        """Every tag of everybody."""
        return self.held(profiled(self.engine, self.tags, DAY, self.tables), "full")

    def same_day(self, before: Before) -> None:
        """The tags again after one customer in a hundred got another act on the same day, finding out who they are and
        publishing them included; tags that look at others stay as they are."""
        act = self.tables["act"]
        # Three in 256 by the last digits of the id, which are those of the number.
        new = act.filter(act.customer_id.right(2).isin(("00", "40", "80")), act.row_key.endswith("-0"))
        more = self.engine.keep("more_acts", new.mutate(row_key=new.row_key + "x"))
        tables = {**self.tables, "act": self.engine.keep("acts_now", self.tables["act"].union(more))}
        self.figures["customers_with_another_act"] = count_of(self.engine, more.select("customer_id").distinct())
        stands = {
            f"{_MARK}{name}": rows
            for name, rows in zip(_PUBLISHED, (before.profile, before.confidence, before.weights), strict=True)
        }
        self.engine.publish(stands)

        def again() -> None:
            changed = changed_customers(self.tables, tables)
            who = self.timed("finding_who_changed", lambda: self.engine.keep("who", changed))
            found = SameDay(self.engine, self.tags, tables, before, who).renewed()
            if found is None:
                raise SystemExit("Everybody would have to be computed again.")
            self.figures["computed_again"] = count_of(self.engine, found.moved)
            own = {f"{_MARK}{key}": rows for key, rows in self.held(found.own, "again").items()}
            exchanged = {name: Exchange(found.gone, rows) for name, rows in own.items()}
            self.timed("publishing_the_changed", lambda: self.engine.publish({}, exchange=exchanged))

        self.timed("increment", again)
        whole = self.timed(
            "full_after_the_change", lambda: self.held(profiled(self.engine, self.tags, DAY, tables), "full")
        )
        others = full_only(self.tags)
        own = [name for name in whole["profile"].columns if name not in others]
        found, wanted = (rows.select(own) for rows in (self.engine.table(f"{_MARK}profile"), whole["profile"]))
        self.figures["increment_differs_in_customers"] = count_of(self.engine, found.difference(wanted))
        self.engine._duck.execute("".join(f"DROP TABLE {ALIAS}.main.{name};" for name in stands))  # noqa: SLF001

    def peak(self) -> None:
        """The most memory so far."""
        self.figures["peak_memory_gb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 1)


def main() -> None:
    """Run once, print the figures and leave them in the folder ``--out``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("benchmarks/results/scale"))
    for name, value in (("customers", 1_000_000), ("events", 20_000_000), ("tags", 200)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"))
    given = parser.parse_args()
    workspace = workspace_at(given.folder, Size(given.customers, given.events, given.tags))
    engine = DuckEngine(workspace.lake)
    bench = Bench(engine, tags_of_both(given.tags))
    bench.figures["before"] = machine(given.folder)
    full = bench.timed("ours", bench.full)
    bench.peak()
    session = engine._duck  # noqa: SLF001 - the twin runs where ours ran, with the same limits
    bench.timed("sql", lambda: tag_sql.compute(session, bench.tags, DAY))
    bench.figures["differing"] = tag_sql.differing(session, "full_profile", bench.tags)
    sampled = min(_SAMPLE, given.customers)
    bench.figures["pandas"] = seconds_of_pandas(engine, bench.tags, DAY, sampled)
    bench.same_day(Before(DAY, full["profile"], full["profile_confidence"], full["tag_weight"]))
    bench.figures["after"] = machine(given.folder)
    engine.close()
    given.out.mkdir(parents=True, exist_ok=True)
    said = json.dumps({**vars(given), **bench.figures}, ensure_ascii=False, indent=1, default=str)
    (given.out / f"tags_{given.customers}.json").write_text(said, encoding="utf-8")
    print(said)


if __name__ == "__main__":
    main()
