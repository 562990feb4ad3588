"""``list``: uploaded lists of numbers, used in rules like any other crowd."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huaxiang.cli.desk import Desk
from huaxiang.cli.output import table
from huaxiang.cli.shared import Function

_COLUMNS = ("key", "list", "rows", "customers", "unknown", "several")


def upload(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="cli.argument.list_file", metavar="cli.metavar.file")],
    zh: Annotated[str, typer.Option(help="cli.option.list_zh", metavar="cli.metavar.text")] = "",
    en: Annotated[str, typer.Option(help="cli.option.list_en", metavar="cli.metavar.text")] = "",
    column: Annotated[str | None, typer.Option(help="cli.option.list_column", metavar="cli.metavar.text")] = None,
) -> None:
    """Keep the numbers of a file as a list; without a name it is called like the file."""
    desk = Desk.of(context)
    name = file.stem if not zh and not en else ""
    done = desk.workspace().upload_list(file, zh or name, en, desk.now(), actor=desk.actor, header=column)
    kept, counts = done.list, vars(done.found)
    said = desk.say(
        "list.brought",
        name=kept.name.message,
        key=kept.key,
        header=kept.header,
        **{name: f"{count:,}" for name, count in counts.items()},
    )
    desk.answer({**kept.model_dump(), **counts}, said, *([desk.say("list.kept")] if done.found.unknown else []))


def show(context: typer.Context) -> None:
    """Every list with the customers that it names today."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    lists = workspace.id_lists
    counted = {key: vars(workspace.found_in_list(key)) for key in lists}
    rows = [
        (key, one.name.say(desk.lang), *(f"{counted[key][name]:,}" for name in _COLUMNS[2:]))
        for key, one in lists.items()
    ]
    heads = [desk.say(f"list.column.{name}") for name in _COLUMNS]
    shown = table(heads, rows, right=[2, 3, 4, 5]) if rows else desk.say("list.none")
    desk.answer({"lists": [{**one.model_dump(), **counted[key]} for key, one in lists.items()]}, shown)


def forget(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="cli.argument.list_key", metavar="cli.metavar.name")],
) -> None:
    """Delete a list; crowds that name it must be changed first."""
    desk = Desk.of(context)
    gone = desk.workspace().forget_list(key, desk.now(), actor=desk.actor)
    desk.answer({"forgotten": gone.key}, desk.say("list.forgotten", name=gone.name.message))


LIST: dict[str, Function] = {"upload": upload, "show": show, "forget": forget}
