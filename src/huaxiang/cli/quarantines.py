"""``quarantine``: rows that wait, their cells, and reading them again once they are mended."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huaxiang.cli.desk import Desk
from huaxiang.cli.fixes import Fixes, fixes_from_file, fixes_from_words
from huaxiang.cli.import_report import report_parts
from huaxiang.cli.output import heading, table
from huaxiang.cli.reasons import reason_words
from huaxiang.cli.shared import Limit
from huaxiang.cli.waiting import WaitingRow, rows_for_mending, waiting_rows
from huaxiang.errors import InputError, NotFound
from huaxiang.ledger import Ledger
from huaxiang.release.door import ColumnPolicy
from huaxiang.release.export import ExportRequest, export
from huaxiang.workspace import Workspace

#: How the file for mending is protected: what people wrote is personal, the rest says where it stands.
_POLICIES = [ColumnPolicy(name, "open") for name in ("import_id", "row", "file", "reason", "header", "new_value")]


def list_rows(
    context: typer.Context,
    import_id: Annotated[
        str | None, typer.Option("--import", help="cli.option.import", metavar="cli.metavar.import_id")
    ] = None,
    limit: Limit = 50,
    out: Annotated[Path | None, typer.Option("--out", help="cli.option.mending", metavar="cli.metavar.file")] = None,
    raw: Annotated[bool, typer.Option("--raw", help="cli.option.raw")] = False,
) -> None:
    """List rows that wait, or write them to a file for mending."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    rows = waiting_rows(workspace, import_id, None if out else limit)
    if out:
        _write(desk, workspace, rows, ExportRequest(out, "service", raw=raw))
        return
    names = ("import_id", "row", "file", "reason", "header", "text")
    lines = [
        (row.import_id, row.source_row, row.file_name, _why(desk, row), row.header, row.masked.get(row.header))
        for row in rows
    ]
    shown = table([desk.say(f"cli.column.{name}") for name in names], lines, right=[1])
    document = {"rows": [row.document() for row in rows]}
    desk.answer(document, *([shown, desk.say("cli.quarantine.next")] if rows else [desk.say("cli.quarantine.none")]))


def show_row(
    context: typer.Context,
    import_id: Annotated[str, typer.Argument(help="cli.argument.import_id", metavar="cli.metavar.import_id")],
    row: Annotated[int, typer.Argument(help="cli.argument.row", metavar="cli.metavar.row")],
) -> None:
    """Show the cells of one waiting row."""
    desk = Desk.of(context)
    found = next((one for one in waiting_rows(desk.workspace(), import_id, None) if one.source_row == row), None)
    if found is None:
        raise NotFound("cli.no_such_waiting_row", given=f"{import_id}/{row}")
    cells = table([desk.say("cli.column.header"), desk.say("cli.column.text")], list(found.masked.items()))
    title = desk.say("cli.quarantine.row", file=found.file_name, row=row, reason=_why(desk, found))
    desk.answer(found.document(), heading(title), cells, desk.say("cli.quarantine.masked"))


def replay(
    context: typer.Context,
    import_id: Annotated[
        str | None, typer.Argument(help="cli.argument.import_id", metavar="cli.metavar.import_id")
    ] = None,
    change: Annotated[
        list[str] | None, typer.Option("--set", help="cli.option.set", metavar="cli.metavar.change")
    ] = None,
    mended: Annotated[Path | None, typer.Option("--from", help="cli.option.from", metavar="cli.metavar.file")] = None,
) -> None:
    """Read mended rows again."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    fixes = _fixes(workspace, import_id, change or [], mended)
    reports = [workspace.replay(name, rows, desk.now(), actor=desk.actor) for name, rows in fixes.items()]
    desk.answer(
        {"imports": [one.to_dict() for one in reports]}, *report_parts(desk, reports), desk.say("cli.import.next")
    )


def _fixes(workspace: Workspace, import_id: str | None, changes: list[str], mended: Path | None) -> Fixes:
    if mended:
        return fixes_from_file(workspace, mended)
    if not import_id or not changes:
        raise InputError("cli.quarantine.nothing_mended")
    return fixes_from_words(workspace, import_id, changes)


def _write(desk: Desk, workspace: Workspace, rows: list[WaitingRow], request: ExportRequest) -> None:
    mending = rows_for_mending(rows, {row: _why(desk, row) for row in rows}, raw=request.raw)
    text = ColumnPolicy("text", "personal", "text")
    with Ledger.open(workspace.ledger_path) as ledger:
        done = export(mending, [*_POLICIES, text], desk.access, request, ledger=ledger, at=desk.now())
    said = desk.say("cli.quarantine.written", file=done.file.path, rows=done.file.rows)
    desk.answer({"file": str(done.file.path), "rows": done.file.rows, "export_id": done.export_id}, said)


def _why(desk: Desk, row: WaitingRow) -> str:
    return reason_words(desk, row.reason, row.params)
