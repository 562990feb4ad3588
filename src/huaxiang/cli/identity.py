"""``identity``: who is who and why, and deciding it. Personal values are masked; nothing changes before a refresh."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from huaxiang.analyse.identity_preview import Preview
from huaxiang.analyse.lone_trust import trust
from huaxiang.cli.days import day_of
from huaxiang.cli.desk import Desk
from huaxiang.cli.doubtful_view import doubtful_document, doubtful_parts
from huaxiang.cli.identity_model import MODEL, likely
from huaxiang.cli.identity_preview_view import preview_document, preview_parts
from huaxiang.cli.identity_view import (
    account_lines,
    account_parts,
    decision_documents,
    explanation_document,
    explanation_parts,
    redirect_parts,
    report_parts,
    review_document,
    review_parts,
)
from huaxiang.cli.lone_view import counts_document, counts_parts, joins_document, joins_parts
from huaxiang.cli.shared import Function, Limit
from huaxiang.ledger import Entry
from huaxiang.prepare.unify.decisions import Decision, Sides
from huaxiang.prepare.unify.rulings import DecisionKind
from huaxiang.workspace import Workspace

One = Annotated[str, typer.Argument(help="cli.argument.customer", metavar="cli.metavar.customer")]
Other = Annotated[str, typer.Argument(help="cli.argument.other_customer", metavar="cli.metavar.customer")]
Accounts = Annotated[list[str], typer.Argument(help="cli.argument.accounts", metavar="cli.metavar.account")]
Number = Annotated[int, typer.Argument(help="cli.argument.entry", metavar="cli.metavar.entry")]
Why = Annotated[str, typer.Option("--why", help="cli.option.decision_why", metavar="cli.metavar.text")]
EvenSo = Annotated[bool, typer.Option("--even-so", help="cli.option.even_so")]


def report(context: typer.Context) -> None:
    """Show how identities stand."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    found, made, gone = workspace.identity_report(), workspace.decisions(), workspace.overruled()
    alone, told, others = workspace.lone_joins(), trust(made), _others_waiting(workspace)
    document = {
        **vars(found),
        "waiting": others,
        "alone": counts_document(alone, told),
        "decisions": decision_documents(made, gone),
    }
    parts = [*report_parts(desk, found, made, gone), desk.say("cli.identity.waiting", **others)]
    desk.answer(document, *parts, *counts_parts(desk, alone, told))


def review(context: typer.Context, limit: Limit = 50) -> None:
    """List what somebody should settle."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    rows, joins = workspace.review(limit), workspace.lone_joins().joins[:limit]
    accounts = workspace.joined_alone(joins)
    others = _others_waiting(workspace)
    document = {"holds": review_document(rows), "alone": joins_document(joins, accounts), "waiting": others}
    parts = [*review_parts(desk, rows), *joins_parts(desk, joins, accounts)]
    desk.answer(document, *parts, desk.say("cli.identity.waiting", **others))


def doubtful(context: typer.Context, limit: Limit = 20) -> None:
    """List customers that may be several people."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    found, listed = workspace.doubtful(limit)
    document = doubtful_document(found, listed, workspace.short_names)
    desk.answer(document, *doubtful_parts(desk, found, listed, workspace.short_names))


def accounts(context: typer.Context, customer: One) -> None:
    """List the accounts of a customer by short name."""
    desk = Desk.of(context)
    found = desk.workspace().accounts_of(customer)
    lines = account_lines(found)
    desk.answer(
        {"accounts": [{"short_name": name, "account": key} for name, key in lines]}, *account_parts(desk, lines)
    )


def explain(context: typer.Context, one: One, other: Other) -> None:
    """Say why two records are one customer, or why not."""
    desk = Desk.of(context)
    found = desk.workspace().explain(one, other)
    desk.answer(explanation_document(desk, found), *explanation_parts(desk, found))


def merge(context: typer.Context, one: One, other: Other, why: Why = "", even_so: EvenSo = False) -> None:
    """Decide that two customers are one."""
    desk = Desk.of(context)
    entry = desk.workspace().merge(one, other, why, desk.now(), actor=desk.actor, even_so=even_so)
    _written(desk, entry)


def split(context: typer.Context, customer: One, accounts: Accounts, why: Why = "") -> None:
    """Decide that accounts are another person."""
    desk = Desk.of(context)
    _written(desk, desk.workspace().split(customer, accounts, why, desk.now(), actor=desk.actor))


