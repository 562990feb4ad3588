"""``tag``: the tags there are, what one of them says, and giving values by hand. Nothing changes before a refresh."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType

from huaxiang.analyse.given_words import given_value_words
from huaxiang.analyse.in_force import switched_off
from huaxiang.analyse.rule_sentences import rule_sentence
from huaxiang.analyse.tag_search import search
from huaxiang.cli.days import day_of
from huaxiang.cli.desk import Desk
from huaxiang.cli.importing import import_files
from huaxiang.cli.output import heading, table
from huaxiang.cli.shared import Function
from huaxiang.errors import DefinitionError, InputError
from huaxiang.ledger import Entry
from huaxiang.model.given_values import is_sealed
from huaxiang.model.tags import Tag, tag_named
from huaxiang.prepare.given import Gift
from huaxiang.release.masking import mask_value
from huaxiang.workspace import Statement

TagKey = Annotated[str, typer.Argument(help="cli.argument.tag", metavar="cli.metavar.tag")]
Customer = Annotated[list[str] | None, typer.Option("--customer", help="cli.option.tag_customer")]
Find = Annotated[str, typer.Option("--find", help="cli.option.tag_find", metavar="cli.metavar.text")]
Why = Annotated[str, typer.Option("--why", help="cli.option.decision_why", metavar="cli.metavar.text")]


def listed(context: typer.Context, find: Find = "") -> None:
    """List every tag, drafts and retired ones too; with ``find`` those that it speaks of, the best first."""
    desk = Desk.of(context)
    known = desk.workspace().definitions
    off = switched_off(known.catalogue, known.permitted)
    shown = {key: tag for key, tag in known.catalogue.items() if not tag.helper}
    rows = [_line(desk, shown[key], off, known.broken) for key in search(find, shown)]
    names = ("key", "tag", "folder", "tag_status", "basis", "version")
    documents = [dict(zip(names, row, strict=True)) for row in rows]
    told = {key: why.say(desk.lang) for key, why in known.broken.items()}
    listed = table([desk.say(f"cli.column.{name}") for name in names], rows)
    desk.answer({"tags": documents, "broken": told}, listed, *told.values())


def show(context: typer.Context, tag: TagKey) -> None:
    """Say what a tag means, its rule, and what was given by hand."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    known = workspace.definitions
    broken = known.broken.get(tag)
    if broken is not None and tag not in known.catalogue:
        raise DefinitionError(broken.code, **broken.params)
    one = tag_named(tag, known.catalogue)
    # The message of a broken tag has its rule in it; not every such rule has a sentence.
    rule = broken.say(desk.lang) if broken else rule_sentence(one, desk.lang, known.catalogue, desk.now().date())
    given = [gift for gift in workspace.gifts() if gift.tag == tag]
    document = {
        **one.model_dump(mode="json"),
        "broken": broken is not None,
        "rule_sentence": rule,
        "given": [_told(one, gift) for gift in given],
    }
    desk.answer(
        document, heading(one.name.say(desk.lang)), one.meaning(desk.lang), rule, *_gift_parts(desk, one, given)
    )


def give(
    context: typer.Context,
    tag: TagKey,
    value: Annotated[str, typer.Argument(help="cli.argument.tag_value", metavar="cli.metavar.text")],
    customer: Customer = None,
    segment: Annotated[str | None, typer.Option("--segment", help="cli.option.tag_segment")] = None,
    why: Why = "",
    until: Annotated[str | None, typer.Option(help="cli.option.tag_until", metavar="cli.metavar.day")] = None,
) -> None:
    """Give a value to customers, or to the members of a segment at this moment."""
    desk = Desk.of(context)
    workspace, last = desk.workspace(), day_of(until)
    if (segment is None) is (not customer):
        raise InputError("cli.tag.one_or_crowd")
    said = Statement(tag, value, why, last)
    if segment is not None:
        condition = workspace.condition(segment)
        written = workspace.give_tag_to(segment, condition, said, desk.now(), actor=desk.actor)
    else:
        written = workspace.give_tag(customer or [], said, desk.now(), actor=desk.actor)
    _written(desk, written)


