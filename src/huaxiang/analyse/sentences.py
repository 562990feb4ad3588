"""Conditions in words, made from the same records that the engine computes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from huaxiang.model.compared import compared_with
from huaxiang.model.conditions import All, AnyOf, Condition, Not, Test
from huaxiang.model.fields import Field, Fields, field_named
from huaxiang.model.operators import operator_named
from huaxiang.number_words import date_words, percent, short_number
from huaxiang.words import say


def sentence(condition: Condition, lang: str, fields: Fields) -> str:
    """The condition in ``zh`` or ``en``; :class:`DefinitionError` for fields and values that do not fit."""
    match condition:
        case All(all=()):
            return say("condition.everyone", lang)
        case All(all=(only,)) | AnyOf(any=(only,)):
            return sentence(only, lang, fields)
        case All():
            return _chained("condition.all_of", condition.all, lang, fields)
        case AnyOf():
            return _chained("condition.any_of", condition.any, lang, fields)
        case Not():
            return say("condition.not_true", lang, inside=sentence(condition.part, lang, fields))
        case Test():
            return _tested(condition, lang, field_named(condition.field, fields))


def value_words(value: Any, field: Field, lang: str) -> str:
    """A value of the field as people read it: the name of a code, a share in percent, a day in words, a number, or
    several texts."""
    if isinstance(value, list):
        return say("condition.list_join", lang).join(value_words(item, field, lang) for item in value) or "—"
    if isinstance(value, bool):
        return say("condition.true" if value else "condition.false", lang)
    if isinstance(value, date | datetime):
        return date_words(value.date() if isinstance(value, datetime) else value, lang)
    if isinstance(value, int | float | Decimal):
        return percent(value, lang) if field.type == "share" else short_number(value, lang)
    named = field.values.get(value) if isinstance(value, str) else None
    return named.say(lang) if named else ("—" if value is None else str(value))


def _chained(code: str, parts: Sequence[Condition], lang: str, fields: Fields) -> str:
    said = [_inner(part, lang, fields) for part in parts]
    text = said[-1]
    for first in reversed(said[:-1]):
        text = say(code, lang, first=first, rest=text)
    return text


def _inner(condition: Condition, lang: str, fields: Fields) -> str:
    text = sentence(condition, lang, fields)
    group = isinstance(condition, All) and len(condition.all) > 1
    group = group or (isinstance(condition, AnyOf) and len(condition.any) > 1)
    return say("condition.inner", lang, inside=text) if group else text


def _tested(test: Test, lang: str, field: Field) -> str:
    operator, value = operator_named(test.op), compared_with(test, field)
    code, name = f"operator.{operator.code}.sentence", field.name.say(lang)
    match operator.value:
        case "none":
            return say(code, lang, field=name)
        case "range":
            low, high = (value_words(end, field, lang) for end in value)
            return say(code, lang, field=name, low=low, high=high)
        case "many":
            listed = say("condition.list_join", lang).join(value_words(item, field, lang) for item in value)
            return say(code, lang, field=name, value=listed)
        case _:
            return say(code, lang, field=name, value=value_words(value, field, lang))
