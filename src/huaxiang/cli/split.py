"""``segment split``: a segment in named parts for a test, as sizes or as a file with the pack beside each member."""

from __future__ import annotations

from typing import Annotated

import typer

from huaxiang.analyse.packs import pack_sizes
from huaxiang.cli.crowd_export import ExportTo, Purpose, Raw, export_crowd
from huaxiang.cli.crowds import named_or_written
from huaxiang.cli.desk import Desk
from huaxiang.cli.output import table
from huaxiang.cli.segments import shares_said
from huaxiang.errors import InputError
from huaxiang.model.condition_text import text_of
from huaxiang.model.packs import Packs, packs_from_text
from huaxiang.release.export import ExportRequest
from huaxiang.workspace import Workspace


def split(
    context: typer.Context,
    name_or_rule: Annotated[str, typer.Argument(help="cli.argument.name_or_rule")],
    packs: Annotated[str, typer.Option("--packs", help="cli.option.packs", metavar="cli.metavar.text")] = "",
    seed: Annotated[str, typer.Option("--seed", help="cli.option.draw", metavar="cli.metavar.name")] = "",
    export_to: ExportTo = None,
    purpose: Purpose = "analysis",
    raw: Raw = False,
) -> None:
    """Split a segment into packs: without ``--packs`` those that are kept with it."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    condition, chosen = named_or_written(workspace, name_or_rule), _packs(workspace, name_or_rule, packs, seed)
    if export_to is not None:
        export_crowd(desk, workspace, condition, ExportRequest(export_to, purpose, raw=raw), chosen)
        return
    with workspace.reading() as engine:
        found = pack_sizes(workspace.population(engine), condition, chosen)
    rules = {name: text_of(rule) for name, rule in chosen.parts(condition).items()}
    names = ("pack", "customers", "share", "revenue_share")
    rows = [(name, f"{size.customers:,}", *shares_said(desk, size)) for name, size in found.items()]
    shown = table([desk.say(f"cli.column.{name}") for name in names], rows, right=[1, 2, 3])
    listed = [{"pack": name, "rule": rules[name], **size.__dict__} for name, size in found.items()]
    desk.answer({"seed": chosen.seed, "packs": listed}, shown, desk.say("cli.segment.split", seed=chosen.seed))


def _packs(workspace: Workspace, name_or_rule: str, packs: str, seed: str) -> Packs:
    saved = workspace.definitions.segments.get(name_or_rule)
    if packs:
        return packs_from_text(packs, seed or (saved.key if saved else ""))
    if saved is None or saved.packs is None:
        name = saved.name.message if saved else name_or_rule
        raise InputError("packs.missing", name=name)
    return saved.packs
