"""The tables of the scorecard page."""

from __future__ import annotations

from huaxiang.analyse.quality import BeforeAfter, Quality, SourceScore
from huaxiang.analyse.quality_words import trait_title
from huaxiang.model.mapping import source_fields
from huaxiang.model.quality import DIMENSIONS, quality_rules
from huaxiang.number_words import percent
from huaxiang.server.quality.links import checks_address, rows_address
from huaxiang.server.tables import Cell, Column, Table
from huaxiang.words import say


def score_table(found: Quality, lang: str) -> Table:
    """One row per source, one column per aspect; each figure leads to its checks."""
    heads = [Column(say("quality.column.source", lang))]
    heads += [
        Column(say(f"quality.dimension.{one}", lang), numeric=True, meaning=say(f"quality.meaning.{one}", lang))
        for one in DIMENSIONS
    ]
    rows = tuple(_score_row(score, lang) for score in found.scores)
    return Table(say("quality.scorecard", lang), tuple(heads), rows)


def _score_row(score: SourceScore, lang: str) -> tuple[Cell, ...]:
    cells = [Cell(score.source, address=checks_address(score.source), heading=True)]
    for name in DIMENSIONS:
        figure = score.figures.get(name)
        address = checks_address(score.source, name) if figure else ""
        cells.append(Cell(percent(figure.share, lang) if figure else "—", numeric=True, address=address))
    return tuple(cells)


def mended_table(found: Quality, lang: str) -> Table | None:
    """One row per field of a source in which a cell was mended or left empty; None when there is none."""
    names = ("source", "column", "rows", "as_written", "repaired", "set_aside", "after")
    heads = tuple(Column(say(f"quality.column.{name}", lang), numeric=place > 1) for place, name in enumerate(names))
    rows = tuple(_mended_row(one, lang) for one in found.cells if one.repaired_count or one.set_aside_count)
    return Table(say("quality.before_after", lang), heads, rows) if rows else None


def _mended_row(one: BeforeAfter, lang: str) -> tuple[Cell, ...]:
    address = rows_address("cells_readable", "cell_issue", one.field, one.source) if one.set_aside_count else ""
    return (
        Cell(one.source, heading=True),
        Cell(getattr(source_fields()[one.field], lang) if one.field in source_fields() else one.field),
        Cell(f"{one.row_count:,}", numeric=True),
        Cell(percent(one.as_written / one.row_count, lang), numeric=True),
        Cell(f"{one.repaired_count:,}", numeric=True),
        Cell(f"{one.set_aside_count:,}", numeric=True, address=address),
        Cell(percent(1 - one.set_aside_count / one.row_count, lang), numeric=True),
    )


def missing_table(found: Quality, lang: str) -> Table:
    """One row per column with a policy: how many customers have a value, and what became of the others."""
    names = ("column", "policy", "known", "filled", "inferred", "left")
    heads = [Column(say(f"quality.column.{name}", lang), numeric=place > 1) for place, name in enumerate(names)]
    rows = [
        (
            Cell(trait_title(row["column_name"], quality_rules(), lang), heading=True),
            Cell(say(f"quality.policy.{row['policy']}", lang)),
            *(
                Cell(f"{row[f'{name}_count']:,}", numeric=True)
                for name in ("known", "filled", "inferred", "left_empty")
            ),
        )
        for row in found.missing
    ]
    return Table(say("quality.missing", lang), tuple(heads), tuple(rows))
