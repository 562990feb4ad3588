"""``refresh``, ``rebuild``, ``runs``: computing the portraits of a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from huaxiang.cli.days import day_of
from huaxiang.cli.desk import Desk
from huaxiang.cli.output import table
from huaxiang.cli.progress import progress
from huaxiang.engine.interface import only
from huaxiang.maintain.refresh import Refreshed
from huaxiang.maintain.run_rows import computed_words
from huaxiang.maintain.steps import step_words
from huaxiang.number_words import date_words
from huaxiang.workspace import Workspace


def refresh(
    context: typer.Context,
    as_of: Annotated[str | None, typer.Option(help="cli.option.as_of", metavar="cli.metavar.day")] = None,
    full: Annotated[bool, typer.Option("--full", help="cli.option.full")] = False,
) -> None:
    """Compute the portraits of a day and say for how many customers."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    done = run_refresh(desk, workspace, day_of(as_of), full=full)
    broken = {key: why.say(desk.lang) for key, why in workspace.definitions.broken.items()}
    told = [desk.say("cli.refresh.broken", count=len(broken)), *broken.values()] if broken else []
    unread = {key: why.say(desk.lang) for key, why in workspace.definitions.unreadable_segments.items()}
    told += [desk.say("cli.refresh.unreadable_segments", count=len(unread)), *unread.values()] if unread else []
    document = {**_document(done), "broken_tags": broken, "unreadable_segments": unread}
    desk.answer(document, _said(desk, done), *told)


def run_refresh(desk: Desk, workspace: Workspace, as_of: date | None = None, *, full: bool = False) -> Refreshed:
    """Compute the portraits, with progress by step."""
    with progress(desk, lambda step: _step(desk, step)) as tell:
        return workspace.refresh(desk.now(), as_of, actor=desk.actor, progress=tell, full=full)


def rebuild(context: typer.Context) -> None:
    """Make the lake again from landing, ledger and definitions."""
    desk = Desk.of(context)
    with progress(desk, lambda step: _step(desk, step)) as tell:
        done = desk.workspace().rebuild(desk.now(), progress=tell)
    if done is None:
        desk.answer({"refreshed": None}, desk.say("cli.rebuild.no_runs"))
    else:
        desk.answer({"refreshed": _document(done)}, desk.say("cli.rebuild.done"), _said(desk, done))


def runs(context: typer.Context) -> None:
    """List every refresh, the latest first."""
    desk = Desk.of(context)
    rows = only(desk.workspace().runs())
    names = ("run_id", "as_of", "started_at", "seconds", "customer_count", "computed", "import_count", "definitions")
    headers = [desk.say(f"cli.column.{name}") for name in names]
    cells = [{**row, "computed": computed_words(row, desk.lang)} for row in rows]
    shown = table(headers, [[_cell(row[name]) for name in names] for row in cells], right=[3, 4, 5, 6])
    desk.answer({"runs": rows}, shown if rows else desk.say("cli.runs.none"))


def _cell(value: object) -> object:
    return value.isoformat(" ", "minutes") if isinstance(value, datetime) else value


def _step(desk: Desk, step: str) -> str:
    return step_words(step, desk.lang) or desk.say("cli.import.working", file=step)


def _document(done: Refreshed) -> dict[str, object]:
    return {"run_id": done.run_id, "as_of": done.as_of, "customers": done.customer_count, "snapshot": done.snapshot}


def _said(desk: Desk, done: Refreshed) -> str:
    return desk.say(
        "cli.refresh.done", day=date_words(done.as_of, desk.lang), customers=f"{done.customer_count:,}", run=done.run_id
    )
