"""Expressions in words: with the names of the tags instead of their keys."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from huaxiang.model.expressions import AS_OF, Call, Case, Name, Node, Value
from huaxiang.model.fields import Field
from huaxiang.model.tags import Tags
from huaxiang.number_words import date_words
from huaxiang.words import say

_SIGNS = {
    "+": " + ",
    "-": " − ",
    "*": " × ",
    "/": " ÷ ",
    "%": " mod ",
    "||": " & ",
    "!=": " ≠ ",
    "<=": " ≤ ",
    ">=": " ≥ ",
}
_SIGNS |= {sign: f" {sign} " for sign in ("=", "<", ">")}
_BINDING = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "||": 5, "*": 6, "/": 6, "%": 6}


def expression_words(node: Node, lang: str, tags: Tags, wanted: Field | None = None) -> str:
    """The expression in ``zh`` or ``en``; texts that are values of ``wanted`` by the names of these."""
    match node:
        case Value():
            return _value(node, lang, wanted)
        case Name():
            return say("expression.as_of", lang) if node.key == AS_OF else tags[node.key].name.say(lang)
        case Case():
            return _case(node, lang, tags, wanted)
        case Call():
            return _call(node, lang, tags, wanted)


def _value(node: Value, lang: str, field: Field | None) -> str:
    value = node.value
    if value is None:
        return say("expression.nothing", lang)
    if isinstance(value, bool):
        return say("condition.true" if value else "condition.false", lang)
    if isinstance(value, date):
        return date_words(value, lang)
    if isinstance(value, str):
        named = field.values.get(value) if field else None
        return named.say(lang) if named else f"“{value}”"
    return f"{Decimal(repr(value)):f}"


def _case(node: Case, lang: str, tags: Tags, wanted: Field | None) -> str:
    said = [
        say(
            "expression.when",
            lang,
            condition=expression_words(condition, lang, tags),
            value=expression_words(value, lang, tags, wanted),
        )
        for condition, value in node.whens
    ]
    otherwise = say("expression.else", lang, value=expression_words(node.otherwise, lang, tags, wanted))
    return say("rule.layer_join", lang).join([*said, otherwise])


def _call(node: Call, lang: str, tags: Tags, wanted: Field | None) -> str:
    act, field = node.act, _field(node, tags) or wanted
    said = [_part(part, node, place, lang, tags, field) for place, part in enumerate(node.parts)]
    if act in _SIGNS:
        return _SIGNS[act].join(said)
    if act in ("and", "or"):
        return say(f"expression.{act}", lang).join(said)
    if act in ("in", "not in"):
        listed = say("condition.list_join", lang).join(said[1:])
        return say(f"expression.{act.replace(' ', '_')}", lang, of=said[0], values=listed)
    if act in ("not", "is null"):
        return say(f"expression.{act.replace(' ', '_')}", lang, of=said[0])
    return say("expression.call", lang, name=say(f"expression.fn.{act}", lang), parts=", ".join(said))


def _part(part: Node, whole: Call, place: int, lang: str, tags: Tags, field: Field | None) -> str:
    text = expression_words(part, lang, tags, field)
    if not isinstance(part, Call) or (whole.act not in _BINDING and whole.act not in _SIGNS):
        return f"({text})" if isinstance(part, Case) else text
    mine, inner = _BINDING.get(whole.act, 4), _BINDING.get(part.act, 4 if part.act in _SIGNS else 9)
    # What stands to the right of a minus or a division is not to be read as if it stood to the left.
    return f"({text})" if inner < mine or (inner == mine and (place > 0 or whole.act not in _SIGNS)) else text


def _field(node: Call, tags: Tags) -> Field | None:
    """The tag that texts in a comparison are values of."""
    if node.act not in ("=", "!=", "in", "not in"):
        return None
    return next((tags[part.key].field for part in node.parts if isinstance(part, Name) and part.key in tags), None)
