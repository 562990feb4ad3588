"""``profile``: one customer by the five elements, and why a tag says what it says."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import RenderableType

from huaxiang.analyse.value_words import masked_words
from huaxiang.cli.days import day_of
from huaxiang.cli.desk import Desk
from huaxiang.cli.output import heading, table
from huaxiang.cli.person import Person, person_of
from huaxiang.cli.tag_words import said_value, tag_document
from huaxiang.cli.why_view import why_answer
from huaxiang.errors import InputError
from huaxiang.model.tables import ELEMENTS
from huaxiang.model.tags import Tag
from huaxiang.number_words import date_words


def profile(
    context: typer.Context,
    customer: Annotated[str, typer.Argument(help="cli.argument.customer")],
    as_of: Annotated[str | None, typer.Option(help="cli.option.as_of", metavar="cli.metavar.day")] = None,
    why: Annotated[str | None, typer.Option(help="cli.option.why", metavar="cli.metavar.tag")] = None,
    reveal: Annotated[list[str] | None, typer.Option(help="cli.option.reveal", metavar="cli.metavar.field")] = None,
    reason: Annotated[str | None, typer.Option(help="cli.option.reason", metavar="cli.metavar.text")] = None,
) -> None:
    """Show one customer by the five elements, or explain one tag."""
    desk = Desk.of(context)
    workspace, day = desk.workspace(), day_of(as_of)
    if reveal and not (reason or "").strip():
        raise InputError("release.reason_missing", field=", ".join(reveal))
    if why:
        why_answer(desk, workspace, customer, why, day)
        return
    person = person_of(desk, workspace, customer, day, reveal or [], reason or "")
    known = workspace.definitions.tags.values()
    tags = [tag for tag in known if not tag.helper and tag.key in person.values]
    desk.answer(_document(person, tags), *_parts(desk, person, tags))


def _document(person: Person, tags: list[Tag]) -> dict[str, object]:
    return {
        "customer_id": person.customer_id,
        "as_of": person.as_of,
        "names": person.names,
        "identifiers": person.identifiers,
        "masked": sorted(person.masked),
        "tags": [tag_document(tag, person.values[tag.key], is_masked=tag.key in person.masked) for tag in tags],
    }


def _parts(desk: Desk, person: Person, tags: list[Tag]) -> list[RenderableType]:
    said = {
        "customer": person.customer_id,
        "name": "、".join(person.names) or "—",
        "day": date_words(person.as_of, desk.lang),
    }
    parts: list[RenderableType] = [heading(desk.say("cli.profile.title", **said))]
    if person.identifiers:
        parts.append(
            "  ".join(
                f"{desk.say(f'cli.identifier.{kind}')} {', '.join(values)}"
                for kind, values in person.identifiers.items()
            )
        )
    for element in ELEMENTS:
        own = [tag for tag in tags if tag.element == element]
        known = [tag for tag in own if person.values[tag.key] is not None]
        title = desk.say("cli.profile.element", name=desk.say(f"cli.element.{element}"), known=len(known), all=len(own))
        parts.append(
            table([title, ""], [(tag.name.say(desk.lang), _value(desk, person, tag)) for tag in known], right=[1])
        )
    return [*parts, desk.say("cli.profile.masked") if person.masked else "", desk.say("cli.profile.next")]


def _value(desk: Desk, person: Person, tag: Tag) -> str:
    value = person.values[tag.key]
    if tag.key in person.masked:
        return masked_words(value, desk.lang)
    return said_value(tag, value, desk.lang, person.currency)
