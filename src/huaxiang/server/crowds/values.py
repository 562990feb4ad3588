"""Values between a form and a condition: what people type becomes text, numbers, days, yes or no, and back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from huaxiang.errors import DefinitionError
from huaxiang.model.conditions import Scalar, Value
from huaxiang.model.fields import NUMERIC, Field
from huaxiang.model.operators import Operator

_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,12})?\Z")
_BETWEEN = re.compile(r"[,，、;；\n]")


def value_from(typed: Sequence[str], operator: Operator, field: Field) -> Value | None:
    """The value that the typed texts say; None while something is still missing.

    Shares are typed in percent. Several values are separate texts or one text with commas. Raises
    :class:`DefinitionError` for what is no number, day, or yes and no.
    """
    texts = [text.strip() for text in typed if text.strip()]
    match operator.value:
        case "one":
            return _scalar(texts[0], field) if texts else None
        case "days":
            return _number(texts[0], field) if texts else None
        case "many":
            parts = [part.strip() for text in texts for part in _BETWEEN.split(text)]
            return tuple(_scalar(part, field) for part in dict.fromkeys(parts) if part) or None
        case "range":
            ends = [_scalar(text, field) for text in texts[:2]]
            return (ends[0], ends[1]) if len(ends) == 2 else None
        case _:
            return None


def typed_from(value: Value | None, field: Field) -> tuple[str, ...]:
    """The texts that a form shows for a value of a condition; the opposite of :func:`value_from`."""
    if value is None:
        return ()
    return tuple(_typed(item, field) for item in (value if isinstance(value, tuple) else (value,)))


def _scalar(text: str, field: Field) -> Scalar:
    if field.type in NUMERIC:
        return _number(text, field)
    if field.type == "bool":
        if text not in ("true", "false"):
            raise DefinitionError("crowds.not_yes_or_no", field=field.name.message, given=text[:60])
        return text == "true"
    return text


def _number(text: str, field: Field) -> int | float:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").removesuffix("%").strip()
    if not _NUMBER.match(plain):
        raise DefinitionError("crowds.not_a_number", field=field.name.message, given=text[:60])
    number = Decimal(plain) / 100 if field.type == "share" else Decimal(plain)
    return int(number) if number == number.to_integral_value() else float(number)


def _typed(value: Scalar, field: Field) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        number = Decimal(str(value)) * (100 if field.type == "share" else 1)
        return f"{number.normalize():f}"
    return value
