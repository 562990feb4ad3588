"""Identities as the command line shows them: every value masked, every reason in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType

from huaxiang.analyse.identity_chain import Step
from huaxiang.analyse.identity_explain import Explanation, Obstacle
from huaxiang.analyse.identity_redirects import Redirect
from huaxiang.analyse.identity_report import IdentityReport
from huaxiang.cli.desk import Desk
from huaxiang.cli.likeness_view import likeness_document, likeness_parts
from huaxiang.cli.masked import headers, masked_account, masked_value, type_words
from huaxiang.cli.output import heading, table
from huaxiang.prepare.unify import Decision, hold_reason, link_reason
from huaxiang.words import Message, knows


def account_lines(accounts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Short names with masked account keys."""
    return [(short, masked_account(key)) for short, key in accounts.items()]


def account_parts(desk: Desk, lines: Sequence[tuple[str, str]]) -> list[RenderableType]:
    """The same for people."""
    return [table(headers(desk, "short", "account"), lines)]


def decision_documents(made: Sequence[Decision], gone: Mapping[int, int | None]) -> list[dict[str, Any]]:
    """Decisions for machines; ``gone`` are those that newer ones overrule."""
    return [
        {
            "entry": one.seq,
            "kind": one.kind,
            "at": one.at,
            "actor": one.actor,
            "why": one.why,
            "undone_by": one.undone_by,
            "is_overruled": one.seq in gone,
            "overruled_by": gone.get(one.seq),
        }
        for one in made
    ]


def report_parts(
    desk: Desk, found: IdentityReport, made: Sequence[Decision], gone: Mapping[int, int | None]
) -> list[RenderableType]:
    """The report for people."""
    held = sum(int(row["values"]) for row in found.holds)
    standing = sum(one.undone_by is None for one in made)
    links = [
        (_rule(desk, row), type_words(row["identifier_type"], desk.lang), row["links"], row["customers"])
        for row in found.links
    ]
    holds = [(desk.say(f"prepare.held.{row['reason']}"), row["values"], row["accounts"]) for row in found.holds]
    sizes = [(row["account_count"], row["customers"]) for row in found.sizes]
    return [
        desk.say(
            "cli.identity.answer", accounts=found.accounts, customers=found.customers, held=held, standing=standing
        ),
        *_left_out(desk, found),
        heading(desk.say("cli.identity.links")),
        table(headers(desk, "rule", "type", "links", "customers"), links, right=[2, 3]),
        heading(desk.say("cli.identity.sizes")),
        table(headers(desk, "accounts", "customers"), sizes, right=[0, 1]),
        heading(desk.say("cli.identity.holds")),
        table(headers(desk, "rule", "values", "accounts"), holds, right=[1, 2]),
        *_decisions(desk, made, gone),
    ]


def _left_out(desk: Desk, found: IdentityReport) -> list[RenderableType]:
    counts = {"n": found.not_portrayed, "portrayed": found.customers - found.not_portrayed}
    return [desk.say("identity.not_portrayed", **counts)] if found.not_portrayed else []


def _rule(desk: Desk, row: Mapping[str, Any]) -> str:
    return desk.say(link_reason(row["identifier_type"], row["rule"], is_verified=False).code, type=_type(row))


def _type(row: Mapping[str, Any]) -> Message | str:
    code = f"prepare.identifier.{row['identifier_type']}"
    return Message(code) if knows(code) else str(row["identifier_type"])


def _decisions(desk: Desk, made: Sequence[Decision], gone: Mapping[int, int | None]) -> list[RenderableType]:
    rows = [
        (
            one.seq, desk.say(f"ledger.kind.identity.{one.kind}"), one.actor, one.at.isoformat(timespec="minutes"),
            one.why, one.undone_by, _overruled(gone, one),
        )
        for one in made
    ]  # fmt: skip
    if not rows:
        return []
    names = headers(desk, "entry", "what", "who", "when", "why", "undone_by", "overruled_by")
    return [heading(desk.say("cli.identity.decisions")), table(names, rows, right=[0, 5, 6])]


def _overruled(gone: Mapping[int, int | None], one: Decision) -> str | int:
    by = gone.get(one.seq)
    return "" if one.seq not in gone else "✓" if by is None else by


