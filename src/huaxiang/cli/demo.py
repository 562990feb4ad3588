"""``demo``: a shop with a year of invented customers, from nothing to open pages."""

from __future__ import annotations

import shutil
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from huaxiang.cli.computing import run_refresh
from huaxiang.cli.desk import Desk
from huaxiang.cli.documents import publish
from huaxiang.cli.importing import expanded, run_import
from huaxiang.cli.progress import progress
from huaxiang.cli.serving import HOST, PORT, serve_pages
from huaxiang.settings import FILE
from huaxiang.workspace import Workspace

DAYS, SEED = 365, 7


def demo(
    context: typer.Context,
    customers: Annotated[int, typer.Option(help="cli.option.customers")] = 500,
    port: Annotated[int, typer.Option(help="cli.option.port")] = PORT,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="cli.option.no_serve")] = False,
    folder: Annotated[Path, typer.Option(help="cli.option.demo_folder", metavar="cli.metavar.folder")] = Path(
        "huaxiang-demo"
    ),
) -> None:
    """Make the demo shop as far as it is not there yet, then serve it."""
    desk, started = Desk.of(context), perf_counter()
    workspace = prepare_demo(desk, folder, customers)
    said = {"folder": workspace.folder, "customers": _customers(workspace), "seconds": round(perf_counter() - started)}
    desk.answer(
        {**said, "folder": str(workspace.folder), "as_of": workspace.as_of()}, desk.say("cli.demo.ready", **said)
    )
    if not no_serve:
        desk.tell("cli.demo.serving")
        serve_pages(desk, workspace, HOST, port)


def prepare_demo(desk: Desk, folder: Path, customers: int) -> Workspace:
    """The demo workspace, made as far as it is not there yet: town, workspace, import, portraits, document."""
    raw = _town(desk, folder, customers)
    shop = folder / "shop"
    workspace = Workspace.open(shop) if (shop / FILE).exists() else Workspace.init(shop, name=desk.say("cli.demo.name"))
    if workspace.runs().num_rows:
        desk.tell("cli.demo.reused", folder=folder)
        return workspace
    desk.tell("cli.demo.importing")
    run_import(desk, workspace, [look for path in expanded([raw]) for look in workspace.look(path)])
    desk.tell("cli.demo.refreshing")
    run_refresh(desk, workspace)
    desk.tell("cli.demo.publishing")
    publish(desk, workspace)
    return workspace


def _town(desk: Desk, folder: Path, customers: int) -> Path:
    """The raw files; made beside their final place, so that a town stopped half-way is never taken for a whole one."""
    from huaxiang.town.build import build

    town, partial = folder / "town", folder / "town.partial"
    if not town.exists():
        desk.tell("cli.demo.town", customers=customers)
        shutil.rmtree(partial, ignore_errors=True)
        with progress(desk, desk.say) as tell:
            build(partial, customers=customers, days=DAYS, seed=SEED, progress=tell)
        partial.rename(town)
    return town / "raw"


def _customers(workspace: Workspace) -> int:
    return int(workspace.runs().column("customer_count")[0].as_py())
