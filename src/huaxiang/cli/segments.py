"""``segment``: who is meant by a saved segment or a rule, how many they are, and their export."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from huaxiang.analyse.crowd_sizes import Composition
from huaxiang.cli.crowd_export import ExportTo, Purpose, Raw, export_crowd
from huaxiang.cli.crowds import measured, named_or_written
from huaxiang.cli.desk import Desk
from huaxiang.cli.output import heading, table
from huaxiang.errors import InputError
from huaxiang.model.condition_text import text_of
from huaxiang.number_words import money, percent
from huaxiang.release.export import ExportRequest
from huaxiang.workspace import Workspace


def segment(
    context: typer.Context,
    name_or_rule: Annotated[str | None, typer.Argument(help="cli.argument.name_or_rule")] = None,
    listing: Annotated[bool, typer.Option("--list", help="cli.option.list_segments")] = False,
    count: Annotated[bool, typer.Option("--count", help="cli.option.count")] = False,
    export_to: ExportTo = None,
    purpose: Purpose = "analysis",
    raw: Raw = False,
) -> None:
    """List, measure, count or export segments."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    if listing:
        _list(desk, workspace)
    elif name_or_rule is None:
        raise InputError("cli.segment.name_missing")
    elif export_to:
        request = ExportRequest(export_to, purpose, raw=raw)
        export_crowd(desk, workspace, named_or_written(workspace, name_or_rule), request)
    else:
        _measure(desk, workspace, name_or_rule, only_count=count)


def _list(desk: Desk, workspace: Workspace) -> None:
    segments, unreadable = workspace.definitions.segments, workspace.definitions.unreadable_segments
    found = measured(workspace, {key: one.condition for key, one in segments.items()}).sizes
    names = ("key", "segment", "customers", "share", "revenue_share")
    rows = [
        (key, one.name.say(desk.lang), f"{found[key].customers:,}", *shares_said(desk, found[key]))
        for key, one in segments.items()
    ]
    listed = [{"key": key, "zh": one.zh, "en": one.en, **_figures(found[key])} for key, one in segments.items()]
    unread = {key: why.say(desk.lang) for key, why in unreadable.items()}
    told = [desk.say("cli.segment.unreadable", count=len(unread)), *unread.values()] if unread else []
    shown = table([desk.say(f"cli.column.{name}") for name in names], rows, right=[2, 3, 4])
    desk.answer({"segments": listed, "unreadable": unread}, shown, *told)


def _measure(desk: Desk, workspace: Workspace, name_or_rule: str, *, only_count: bool) -> None:
    condition, saved = named_or_written(workspace, name_or_rule), workspace.definitions.segments.get(name_or_rule)
    crowd = measured(workspace, {"this": condition})
    found, rule = crowd.sizes["this"], crowd.population.sentence(condition, desk.lang)
    document = {"segment": saved.key if saved else None, "rule": text_of(condition), "sentence": rule}
    document |= _figures(found)
    if only_count:
        desk.answer(document, str(found.customers))
        return
    said = [heading(saved.name.say(desk.lang)), getattr(saved, f"meaning_{desk.lang}")] if saved else []
    words = saved.advice_words if saved else None
    advice = [desk.say("cli.segment.advice", advice=words.say(desk.lang))] if words else []
    desk.answer(document, *said, desk.say("cli.segment.rule", rule=rule), _sentence(desk, workspace, found), *advice)


def _sentence(desk: Desk, workspace: Workspace, found: Composition) -> str:
    share, revenue_share = shares_said(desk, found)
    return desk.say(
        "cli.segment.measured",
        customers=f"{found.customers:,}",
        all=f"{found.all_customers:,}",
        unknown=f"{found.all_customers - found.known:,}",
        share=share,
        revenue=money(found.net_revenue_total, workspace.settings.currency, desk.lang),
        revenue_share=revenue_share,
    )


def shares_said(desk: Desk, found: Composition) -> tuple[str, str]:
    """The share of customers and of net revenue in words."""
    return percent(found.share, desk.lang), percent(found.revenue_share, desk.lang)


def _figures(found: Composition) -> dict[str, Any]:
    return dict(found.__dict__)