def review_document(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Held values for machines, masked."""
    return [{**row, "identifier_value": masked_value(row["identifier_type"], row["identifier_value"])} for row in rows]


def review_parts(desk: Desk, rows: Sequence[Mapping[str, Any]]) -> list[RenderableType]:
    """Held values for people."""
    if not rows:
        return [desk.say("cli.identity.nothing_to_review")]
    lines = [
        (
            type_words(row["identifier_type"], desk.lang),
            masked_value(row["identifier_type"], row["identifier_value"]),
            row["customer_count"],
            ", ".join(row["customers"]),
            hold_reason(row["identifier_type"], row["reason"], row["account_count"], row["detail"]).say(desk.lang),
        )
        for row in rows
    ]
    names = headers(desk, "type", "value", "customers", "account", "rule")
    return [table(names, lines, right=[2]), desk.say("cli.identity.review_next")]


def redirect_parts(desk: Desk, found: Sequence[Redirect], last: int | None) -> list[RenderableType]:
    """Changes of ids for people; ``last`` is the number of the last one where there are more."""
    if not found:
        return [desk.say("cli.identity.redirects.none")]
    lines = [
        (one.number, one.old_id, one.new_id, desk.say(f"identity.redirect.{one.kind}"), one.run_id, one.day.isoformat())
        for one in found
    ]
    names = headers(desk, "number", "old_id", "new_id", "what", "run", "day")
    more = [] if last is None else [desk.say("cli.identity.redirects.next", number=last)]
    return [table(names, lines, right=[0]), *more]


def explanation_document(desk: Desk, found: Explanation) -> dict[str, Any]:
    """An explanation for machines, masked."""
    return {
        "is_same": found.is_same,
        "customer_a": found.customer_a,
        "customer_b": found.customer_b,
        "chain": [_step_document(desk, step) for step in found.chain],
        "obstacles": [_obstacle_document(desk, one) for one in found.obstacles],
    }


def _step_document(desk: Desk, step: Step) -> dict[str, Any]:
    evidence = [{**row, "account_key": masked_account(row["account_key"])} for row in step.evidence]
    return {
        "from": masked_account(step.account_key_a), "to": masked_account(step.account_key_b),
        "identifier_type": step.identifier_type,
        "identifier_value": masked_value(step.identifier_type, step.identifier_value),
        "rule": step.rule, "is_verified": step.is_verified, "reason": _said(desk, step), "evidence": evidence,
        "is_lone": step.is_lone, "likeness": likeness_document(step.likeness),
    }  # fmt: skip


def _said(desk: Desk, step: Step) -> str:
    said = step.reason.say(desk.lang)
    return desk.say("alone.link", reason=said) if step.is_lone else said


def _obstacle_document(desk: Desk, one: Obstacle) -> dict[str, Any]:
    value = masked_value(one.identifier_type, one.identifier_value) if one.identifier_value else ""
    return {
        "identifier_type": one.identifier_type, "identifier_value": value, "reason": one.reason.say(desk.lang),
        "likeness": likeness_document(one.likeness),
    }  # fmt: skip


def explanation_parts(desk: Desk, found: Explanation) -> list[RenderableType]:
    """An explanation for people."""
    if not found.is_same:
        return _apart_parts(desk, found)
    if not found.chain:
        return [desk.say("cli.identity.same_account", customer=found.customer_a)]
    steps = [_step_document(desk, step) for step in found.chain]
    lines = [
        (step["from"], step["to"], step["identifier_value"], step["reason"], _files(step["evidence"])) for step in steps
    ]
    names = headers(desk, "from", "to", "value", "rule", "evidence")
    alike = [part for step in found.chain for part in likeness_parts(desk, step.likeness)]
    return [desk.say("cli.identity.same", customer=found.customer_a), table(names, lines), *alike]


def _apart_parts(desk: Desk, found: Explanation) -> list[RenderableType]:
    said = desk.say("cli.identity.not_same", one=found.customer_a, other=found.customer_b)
    rows = [_obstacle_document(desk, one) for one in found.obstacles]
    lines = [(type_words(row["identifier_type"], desk.lang), row["identifier_value"], row["reason"]) for row in rows]
    alike = [part for one in found.obstacles for part in likeness_parts(desk, one.likeness)]
    return [said, table(headers(desk, "type", "value", "rule"), lines), *alike]


def _files(evidence: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(sorted({f"{row['file_name']}:{row['source_row']}" for row in evidence}))
