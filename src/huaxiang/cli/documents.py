"""``document``: an edition of the living customer profile document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huaxiang.cli.desk import Desk
from huaxiang.errors import InputError
from huaxiang.number_words import date_words
from huaxiang.present.document.editions import Edition
from huaxiang.workspace import Workspace

_KINDS = (".html", ".md")


def document(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", help="cli.option.out", metavar="cli.metavar.file")] = None,
) -> None:
    """Publish an edition; with ``out`` also write its text, as HTML or Markdown by the ending of the name."""
    desk = Desk.of(context)
    if out and out.suffix.lower() not in _KINDS:
        raise InputError("cli.document.unknown_kind", given=out.name, expected=", ".join(_KINDS))
    edition = publish(desk, desk.workspace())
    if out:
        out.write_text(edition.read(f"document.{desk.lang}{out.suffix.lower()}"), encoding="utf-8")
    shown = [str(out)] if out else [str(edition.folder / name) for name in edition.files if desk.lang in name]
    answer = {"edition_id": edition.edition_id, "as_of": edition.as_of, "folder": str(edition.folder)}
    said = desk.say("cli.document.done", edition=edition.edition_id, day=date_words(edition.as_of, desk.lang))
    desk.answer({**answer, "files": dict(edition.files), "out": str(out) if out else None}, said, *shown)


def publish(desk: Desk, workspace: Workspace) -> Edition:
    """Publish the document of the latest refresh; when nothing has changed it is the latest edition again."""
    return workspace.document(desk.now(), actor=desk.actor)
