"""A segment as a file: the options that say where it goes and for what, and what is told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huaxiang.cli.crowds import crowd_rows
from huaxiang.cli.desk import Desk
from huaxiang.ledger import Ledger
from huaxiang.model.conditions import Condition
from huaxiang.model.packs import Packs
from huaxiang.release.export import ExportRequest, export
from huaxiang.workspace import Workspace

ExportTo = Annotated[Path | None, typer.Option("--export", help="cli.option.export", metavar="cli.metavar.file")]
Purpose = Annotated[str, typer.Option("--purpose", help="cli.option.purpose", metavar="cli.metavar.purpose")]
Raw = Annotated[bool, typer.Option("--raw", help="cli.option.raw")]


def export_crowd(
    desk: Desk, workspace: Workspace, condition: Condition, request: ExportRequest, packs: Packs | None = None
) -> None:
    """Write the file through the release door and say what is in it and what was left out."""
    rows, policies = crowd_rows(workspace, condition, request.purpose, packs)
    with Ledger.open(workspace.ledger_path) as ledger:
        done = export(rows, policies, desk.access, request, ledger=ledger, at=desk.now())
    masked, left_out = list(done.released.masked_columns), done.released.without_consent
    said = [desk.say("cli.segment.exported", file=done.file.path, rows=f"{done.file.rows:,}", entry=done.export_id)]
    said += [desk.say("cli.segment.left_out", count=left_out)] if left_out else []
    said += [desk.say("cli.segment.masked", columns=", ".join(masked))] if masked else []
    document = {"export_id": done.export_id, "file": str(done.file.path), "sha256": done.file.sha256}
    desk.answer({**document, "rows": done.file.rows, "without_consent": left_out, "masked": masked}, *said)
