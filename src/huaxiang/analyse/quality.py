"""The scorecard of the data: for each source how complete, valid, unique, consistent, timely and accurate it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, only
from huaxiang.errors import InputError, NotFound
from huaxiang.model.quality import DIMENSIONS

Row = Mapping[str, Any]
#: The code of what is told of a table that the next refresh fills, as an older program made the last one.
NOT_FILLED = "workspace.not_filled"
_READ = ("quality_check", "missing_value", "cell_count", "repair_count", "contradiction")


@dataclass(frozen=True)
class Figure:
    """Cells or rows judged by ``checks`` checks, and how many failed; ``row_count`` counts a row once per check."""

    row_count: int
    failing_count: int
    checks: int

    @property
    def share(self) -> float:
        """The share that passed, 0 to 1."""
        return 1 - self.failing_count / self.row_count


@dataclass(frozen=True)
class SourceScore:
    """One source: its figure by dimension; a dimension in which nothing was judged is missing."""

    source: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class BeforeAfter:
    """One field of one source. Of ``row_count`` rows, ``as_written`` could be taken as they stood, ``repaired_count``
    were mended by import, ``set_aside_count`` could not be read and were left empty."""

    source: str
    field: str
    row_count: int
    repaired_count: int
    set_aside_count: int

    @property
    def as_written(self) -> int:
        """Rows whose cell needed nothing, empty cells among them."""
        return self.row_count - self.repaired_count - self.set_aside_count


@dataclass(frozen=True)
class Quality:
    """All figures about the data of one day. ``repairs`` counts mended cells by the code of the repair, names that
    were taken apart among them.

    ``contradictions`` counts them by severity, the gravest first; ``customers`` the customers whom any of them touches.
    """

    as_of: date
    checks: tuple[Row, ...]
    missing: tuple[Row, ...]
    cells: tuple[BeforeAfter, ...]
    repairs: Mapping[str, int]
    contradictions: Mapping[int, int]
    customers: int

    @property
    def scores(self) -> tuple[SourceScore, ...]:
        """The sources in their order."""
        return scorecard(self.checks)

    @property
    def failing(self) -> tuple[Row, ...]:
        """The checks that found something: the gravest first, then those with the greatest share of rows."""
        found = [row for row in self.checks if row["failing_count"]]
        return tuple(sorted(found, key=lambda row: (-row["severity"], -row["failing_count"] / row["row_count"])))

    @property
    def worst(self) -> tuple[Row, ...]:
        """Of each failing check the source in which it is worst, in the order of :attr:`failing`."""
        first: dict[str, Row] = {}
        for row in self.failing:
            first.setdefault(row["check"], row)
        return tuple(first.values())


def published_quality(engine: Engine, name: str) -> ir.Table:
    """One of the tables of cleaning as the last refresh published it. Raises :class:`InputError` before the first,
    and where an older program made the last."""
    try:
        return engine.table(name)
    except NotFound:
        if "profile" in engine.tables():
            raise InputError(NOT_FILLED, table=name) from None
        raise InputError("workspace.never_refreshed") from None


def quality(engine: Engine, as_of: date) -> Quality:
    """The figures of what the refresh of ``as_of`` published. Raises :class:`InputError` before the first refresh."""
    checks, missing, cells, repairs, wrong = (published_quality(engine, name) for name in _READ)
    counted = only(engine.arrow(wrong.group_by("severity").agg(count=wrong.count()).order_by(ibis.desc("severity"))))
    customers = only(engine.arrow(wrong.aggregate(n=wrong.customer_id.nunique())))[0]["n"]
    mended = only(engine.arrow(repairs.order_by("reason")))
    return Quality(
        as_of=as_of,
        checks=tuple(only(engine.arrow(checks.order_by(["source", "table_name", "column_name", "check"])))),
        missing=tuple(only(engine.arrow(missing.order_by("column_name")))),
        cells=tuple(BeforeAfter(**row) for row in engine.arrow(cells.order_by(["source", "field"])).to_pylist()),
        repairs={str(row["reason"]): int(str(row["cell_count"])) for row in mended} | _names_in_parts(engine),
        contradictions={int(str(row["severity"])): int(str(row["count"])) for row in counted},
        customers=int(str(customers)),
    )


def _names_in_parts(engine: Engine) -> dict[str, int]:
    """How many accounts' names the last refresh split into surname and given name, and how many it put into pinyin."""
    if "match_record" not in engine.tables():
        return {}
    rows = engine.table("match_record")
    split = (rows.surname.notnull() & rows.given_name.notnull()).sum()
    # Letters sound as they stand, so only Chinese names have another sound.
    sounds = (rows.surname_sound != rows.surname).sum()
    found = only(engine.arrow(rows.aggregate(name_split=split, name_sound=sounds)))[0]
    return {key: int(str(count or 0)) for key, count in found.items()}


def scorecard(checks: Iterable[Row]) -> tuple[SourceScore, ...]:
    """The checks summed up by source and dimension: a cell judged by two checks counts twice."""
    grouped: dict[str, dict[str, list[Row]]] = {}
    for row in checks:
        grouped.setdefault(row["source"], {}).setdefault(row["dimension"], []).append(row)
    return tuple(
        SourceScore(source, {name: _figure(rows[name]) for name in DIMENSIONS if name in rows})
        for source, rows in sorted(grouped.items())
    )


def _figure(rows: list[Row]) -> Figure:
    return Figure(sum(row["row_count"] for row in rows), sum(row["failing_count"] for row in rows), len(rows))
