"""``segment versions`` and ``segment restore``: what a segment said before, and saying it again."""

from __future__ import annotations

from typing import Annotated

import typer

from huaxiang.cli.desk import Desk
from huaxiang.cli.output import table
from huaxiang.model.condition_text import text_of
from huaxiang.model.segments import segment_named
from huaxiang.server.crowds.saved import restore as restore_version
from huaxiang.server.crowds.version_words import Line, Version, told
from huaxiang.workspace import Workspace

_SIGNS = {"plus": "+ ", "minus": "− ", "note": ""}
Key = Annotated[str, typer.Argument(help="cli.argument.segment_key", metavar="cli.metavar.name")]


def versions(context: typer.Context, key: Key) -> None:
    """List the versions of a segment, the newest first."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    found = told(segment_named(key, workspace.definitions.segments), workspace, desk.lang)
    names = ("number", "rule", "changed", "acts")
    rows = [_row(desk, workspace, one) for one in found]
    shown = table([desk.say(f"cli.column.{name}") for name in names], rows, right=[0])
    desk.answer({"segment": key, "versions": [one.record for one in found]}, shown)


def restore(
    context: typer.Context,
    key: Key,
    version: Annotated[int, typer.Argument(help="cli.argument.segment_version", metavar="cli.metavar.number")],
) -> None:
    """Save as the next version what an earlier one said."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    seen = segment_named(key, workspace.definitions.segments).version
    back = restore_version(workspace, key, version, seen, desk.access, desk.now())
    rule = workspace.definitions.sentence(back.condition, desk.lang, workspace.list_names)
    document = {"segment": key, "version": back.version, "of_version": version, "rule": text_of(back.condition)}
    said = desk.say("crowds.rolled_back", name=back.name.message, number=version, version=back.version)
    desk.answer({**document, "sentence": rule}, said, desk.say("cli.segment.rule", rule=rule))


def _row(desk: Desk, workspace: Workspace, one: Version) -> tuple[str, str, str, str]:
    number = f"{one.number} ({desk.say('crowds.versions.stands')})" if one.is_latest else str(one.number)
    rule = f"{one.rule}\n{desk.say('crowds.versions.unfit')} {one.unfit}" if one.unfit else one.rule
    acts = [f"{act.words} · {act.actor} · {workspace.local(act.at):%Y-%m-%d %H:%M}" for act in one.acts]
    by_hand = [desk.say("crowds.versions.by_hand")] if one.is_by_hand else []
    return number, rule, "\n".join(map(_line, one.changed)), "\n".join(acts + by_hand)


def _line(line: Line) -> str:
    return f"{_SIGNS[line.sign]}{line.text}"
