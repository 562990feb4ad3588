"""All commands, in the order in which somebody new needs them."""

from __future__ import annotations

from typing import cast

import typer
from typer.core import TyperGroup

from huaxiang.cli.computing import rebuild, refresh, runs
from huaxiang.cli.demo import demo
from huaxiang.cli.documents import document
from huaxiang.cli.importing import import_files
from huaxiang.cli.profiles import profile
from huaxiang.cli.quarantines import quarantine
from huaxiang.cli.segments import segment
from huaxiang.cli.serving import serve
from huaxiang.cli.setting_up import init, town, version
from huaxiang.cli.shared import finish, show_help

_SHOWN = {
    "demo": demo, "init": init, "town": town, "import": import_files, "refresh": refresh, "profile": profile, "segment": segment,
    "document": document, "runs": runs, "rebuild": rebuild, "serve": serve,
}  # fmt: skip


def commands() -> TyperGroup:
    """The whole command line, ready to run."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, callback=_root, invoke_without_command=True, help="cli.about.huaxiang")
    for name, function in _SHOWN.items():
        app.command(name, help=f"cli.about.{name}")(function)
        if name == "document":
            app.add_typer(quarantine, name="quarantine", help="cli.about.quarantine")
    app.command("version", help="cli.about.version", hidden=True)(version)
    return finish(cast("TyperGroup", typer.main.get_command(app)))


def _root(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        show_help(context)
