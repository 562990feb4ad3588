"""``quality``: the scorecard of the data, the checks behind it, and the customers whose data contradict themselves."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from huaxiang.analyse.quality import Quality, SourceScore
from huaxiang.analyse.quality_board import BoardWanted, board
from huaxiang.analyse.quality_rows import Wanted, failing_rows
from huaxiang.analyse.quality_words import before_after_words, contradiction_words, place_words, value_words
from huaxiang.cli.desk import Desk
from huaxiang.cli.output import heading
from huaxiang.cli.quality_view import check_table, figure_table, report_tables
from huaxiang.cli.shared import Function, Limit
from huaxiang.errors import InputError
from huaxiang.model.quality import quality_rules


def report(context: typer.Context) -> None:
    """Show the scorecard, what was mended and what is missing."""
    desk = Desk.of(context)
    found = desk.workspace().quality()
    document = {
        "as_of": found.as_of,
        "sources": [_score_document(score) for score in found.scores],
        "before_after": [{**one.__dict__, "as_written": one.as_written} for one in found.cells],
        "repairs": found.repairs,
        "missing": found.missing,
        "contradictions": {str(severity): count for severity, count in found.contradictions.items()},
        "customers_with_contradictions": found.customers,
    }
    titles = [(desk.say(f"quality.{part}"), rows) for part, rows in report_tables(desk, found).items()]
    parts = [part for title, rows in titles for part in (heading(title), rows)]
    desk.answer(document, *parts, *before_after_words(found, desk.lang), _summary(desk, found))


def checks(
    context: typer.Context,
    source: Annotated[
        str | None, typer.Option("--source", help="cli.option.quality_source", metavar="cli.metavar.name")
    ] = None,
    check: Annotated[
        str | None, typer.Option("--check", help="cli.option.quality_check", metavar="cli.metavar.name")
    ] = None,
    column: Annotated[
        str | None, typer.Option("--column", help="cli.option.quality_column", metavar="cli.metavar.field")
    ] = None,
    failing: Annotated[bool, typer.Option("--failing", help="cli.option.quality_failing")] = False,
    limit: Limit = 50,
) -> None:
    """List the checks, or the rows that fail one."""
    desk = Desk.of(context)
    if check is not None:
        quality_rules().words_of(check)
    if column is not None:
        _rows(desk, check, source, column, limit)
        return
    found = desk.workspace().quality()
    rows = [
        row
        for row in (found.failing if failing else found.checks)
        if source in (None, row["source"]) and check in (None, row["check"])
    ]
    desk.answer({"checks": rows}, check_table(desk, rows))


def contradictions(
    context: typer.Context,
    check: Annotated[
        str | None, typer.Option("--check", help="cli.option.quality_check", metavar="cli.metavar.name")
    ] = None,
    limit: Limit = 20,
) -> None:
    """List the customers whose data contradict themselves, masked, the worst first."""
    desk, rules = Desk.of(context), quality_rules()
    workspace = desk.workspace()
    with workspace.reading() as engine:
        found = board(engine, rules, BoardWanted(check or "", None, limit))
    lines = [
        (
            row["customer_id"],
            desk.say(f"quality.severity.{one['severity']}"),
            contradiction_words(one, rules, desk.lang),
            place_words(one, desk.lang),
            place_words(one, desk.lang, "right_"),
        )
        for row in found.rows
        for one in row["details"]
    ]
    names = ("customer", "severity", "contradictions", "place", "place")
    lede = _board_lede(desk, found.customers, found.contradictions)
    document = {"customers": found.customers, "contradictions": found.contradictions, "rows": found.rows}
    desk.answer(document, lede, *([figure_table(desk, names, lines)] if lines else []))


def _board_lede(desk: Desk, customers: int, count: int) -> str:
    return (
        desk.say("quality.board.lede", customers=customers, n=count) if count else desk.say("quality.board.lede_none")
    )


def _rows(desk: Desk, check: str | None, source: str | None, column: str, limit: int) -> None:
    if not check or not source:
        raise InputError("cli.quality.rows_need")
    workspace, rules = desk.workspace(), quality_rules()
    table_name, _, column_name = column.partition(".")
    wanted = Wanted(check, table_name, column_name, source, desk.access.stores, limit)
    with workspace.reading() as engine:
        rows = failing_rows(engine, rules, workspace.definitions.identity, wanted, workspace.as_of())
    lines = [(place_words(row, desk.lang), value_words(row["value"], desk.lang), row["customer_id"]) for row in rows]
    shown = figure_table(desk, ("place", "value", "customer"), lines) if rows else desk.say("quality.rows.none")
    desk.answer({"rows": rows}, shown)


def _summary(desk: Desk, found: Quality) -> str:
    if not found.customers:
        return desk.say("quality.lede_no_contradictions")
    return desk.say("quality.lede_contradictions", customers=found.customers)


def _score_document(score: SourceScore) -> dict[str, Any]:
    figures = {name: {**figure.__dict__, "share": figure.share} for name, figure in score.figures.items()}
    return {"source": score.source, "dimensions": figures}


QUALITY: dict[str, Function] = {"report": report, "checks": checks, "contradictions": contradictions}
