"""``segment``: who is meant by a saved segment or a rule, how many they are, and their export."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from huaxiang.analyse.segments import Composition, composition
from huaxiang.analyse.sentences import sentence
from huaxiang.cli.desk import Desk
from huaxiang.cli.output import heading, table
from huaxiang.cli.person import tag_policies
from huaxiang.errors import InputError
from huaxiang.ledger import Ledger
from huaxiang.model.conditions import Condition
from huaxiang.model.condition_text import text_of
from huaxiang.model.segments import segment_named
from huaxiang.model.tags import fields_of
from huaxiang.number_words import money, percent
from huaxiang.release.export import ExportRequest, export
from huaxiang.workspace import Workspace


def segment(
    context: typer.Context,
    name_or_rule: Annotated[str | None, typer.Argument(help="cli.argument.name_or_rule")] = None,
    listing: Annotated[bool, typer.Option("--list", help="cli.option.list_segments")] = False,
    count: Annotated[bool, typer.Option("--count", help="cli.option.count")] = False,
    export_to: Annotated[Path | None, typer.Option("--export", help="cli.option.export", metavar="cli.metavar.file")] = None,
    purpose: Annotated[str, typer.Option(help="cli.option.purpose", metavar="cli.metavar.purpose")] = "analysis",
    raw: Annotated[bool, typer.Option("--raw", help="cli.option.raw")] = False,
) -> None:
    desk = Desk.of(context)
    workspace = desk.workspace()
    if listing:
        _list(desk, workspace)
    elif name_or_rule is None:
        raise InputError("cli.segment.name_missing")
    elif export_to:
        _export(desk, workspace, condition_of(workspace, name_or_rule), ExportRequest(export_to, purpose, raw=raw))
    else:
        _measure(desk, workspace, name_or_rule, only_count=count)


def condition_of(workspace: Workspace, name_or_rule: str) -> Condition:
    """The condition of a saved segment or of a rule. A single word that is neither names the nearest segments."""
    segments = workspace.definitions.segments
    if re.fullmatch(r"[a-z][a-z0-9_]*", name_or_rule) and name_or_rule != "everyone":
        return segment_named(name_or_rule, segments).condition
    return workspace.condition(name_or_rule)


def _measured(workspace: Workspace, conditions: dict[str, Condition]) -> dict[str, Composition]:
    with workspace.reading() as engine:
        profiles = workspace.profile_table(engine)
        return {key: composition(engine, profiles, one, workspace.definitions.tags) for key, one in conditions.items()}


def _list(desk: Desk, workspace: Workspace) -> None:
    segments = workspace.definitions.segments
    found = _measured(workspace, {key: one.condition for key, one in segments.items()})
    names = ("key", "segment", "customers", "share", "revenue_share")
    rows = [(key, one.name.say(desk.lang), f"{found[key].customers:,}", *_shares(desk, found[key])) for key, one in segments.items()]
    document = {"segments": [{"key": key, "zh": one.zh, "en": one.en, **_figures(found[key])} for key, one in segments.items()]}
    desk.answer(document, table([desk.say(f"cli.column.{name}") for name in names], rows, right=[2, 3, 4]))


def _measure(desk: Desk, workspace: Workspace, name_or_rule: str, *, only_count: bool) -> None:
    condition, saved = condition_of(workspace, name_or_rule), workspace.definitions.segments.get(name_or_rule)
    found = _measured(workspace, {"this": condition})["this"]
    rule = sentence(condition, desk.lang, fields_of(workspace.definitions.tags))
    document = {"segment": saved.key if saved else None, "rule": text_of(condition), "sentence": rule, **_figures(found)}
    if only_count:
        desk.answer(document, str(found.customers))
        return
    said = [heading(saved.name.say(desk.lang)), getattr(saved, f"meaning_{desk.lang}")] if saved else []
    advice = [desk.say("cli.segment.advice", advice=saved.advice_words.say(desk.lang))] if saved and saved.advice_words else []
    desk.answer(document, *said, desk.say("cli.segment.rule", rule=rule), _sentence(desk, workspace, found), *advice)


def _sentence(desk: Desk, workspace: Workspace, found: Composition) -> str:
    share, revenue_share = _shares(desk, found)
    revenue = money(found.net_revenue_total, workspace.settings.currency, desk.lang)
    counts = {"customers": f"{found.customers:,}", "all": f"{found.all_customers:,}", "unknown": f"{found.all_customers - found.known:,}"}
    return desk.say("cli.segment.measured", **counts, share=share, revenue=revenue, revenue_share=revenue_share)


def _shares(desk: Desk, found: Composition) -> tuple[str, str]:
    return percent(found.share, desk.lang), percent(found.revenue_share, desk.lang)


def _figures(found: Composition) -> dict[str, Any]:
    return dict(found.__dict__)


def _export(desk: Desk, workspace: Workspace, condition: Condition, request: ExportRequest) -> None:
    """Write the customers with their tags; those used only by other tags stay at home."""
    tags = workspace.definitions.tags
    rows = workspace.segment(text_of(condition))
    shown = rows.select(["customer_id", *(key for key, tag in tags.items() if not tag.helper)])
    with Ledger.open(workspace.ledger_path) as ledger:
        done = export(shown, tag_policies(tags.values()), desk.access, request, ledger=ledger, at=desk.now())
    kept = {"rows": done.file.rows, "without_consent": done.released.without_consent, "masked": list(done.released.masked_columns)}
    said = desk.say("cli.segment.exported", file=done.file.path, rows=f"{done.file.rows:,}", export_id=done.export_id)
    masked = [desk.say("cli.segment.masked", columns=", ".join(done.released.masked_columns))] if done.released.masked_columns else []
    desk.answer({"export_id": done.export_id, "file": str(done.file.path), "sha256": done.file.sha256, **kept}, said, *masked)
