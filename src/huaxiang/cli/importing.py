"""``import``: show how files are understood, bring them in, and account for every row."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huaxiang.cli.desk import Desk
from huaxiang.cli.import_report import look_document, report_parts, show_looks
from huaxiang.cli.progress import progress
from huaxiang.collect.importing import Look
from huaxiang.collect.report import ImportReport
from huaxiang.errors import InputError
from huaxiang.model.mapping import Mapping
from huaxiang.workspace import Workspace


def import_files(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="cli.argument.files", metavar="cli.metavar.files")],
    form: Annotated[str | None, typer.Option("--as", help="cli.option.as", metavar="cli.metavar.form")] = None,
    mapping: Annotated[Path | None, typer.Option(help="cli.option.mapping", metavar="cli.metavar.file")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="cli.option.dry_run")] = False,
    save_mapping: Annotated[
        Path | None, typer.Option(help="cli.option.save_mapping", metavar="cli.metavar.file")
    ] = None,
) -> None:
    """Import files after showing how they are understood. All are looked at before the first is imported."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    chosen = _mapping_in(mapping) if mapping else None
    looks = [look for path in expanded(files) for look in workspace.look(path, form=form, mapping=chosen)]
    if save_mapping:
        _save(looks, save_mapping)
    show_looks(desk, looks)
    reports = run_import(desk, workspace, looks, dry_run=dry_run)
    document = {"looks": [look_document(look) for look in looks], "imports": [report.to_dict() for report in reports]}
    desk.answer(document, *report_parts(desk, reports), desk.say("cli.import.dry" if dry_run else "cli.import.next"))


def run_import(desk: Desk, workspace: Workspace, looks: list[Look], *, dry_run: bool = False) -> list[ImportReport]:
    """Import what was looked at, with progress by file."""
    with progress(desk, lambda file: desk.say("cli.import.working", file=file)) as tell:
        return workspace.import_files(looks, desk.now(), actor=desk.actor, dry_run=dry_run, progress=tell)


def expanded(paths: list[Path]) -> list[Path]:
    """The files, and for a folder the files in it by name, hidden ones left out.

    Raises :class:`InputError` for a path where there is nothing.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise InputError("cli.no_such_file", file=str(path))
        inside = (
            sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
            if path.is_dir()
            else [path]
        )
        found += inside
    return found


def _mapping_in(path: Path) -> Mapping:
    if not path.is_file():
        raise InputError("cli.no_such_file", file=str(path))
    return Mapping.from_yaml(path.read_text(encoding="utf-8"), str(path))


def _save(looks: list[Look], target: Path) -> None:
    if len(looks) != 1:
        raise InputError("cli.one_sheet_at_a_time", count=len(looks))
    target.write_text(looks[0].mapping.to_yaml(), encoding="utf-8")
