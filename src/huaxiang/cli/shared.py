"""What all commands share: ``--workspace``, ``--json``, ``--lang`` and ``--help``, in the person's language."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from huaxiang.cli.desk import Desk
from huaxiang.cli.help import page_of
from huaxiang.errors import InputError
from huaxiang.words import LANGUAGES

Function = Callable[..., None]


def _rows_to_show(value: int) -> int:
    if value < 1:
        raise InputError("cli.too_few_rows", given=value)
    return value


#: How many rows are shown at most; at least one.
Limit = Annotated[int, typer.Option(help="cli.option.limit", callback=_rows_to_show)]


def shared(function: Function) -> Function:
    """The command with the shared options behind its own; what they say is on its desk before it runs."""

    @wraps(function)
    def command(**given: Any) -> None:
        desk = Desk.of(given["context"])
        for name in _DECLARED:
            value = given.pop(name)
            if value is not None and name != "help_wanted":
                setattr(desk, name, value)
        function(**given)

    own, hints = inspect.signature(function).parameters, get_type_hints(function, include_extras=True)
    parameters = [one.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY) for name, one in own.items()]
    command.__signature__ = inspect.Signature([*parameters, *_parameters()])  # type: ignore[attr-defined]
    command.__annotations__ = {**hints, **_DECLARED}
    return command


def show_help(context: typer.Context) -> None:
    """The help page of the command."""
    desk = Desk.of(context)
    desk.show(*page_of(context.command, context.command_path, desk.lang))


def _language(value: str | None) -> str | None:
    if value is not None and value not in LANGUAGES:
        raise InputError("cli.unknown_language", given=value)
    return value


def _help(context: typer.Context, value: bool | None) -> None:
    if value:
        show_help(context)
        raise typer.Exit


#: The shared options by the name of what they set at the desk.
_DECLARED: dict[str, Any] = {
    "workspace_folder": Annotated[
        Path | None, typer.Option("--workspace", "-w", help="cli.option.folder", metavar="cli.metavar.folder")
    ],
    "as_json": Annotated[bool | None, typer.Option("--json", help="cli.option.as_json")],
    "lang": Annotated[str | None, typer.Option("--lang", callback=_language, help="cli.option.lang")],
    "help_wanted": Annotated[
        bool | None, typer.Option("--help", "-h", is_eager=True, callback=_help, help="cli.option.help")
    ],
}


def _parameters() -> list[inspect.Parameter]:
    kind = inspect.Parameter.KEYWORD_ONLY
    return [inspect.Parameter(name, kind, default=None, annotation=declared) for name, declared in _DECLARED.items()]