def take(
    context: typer.Context,
    entry: Annotated[int, typer.Argument(help="cli.argument.entry", metavar="cli.metavar.entry")],
    customer: Customer = None,
    why: Why = "",
) -> None:
    """Take back what was given."""
    desk = Desk.of(context)
    back = desk.workspace().take_tag(entry, why, desk.now(), actor=desk.actor, customers=customer or [])
    desk.answer({"entry": back.seq, "why": back.body["why"]}, desk.say("cli.tag.taken", entry=back.seq))


def import_values(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="cli.argument.tag_files", metavar="cli.metavar.file")],
    columns: Annotated[bool, typer.Option("--columns", help="cli.option.tag_columns")] = False,
) -> None:
    """Import values from files."""
    import_files(context, paths, form="tag_columns" if columns else "tag_value")


def permit(
    context: typer.Context,
    tag: TagKey,
    purpose: Annotated[str, typer.Option("--purpose", help="cli.option.tag_purpose", metavar="cli.metavar.text")] = "",
) -> None:
    """Record what a sensitive tag is used for."""
    desk = Desk.of(context)
    entry = desk.workspace().permit_tag(tag, purpose, desk.now(), actor=desk.actor)
    desk.answer({"entry": entry.seq, "tag": tag}, desk.say("cli.tag.permitted", entry=entry.seq))


def forbid(context: typer.Context, tag: TagKey, why: Why = "") -> None:
    """Take back the purpose of a sensitive tag."""
    desk = Desk.of(context)
    entry = desk.workspace().forbid_tag(tag, why, desk.now(), actor=desk.actor)
    desk.answer({"entry": entry.seq, "tag": tag}, desk.say("cli.tag.forbidden", entry=entry.seq))


TAG: dict[str, Function] = {
    "list": listed,
    "show": show,
    "give": give,
    "take": take,
    "import": import_values,
    "permit": permit,
    "forbid": forbid,
}


def _line(desk: Desk, tag: Tag, off: Container[str], broken: Container[str]) -> tuple[str, ...]:
    side, element = tag.folder
    folder = f"{desk.say(f'tag.side.{side}')} / {desk.say(f'cli.element.{element}')}"
    code = "cli.tag.off" if tag.key in off else "cli.tag.broken" if tag.key in broken else f"tag.status.{tag.status}"
    return (
        tag.key,
        tag.name.say(desk.lang),
        folder,
        desk.say(code),
        desk.say(f"tag.basis.{tag.stands_on}"),
        f"v{tag.version}",
    )


def _told(tag: Tag, gift: Gift) -> dict[str, object]:
    value = gift.value if not is_sealed(tag) else mask_value(gift.value, "all")
    return {
        "entry": gift.seq, "value": value, "customers": len(gift.members), "by": gift.actor, "at": gift.at,
        "why": gift.why, "until": gift.until, "segment": gift.crowd, "taken_by": gift.taken_by,
    }  # fmt: skip


def _gift_parts(desk: Desk, tag: Tag, given: list[Gift]) -> list[RenderableType]:
    if not given:
        return []
    names = ("entry", "value", "customers", "by", "day", "why", "until")
    rows = []
    for gift in given:
        told = _told(tag, gift)
        plain = gift.value if gift.value is not None and not is_sealed(tag) else None
        value = told["value"] if plain is None else given_value_words(plain, tag, desk.lang, "")
        state = desk.say("cli.tag.is_taken", entry=gift.taken_by) if gift.taken_by else gift.until
        rows.append((gift.seq, value, len(gift.members), gift.actor, gift.at.date(), gift.why, state))
    return [table([desk.say(f"cli.column.given_{name}") for name in names], rows)]


def _written(desk: Desk, entries: list[Entry]) -> None:
    count = sum(len(entry.body["members"]) for entry in entries)
    document = {"entries": [entry.seq for entry in entries], "customers": count}
    desk.answer(document, desk.say("cli.tag.given", entry=entries[0].seq, customers=count))
