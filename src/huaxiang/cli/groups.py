"""``group``: what a group of customers is made of beside others, and a short rule that finds it."""

from __future__ import annotations

from typing import Annotated

import typer

from huaxiang.analyse.portrait import portrait_fields
from huaxiang.cli.crowds import named_or_written
from huaxiang.cli.desk import Desk
from huaxiang.cli.group_view import show_portrait, show_rule
from huaxiang.cli.shared import Function
from huaxiang.model.condition_text import text_of
from huaxiang.words import Message
from huaxiang.workspace import Workspace

_Group = Annotated[str, typer.Argument(help="cli.argument.name_or_rule", metavar="cli.metavar.group")]


def portrait(
    context: typer.Context,
    name_or_rule: _Group,
    base: Annotated[str, typer.Option(help="cli.option.base", metavar="cli.metavar.base")] = "everyone",
    known_only: Annotated[bool, typer.Option("--known-only", help="cli.option.known_only")] = False,
) -> None:
    """Show the tags that most set a group apart."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    rule = _rule(workspace, name_or_rule)
    other = base if base in ("everyone", "rest") else _rule(workspace, base)
    found = workspace.group_portrait(rule, other, known_only=known_only)
    saved = workspace.definitions.segments.get(name_or_rule)
    show_portrait(desk, found, saved.name.message if saved else Message("groups.these"))


def rule(context: typer.Context, name_or_rule: _Group) -> None:
    """Suggest a short rule over other tags for a group."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    found = workspace.suggested_rule(_rule(workspace, name_or_rule))
    show_rule(desk, found, portrait_fields(workspace.definitions.tags))


def _rule(workspace: Workspace, name_or_rule: str) -> str:
    # A word that is neither a segment nor a rule is answered with the nearest segments.
    return text_of(named_or_written(workspace, name_or_rule))


GROUP: dict[str, Function] = {"portrait": portrait, "rule": rule}
