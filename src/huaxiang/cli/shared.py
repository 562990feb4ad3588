"""What all commands share: ``--workspace``, ``--json``, ``--lang`` and ``--help``, and help in the person's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup, TyperOption

from huaxiang.cli.desk import Desk
from huaxiang.cli.help import page_of
from huaxiang.words import LANGUAGES

Command = Any  # a command of the parser that Typer carries inside, which has no public name


def finish(root: TyperGroup) -> TyperGroup:
    """The commands with the shared options added to each."""
    for command in commands_of(root):
        command.params = [one for one in command.params if one.name != "help"] + _options()
        command.add_help_option = False
    return root


def commands_of(root: Command) -> Iterator[Command]:
    """The command and every one under it."""
    yield root
    for child in getattr(root, "commands", {}).values():
        yield from commands_of(child)


def _options() -> list[TyperOption]:
    return [
        _option("--workspace", "-w", name="folder", kind=Path, then=_set("folder")),
        _option("--json", name="as_json", kind=bool, then=_set("as_json")),
        _option("--lang", name="lang", kind=str, then=_language),
        _option("--help", "-h", name="help", kind=bool, then=_help),
    ]


def _option(*words: str, name: str, kind: type, then: Callable[..., None]) -> TyperOption:
    flag = kind is bool
    return TyperOption(
        param_decls=[name, *words], type=None if flag else kind, is_flag=flag, default=None, expose_value=False,
        is_eager=name == "help", callback=then, help=f"cli.option.{name}", metavar=None if flag else f"cli.metavar.{name}",
    )  # fmt: skip


def _set(name: str) -> Callable[..., None]:
    def put(ctx: typer.Context, value: Any) -> None:
        if value is not None:
            setattr(Desk.of(ctx), name, value)

    return put


def _language(ctx: typer.Context, value: str | None) -> None:
    if value is None:
        return
    if value not in LANGUAGES:
        raise typer.BadParameter(Desk.of(ctx).say("cli.unknown_language", given=value))
    Desk.of(ctx).lang = value


def _help(ctx: typer.Context, value: bool | None) -> None:
    if value:
        show_help(ctx)
        raise typer.Exit


def show_help(ctx: typer.Context) -> None:
    """The help page of the command."""
    desk = Desk.of(ctx)
    desk.show(*page_of(ctx.command, ctx.command_path, desk.lang))
