"""What a test compares its field with: the value of the definition, brought to the type of the field."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from typing import Any, NoReturn

from huaxiang.errors import DefinitionError
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import Condition, Meaning, Scalar, Test, caps, leaves
from huaxiang.model.extra_columns import as_tested
from huaxiang.model.fields import NUMERIC, Field, Fields, Labels, field_named
from huaxiang.model.operators import Operator, operator_named, operators_for
from huaxiang.model.places import whole_name
from huaxiang.model.shown import shown
from huaxiang.words import Message

# Beyond this a float no longer tells whole numbers apart.
_GREATEST = 2**53


def compared_with(test: Test, field: Field) -> Any:
    """The value to compare the field with: text, int, float, bool or date, a tuple of them, or None; of an operator
    that counts days from the ``as_of`` day, their number.

    A timestamp is compared by its day, so it takes dates too. Where a field's values are codes, a code or its name in
    either language will do, of an open field any other text too, and where they are places any spelling. Raises
    :class:`DefinitionError` where operator and field, or value and field, do not fit.
    """
    operator, field = operator_named(test.op), as_tested(test, field)
    if field.type not in operator.types:
        fitting = ", ".join(row.key for row in operators_for(field.type))
        raise DefinitionError("condition.operator_unfit", field=field.key, op=test.op, type=field.type, fitting=fitting)
    if test.value is None or operator.value == "days":
        return test.value
    if isinstance(test.value, tuple):
        brought = tuple(_brought(value, field, operator) for value in test.value)
        return _in_order(brought, test, field) if operator.value == "range" else brought
    return _brought(test.value, field, operator)


def _in_order(ends: tuple[Any, ...], test: Test, field: Field) -> tuple[Any, ...]:
    # Nothing lies in it, which nobody means.
    if isinstance(test.value, tuple) and ends[0] > ends[1]:
        low, high = (shown(end) for end in test.value)
        raise DefinitionError("condition.range_backwards", field=field.key, low=low, high=high)
    return ends


def check(condition: Condition, fields: Fields) -> None:
    """Raise :class:`DefinitionError` at the first test that names an unknown field or does not fit it, and at what
    cannot be asked of one row: events, sequences, crowds and lists."""
    for leaf in (*caps(condition), *leaves(condition)):
        test = of_one_row(leaf)
        compared_with(test, field_named(test.field, fields))


def of_one_row(leaf: Meaning) -> Test:
    """The leaf as a test on one row; :class:`DefinitionError` for what only a customer can be asked."""
    if not isinstance(leaf, Test):
        raise DefinitionError("condition.only_of_customers", given=text_of(leaf)[:120])
    return leaf


def _brought(value: Scalar, field: Field, operator: Operator) -> Any:
    if field.type in NUMERIC:
        return _number(value, field)
    if field.type == "bool":
        return value if isinstance(value, bool) else _unfit(value, field)
    if field.type in ("date", "timestamp"):
        return _day(value, field)
    text = _text(value, field)
    if operator.is_inside:
        return text
    if field.place:
        return whole_name(text, field.place) or text
    return _code(text, field) if field.values else text


def _number(value: Scalar, field: Field) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _GREATEST:
        _unfit(value, field)
    return value


def _day(value: Scalar, field: Field) -> date:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else _unfit(value, field)
    except ValueError:
        _unfit(value, field)


def _text(value: Scalar, field: Field) -> str:
    if isinstance(value, bool | float):
        _unfit(value, field)
    return str(value)


def _code(text: str, field: Field) -> str:
    if text in field.values:
        return text
    for code, labels in field.values.items():
        if text in (labels.zh, labels.en):
            return code
    if field.is_open or text.strip().casefold() in field.said:
        return field.said.get(text.strip().casefold(), text)
    near = _near_values(text[:80], field)
    raise DefinitionError("condition.unknown_value", field=field.key, given=text[:80], nearest=near)


def _near_values(text: str, field: Field) -> Message:
    """The values that look most like the text, each by its name and its code; the first ones where none does."""
    known = {name: code for code, labels in field.values.items() for name in (code, labels.zh, labels.en)}
    names = [name for name in known if text in name] or get_close_matches(text, known, cutoff=0.4)
    close = [known[name] for name in names]
    told = {code: field.values[code] for code in (close or [*field.values])[:8]}
    zh = "、".join(labels.zh if labels.zh == code else f"{labels.zh}（{code}）" for code, labels in told.items())
    en = ", ".join(labels.en if labels.en == code else f"{labels.en} ({code})" for code, labels in told.items())
    return Labels(zh=zh, en=en).message


def _unfit(value: Scalar, field: Field) -> NoReturn:
    raise DefinitionError("condition.value_unfit", field=field.key, given=shown(value), type=field.type)
