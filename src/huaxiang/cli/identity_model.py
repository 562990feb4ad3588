"""``identity model`` and ``identity likely``: how records are compared, and what looks like one person."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import RenderableType

from huaxiang.analyse.likely_pairs import Likeness
from huaxiang.analyse.match_words import left_out_words
from huaxiang.analyse.model_change import MovedCustomers
from huaxiang.analyse.waiting_pairs import OpenPair
from huaxiang.cli.desk import Desk
from huaxiang.cli.masked import headers, masked_account
from huaxiang.cli.output import table
from huaxiang.cli.shared import Function, Limit
from huaxiang.maintain.match_models import KnownModel
from huaxiang.number_words import chance

#: Details named of one pair.
_REASONS = 4
Why = Annotated[str, typer.Option("--why", help="cli.option.decision_why", metavar="cli.metavar.text")]
Version = Annotated[str, typer.Argument(help="cli.argument.model", metavar="cli.metavar.model")]


def likely(context: typer.Context, limit: Limit = 20) -> None:
    """List accounts that are likely one person, and why."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    waiting = workspace.open_pairs(limit)
    why = workspace.likenesses([pair[:2] for pair in waiting.pairs])
    pairs = [_pair_document(pair, why) for pair in waiting.pairs]
    held = [desk.say("likely.held", n=waiting.held)] if waiting.held else []
    document = {"total": waiting.total, "held": waiting.held, "pairs": pairs}
    desk.answer(document, *_pair_parts(desk, waiting.pairs, why), *held)


def models(context: typer.Context) -> None:
    """List all versions and what each would change."""
    desk = Desk.of(context)
    known = desk.workspace().match_models()
    desk.answer({"models": [one._asdict() for one in known]}, *_model_parts(desk, known))


def cost(context: typer.Context) -> None:
    """See what training would cost before it runs."""
    desk = Desk.of(context)
    found = desk.workspace().match_estimate()
    figures = {name: round(getattr(found, name)) for name in ("records", "pairs", "seconds", "memory_mb")}
    words = {"memory" if name == "memory_mb" else name: value for name, value in figures.items()}
    left_out = left_out_words(found, desk.lang)
    desk.answer({**figures, "left_out": left_out}, desk.say("cli.identity.model.estimate", **words), *left_out)


def train(context: typer.Context) -> None:
    """Train a version on the data and decisions of today."""
    desk = Desk.of(context)
    known = desk.workspace().train(desk.now(), actor=desk.actor)
    said = [] if known.is_standing else [desk.say("cli.identity.model.next", version=known.version)]
    desk.answer(known._asdict(), *_model_parts(desk, [known]), *said)


def changes(context: typer.Context, version: Version) -> None:
    """List the customers that a version would join and take apart."""
    desk = Desk.of(context)
    moved = desk.workspace().moved_by(version) or MovedCustomers((), ())
    lines = [desk.say("cli.identity.model.changes.joined", ids=" + ".join(ids)) for ids in moved.joined]
    lines += [desk.say("cli.identity.model.changes.split", id=one, count=parts) for one, parts in moved.split]
    desk.answer({"version": version, **moved._asdict()}, *(lines or [desk.say("model.which.none")]))


def approve(context: typer.Context, version: Version, why: Why = "") -> None:
    """Let a version compare from the next refresh on."""
    desk = Desk.of(context)
    entry = desk.workspace().approve_model(version, why, desk.now(), actor=desk.actor)
    desk.answer({"entry": entry.seq, "version": version}, desk.say("model.approved"))


MODEL: dict[str, Function] = {"list": models, "estimate": cost, "train": train, "changes": changes, "approve": approve}


def _model_parts(desk: Desk, known: list[KnownModel]) -> list[RenderableType]:
    if not known:
        return [desk.say("cli.identity.model.none")]
    lines = [
        (
            one.version,
            desk.say(f"model.{one.state}"),
            one.trained_at.isoformat(timespec="minutes"),
            desk.say("model.changes", **one.changed) if one.changed else desk.say("model.first"),
        )
        for one in known
    ]
    unused = [desk.say("model.unused", n=one.unused_answers) for one in known if one.unused_answers]
    return [table(headers(desk, "version", "state", "trained", "changes"), lines), *unused]


def _pair_document(pair: OpenPair, why: dict[tuple[str, str], Likeness]) -> dict[str, Any]:
    found = why.get(pair[:2])
    lines = found.lines if found else ()
    return {
        "account_a": masked_account(pair.account_key_a),
        "account_b": masked_account(pair.account_key_b),
        "customer_a": pair.customer_a,
        "customer_b": pair.customer_b,
        "probability": pair.probability,
        "doubt": found.doubt if found else None,
        "refused": found.refused if found else None,
        "details": [{"comparison": line.comparison, "level": line.level, "bits": line.bits} for line in lines],
    }


def _pair_parts(desk: Desk, pairs: list[OpenPair], why: dict[tuple[str, str], Likeness]) -> list[RenderableType]:
    if not pairs:
        return [desk.say("likely.none")]
    lines = [
        (chance(pair.probability, desk.lang), pair.customer_a, pair.customer_b, _reasons(desk, why.get(pair[:2])))
        for pair in pairs
    ]
    return [table(headers(desk, "share", "one", "other", "reasons"), lines, right=[0])]


def _reasons(desk: Desk, found: Likeness | None) -> str:
    lines = [line for line in found.lines if line.level != "missing"][:_REASONS] if found else []
    words = [
        f"{desk.say(f'match.comparison.{line.comparison}')}{desk.say('likely.colon')}{desk.say(f'match.level.{line.level}')}"
        for line in lines
    ]
    return "; ".join([*words, *([desk.say(found.held_back_by)] if found and found.held_back_by else [])])
