"""``init``, ``town``, ``version``: the commands that need no data."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import available_timezones

import typer
from rich.console import RenderableType

from huaxiang.cli.desk import Desk
from huaxiang.cli.output import heading, table
from huaxiang.cli.progress import progress
from huaxiang.errors import InputError, nearest
from huaxiang.settings import Settings
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from huaxiang.town.build import TownReport

_DEFAULTS = Settings()


def init(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="cli.option.name")] = _DEFAULTS.name,
    timezone: Annotated[str, typer.Option(help="cli.option.timezone")] = _DEFAULTS.timezone,
    currency: Annotated[str, typer.Option(help="cli.option.currency")] = _DEFAULTS.currency,
) -> None:
    """Make a workspace."""
    desk = Desk.of(context)
    workspace = make_workspace(desk.workspace_folder, name, timezone, currency)
    desk.answer(
        {"folder": str(workspace.folder), **workspace.settings.model_dump()},
        desk.say("cli.init.done", folder=workspace.folder),
        desk.say("cli.init.next"),
    )


def make_workspace(folder: Path, name: str, timezone: str, currency: str) -> Workspace:
    """A new workspace. Raises :class:`InputError` for a time zone or currency that does not exist in that form."""
    if timezone not in available_timezones():
        raise InputError("cli.unknown_timezone", given=timezone, nearest=nearest(timezone, available_timezones()))
    if not re.fullmatch("[A-Z]{3}", currency):
        raise InputError("cli.unknown_currency", given=currency)
    return Workspace.init(folder, name=name, timezone=timezone, currency=currency)


def town(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="cli.argument.town_folder", metavar="cli.metavar.folder")],
    customers: Annotated[int, typer.Option(help="cli.option.customers")] = 500,
    days: Annotated[int, typer.Option(help="cli.option.days")] = 365,
    seed: Annotated[int, typer.Option(help="cli.option.seed")] = 7,
) -> None:
    """Write the raw files and the truth of an invented retailer."""
    from huaxiang.town.build import build

    desk = Desk.of(context)
    with progress(desk, desk.say) as tell:
        report = build(folder, customers=customers, days=days, seed=seed, progress=tell)
    desk.answer(_document(report), *_shown(desk, report))


def _document(report: TownReport) -> dict[str, object]:
    return {
        "folder": str(report.folder),
        "rows": report.files,
        "truth_rows": report.truth_rows,
        "totals": report.totals,
    }


def _shown(desk: Desk, report: TownReport) -> tuple[RenderableType, ...]:
    headers = [desk.say("cli.column.file"), desk.say("cli.column.rows")]
    rows = [(name, f"{count:,}") for name, count in report.files.items()]
    return heading(desk.say("cli.town.done", folder=report.folder / "raw")), table(headers, rows, right=[1])


def version(context: typer.Context) -> None:
    """Say the installed version."""
    desk, number = Desk.of(context), _number()
    desk.answer({"version": number}, f"huaxiang {number}")


def _number() -> str:
    try:
        return installed_version("huaxiang")
    except PackageNotFoundError:
        return "(source)"
