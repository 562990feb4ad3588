"""The names that texts in the form of a tag may use: columns of fact tables, tags, and functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from huaxiang.model.expression_functions import FUNCTIONS
from huaxiang.model.expressions import AS_OF
from huaxiang.model.facts import facts_known
from huaxiang.model.fields import NUMERIC, Field
from huaxiang.model.tables import ELEMENTS
from huaxiang.model.tags import Tags
from huaxiang.server.tags.form import Draft
from huaxiang.server.tags.rule_rows import rows_in
from huaxiang.words import say

_MOST_VALUES = 12
#: How a condition asks what customers did.
_WAYS = {
    "did": "did sale in last 30 days count >= 2",
    "did_not": "not did sale in last 90 days",
    "first": "first sale has (channel = 门店)",
    "last": "last sale has (channel = 门店)",
    "sequence": "sequence (act then within 3 days sale)",
}


@dataclass(frozen=True)
class Hint:
    """One name: what is typed, what it is called, and what its values are like."""

    typed: str
    name: str
    about: str


#: Names under their headings.
Hints = list[tuple[str, list[Hint]]]


def hints_for(draft: Draft, tags: Tags, lang: str) -> Hints:
    """What the texts of this kind of rule may name; nothing for kinds without texts."""
    match draft.said("kind"):
        case "golden" | "statistic" | "favourite":
            found = _columns([draft.said("column")], lang)
        case "distribution":
            found = _columns([draft.said("fact")], lang)
        case "preference":
            found = _columns((row.get("column", "") for row in rows_in(draft.typed, "parts")), lang)
        case "formula":
            found = [*_tags(tags, lang, NUMERIC), *_functions(lang, ("least", "greatest"))]
        case "expression":
            found = [*_functions(lang, FUNCTIONS), *_tags(tags, lang)]
        case "layers":
            found = [*_acts(lang), *_tags(tags, lang)]
        case _:
            found = []
    return found


def _columns(sources: Iterable[str], lang: str) -> Hints:
    names = dict.fromkeys(source.partition(".")[0] for source in sources)
    known = facts_known()
    return [
        (known[name].row.say(lang), [_field(one, lang) for one in known[name].columns.values()])
        for name in names
        if name in known
    ]


def _tags(tags: Tags, lang: str, fitting: frozenset[str] | None = None) -> Iterator[tuple[str, list[Hint]]]:
    for element in ELEMENTS:
        listed = [
            _field(tag.field, lang)
            for tag in tags.values()
            if tag.element == element and (tag.type != "list" if fitting is None else tag.type in fitting)
        ]
        if listed:
            yield say(f"element.{element}", lang), listed


def _acts(lang: str) -> Hints:
    """How a condition asks what customers did, and of which facts."""
    known = facts_known().values()
    ways = [Hint(usage, say(f"tags.hint.{name}", lang), "") for name, usage in _WAYS.items()]
    asked = [
        Hint(f"did {fact.name}", say("tags.hint.of", lang, fact=fact.row.say(lang)), "") for fact in known if fact.at
    ]
    return [(say("tags.hint.acts", lang), [*ways, *asked])]


def _functions(lang: str, names: Iterable[str]) -> Hints:
    found = [Hint(FUNCTIONS[name].usage, say(f"expression.fn.{name}", lang), "") for name in names]
    if len(found) > 2:
        found += [
            Hint("case when … then … else … end", say("tags.hint.case", lang), ""),
            Hint(AS_OF, say("expression.as_of", lang), say("tags.type.date", lang)),
        ]
    return [(say("tags.hint.functions", lang), found)]


def _field(field: Field, lang: str) -> Hint:
    values = list(field.values.items())
    told = [f"{code} {labels.say(lang)}" for code, labels in values[:_MOST_VALUES]]
    about = say("condition.list_join", lang).join([*told, *(["…"] if len(values) > _MOST_VALUES else [])])
    return Hint(field.key, field.name.say(lang), about or say(f"tags.type.{field.type}", lang))
