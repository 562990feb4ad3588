"""``profile --why``: the rule, its days, the rows behind a value and the tags that it was computed from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from rich.console import RenderableType

from huaxiang.analyse.confidence import confidence_words
from huaxiang.analyse.given_words import given_sentence
from huaxiang.analyse.quality_words import trait_title
from huaxiang.analyse.registry import analysis_named
from huaxiang.cli.desk import Desk
from huaxiang.cli.output import clean, heading, table
from huaxiang.cli.tag_words import said_value
from huaxiang.model.facts import fact_named
from huaxiang.model.quality import quality_rules
from huaxiang.model.results import Why
from huaxiang.model.rules import Layers
from huaxiang.model.tables import canonical_tables
from huaxiang.model.tags import Tags
from huaxiang.number_words import date_words
from huaxiang.release.masking import mask_value
from huaxiang.words import knows
from huaxiang.workspace import Workspace

#: Evidence rows shown to people; machines get all that the explanation holds.
_SHOWN = 10
_HIDDEN = "account_key"


def why_answer(desk: Desk, workspace: Workspace, customer: str, tag: str, day: date | None) -> None:
    """Answer why a customer has the value of a tag. Values of personal tags stay masked."""
    found = _masked(workspace.why(customer, tag, day), workspace.definitions.tags)
    desk.answer(asdict(found), *_parts(desk, found, workspace.definitions.tags, workspace.settings.currency))


def _masked(why: Why, tags: Tags) -> Why:
    """The explanation without personal values: the value, the column that states it, and account numbers."""
    tag = tags[why.tag]
    hides = tag.sensitivity != "open"
    # What speaks for a hidden value of an analysis, or for a hidden layer, would tell it.
    told = () if hides and (why.analysis or isinstance(tag.rule, Layers)) else why.evidence
    # Rows that speak for another value than the one that won say as much of the person.
    hidden = {"value", getattr(tag.rule, "column", None)} if hides else set()
    rows = tuple(_row(row, hidden, why.value if hides else None) for row in told)
    value = mask_value(None if why.value is None else str(why.value), "all") if hides else why.value
    inputs = tuple(_masked(one, tags) for one in why.inputs)
    given = tuple(
        {**one, "value": mask_value(str(one["value"]), "all") if hides else one["value"]} for one in why.given
    )
    return replace(why, value=value, evidence=rows, inputs=inputs, given=given)


def _row(row: Mapping[str, Any], columns: Collection[str | None], hidden: Any) -> Mapping[str, Any]:
    masked = {
        name: mask_value(str(value), "account") for name, value in row.items() if name == _HIDDEN and value is not None
    }
    same = {
        name: "***"
        for name, value in row.items()
        if value is not None and (name in columns or (hidden is not None and value == hidden))
    }
    return {**row, **masked, **same}


def _parts(desk: Desk, why: Why, tags: Tags, currency: str, depth: int = 0) -> list[RenderableType]:
    tag = tags[why.tag]
    value = str(why.value) if tag.sensitivity != "open" else said_value(tag, why.value, desk.lang, currency)
    said = {"tag": tag.name.say(desk.lang), "key": tag.key, "value": "—" if why.value is None else value}
    pad = "  " * depth
    parts: list[RenderableType] = [heading(pad + desk.say("cli.why.title", **said))]
    parts.append(pad + desk.say("cli.why.rule", rule=why.rule[desk.lang], version=why.version))
    if why.first_day:
        days = {"first": date_words(why.first_day, desk.lang), "last": date_words(why.last_day, desk.lang)}
        parts.append(pad + desk.say("cli.why.window", **days))
    if why.how and why.from_trait:
        trait = trait_title(why.from_trait, quality_rules(), desk.lang)
        parts.append(pad + desk.say(f"why.{why.how}", trait=trait))
    if why.confidence is not None:
        parts.append(pad + confidence_words(why.confidence, desk.lang))
    parts += [
        pad + clean(given_sentence(given, tag, desk.lang, currency, stands=place == 0))
        for place, given in enumerate(why.given)
    ]
    if why.evidence:
        parts += _evidence(desk, why)
    for one in why.inputs:
        parts += _parts(desk, one, tags, currency, depth + 1)
    return parts


def _evidence(desk: Desk, why: Why) -> list[RenderableType]:
    rows = why.evidence[:_SHOWN]
    names = list(rows[0])
    counted = desk.say("cli.why.evidence", shown=len(rows), all=why.evidence_count)
    return [
        counted,
        table([_title(desk, why, name) for name in names], [[row[name] for name in names] for row in rows]),
    ]


def _title(desk: Desk, why: Why, name: str) -> str:
    columns = fact_named(why.fact).columns if why.fact else {}
    if why.analysis:
        spoken = analysis_named(why.analysis).outputs["evidence"][1]
        return next(column.labels.say(desk.lang) for column in spoken if column.name == name)
    if knows(f"cli.fact.{name}"):
        return desk.say(f"cli.fact.{name}")
    return columns[name].name.say(desk.lang) if name in columns else _column_words(name, desk.lang)


def _column_words(name: str, lang: str) -> str:
    columns = (table.columns[name] for table in canonical_tables().values() if name in table.columns)
    return next((str(getattr(column, lang)) for column in columns), name)
