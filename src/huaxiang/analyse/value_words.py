"""Values and tests on fields in words."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from huaxiang.model.compared import compared_with
from huaxiang.model.conditions import Test
from huaxiang.model.extra_columns import as_tested
from huaxiang.model.fields import Field
from huaxiang.model.operators import operator_named
from huaxiang.number_words import date_words, exact_number, exact_percent, percent, short_number
from huaxiang.words import say


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


def masked_words(value: Any, lang: str) -> str:
    """What covers a value, of several values one after the other."""
    return say("condition.list_join", lang).join(value) if isinstance(value, list) else str(value)


def test_words(test: Test, lang: str, field: Field) -> str:
    """One test on the field in ``zh`` or ``en``; :class:`DefinitionError` where it does not fit the field."""
    operator, value, field = operator_named(test.op), compared_with(test, field), as_tested(test, field)
    form = "of_list" if operator.is_inside and field.type == "list" else "sentence"
    code, name = f"operator.{operator.code}.{form}", field.name.say(lang)
    match operator.value:
        case "none":
            return say(code, lang, field=name)
        case "days":
            return say(code, lang, field=name, value=value)
        case "range":
            low, high = (_compared(end, field, lang) for end in value)
            return say(code, lang, field=name, low=low, high=high)
        case "many":
            listed = say("condition.list_join", lang).join(_compared(item, field, lang) for item in value)
            return say(code, lang, field=name, value=listed)
        case _:
            return say(code, lang, field=name, value=_compared(value, field, lang))


def _compared(value: Any, field: Field, lang: str) -> str:
    # Two rules that differ read differently: no digit is rounded away.
    if isinstance(value, int | float) and not isinstance(value, bool):
        return exact_percent(value, lang) if field.type == "share" else exact_number(value, lang)
    return value_words(value, field, lang)