def confirm(context: typer.Context, customer: One, accounts: Accounts, why: Why = "") -> None:
    """Decide that accounts of a customer are the same person as its others."""
    desk = Desk.of(context)
    _written(desk, desk.workspace().confirm(customer, accounts, why, desk.now(), actor=desk.actor))


def never_same(context: typer.Context, one: One, other: Other, why: Why = "") -> None:
    """Decide that two customers are never one."""
    desk = Desk.of(context)
    _written(desk, desk.workspace().never_same(one, other, why, desk.now(), actor=desk.actor))


def undo(
    context: typer.Context,
    entry: Number,
    why: Why = "",
) -> None:
    """Take back a decision."""
    desk = Desk.of(context)
    _written(desk, desk.workspace().undo(entry, why, desk.now(), actor=desk.actor))


def preview_merge(context: typer.Context, one: One, other: Other) -> None:
    """See what a merge would change."""
    desk = Desk.of(context)
    _previewed(desk, "merge", desk.workspace().sides_of_two(one, other, even_so=True))


def preview_split(context: typer.Context, customer: One, accounts: Accounts) -> None:
    """See what a split would change."""
    desk = Desk.of(context)
    _previewed(desk, "split", desk.workspace().sides_of_split(customer, accounts))


def preview_confirm(context: typer.Context, customer: One, accounts: Accounts) -> None:
    """See what confirming accounts would change."""
    desk = Desk.of(context)
    _previewed(desk, "merge", desk.workspace().sides_of_split(customer, accounts))


def preview_undo(context: typer.Context, entry: Number) -> None:
    """See what taking back a decision would change."""
    desk = Desk.of(context)
    _shown(desk, desk.workspace().preview_undo(entry), ())


def redirects(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option("--since", help="cli.option.redirects_since", metavar="cli.metavar.day")
    ] = None,
    after: Annotated[int, typer.Option("--after", help="cli.option.redirects_after")] = 0,
    limit: Limit = 50,
) -> None:
    """List which customer ids became part of which."""
    desk = Desk.of(context)
    found = desk.workspace().redirects(limit + 1, after, day_of(since))
    last = found[limit - 1].number if len(found) > limit else None
    document = {"redirects": [one._asdict() for one in found[:limit]], "next": last}
    desk.answer(document, *redirect_parts(desk, found[:limit], last))


IDENTITY: dict[str, Function | dict[str, Function]] = {
    "report": report,
    "review": review,
    "doubtful": doubtful,
    "likely": likely,
    "explain": explain,
    "accounts": accounts,
    "preview": {
        "merge": preview_merge,
        "split": preview_split,
        "confirm": preview_confirm,
        "undo": preview_undo,
    },
    "merge": merge,
    "split": split,
    "confirm": confirm,
    "never-same": never_same,
    "undo": undo,
    "redirects": redirects,
    "model": MODEL,
}


def _others_waiting(workspace: Workspace) -> dict[str, int]:
    """How many customers and pairs wait in the lists that have a command of their own."""
    return {"doubtful": workspace.doubtful(0)[0].total, "likely": workspace.open_pairs(0).total}


def _previewed(desk: Desk, kind: DecisionKind, sides: Sides) -> None:
    workspace = desk.workspace()
    gone = workspace.would_overrule(kind, sides)
    _shown(desk, workspace.preview(kind, sides), gone)


def _shown(desk: Desk, found: Preview, gone: Sequence[Decision]) -> None:
    known, currency = desk.workspace().definitions, desk.workspace().settings.currency
    parts = preview_parts(desk, found, known.tags, known.segments, currency)
    document = preview_document(found, known.tags) | {"overrules": [one.seq for one in gone]}
    desk.answer(document, *(_overruling(desk, one) for one in gone), *parts)


def _overruling(desk: Desk, one: Decision) -> str:
    what = desk.say(f"ledger.kind.identity.{one.kind}")
    day = one.at.date().isoformat()
    return desk.say("identity.overrules", entry=one.seq, what=what, actor=one.actor, day=day, why=one.why)


def _written(desk: Desk, entry: Entry) -> None:
    gone = entry.body.get("overrules", [])
    document = {"entry": entry.seq, "kind": entry.kind, "at": entry.at, "why": entry.body["why"], "overrules": gone}
    said = [desk.say("cli.identity.overrules", entries=", ".join(map(str, gone)))] if gone else []
    desk.answer(document, desk.say("cli.identity.written", entry=entry.seq), *said)
