"""The inputs for what a field is compared with: choices, boxes to tick, texts, numbers and days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from huaxiang.model.fields import NUMERIC, Field
from huaxiang.model.operators import Operator, operators_for
from huaxiang.words import say

Kind = Literal["none", "choice", "choices", "inputs"]
#: What gives the values to choose from when they are asked for.
Suggest = Callable[[], tuple["Suggestion", ...]]
Typed = Sequence[str]


@dataclass(frozen=True)
class Option:
    """One entry of a select or one box to tick."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True)
class Suggestion:
    """A value to choose from; ``label`` says of how many customers it is known, where that may be told."""

    value: str
    label: str = ""


@dataclass(frozen=True)
class OptionGroup:
    """Entries of a select under one heading."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Widget:
    """The inputs for a row's value. ``typed`` has as many texts as there are inputs; ``suffix`` stands behind them."""

    kind: Kind
    typed: tuple[str, ...] = ("",)
    options: tuple[Option, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    suffix: str = ""
    numeric: bool = False
    dated: bool = False
    several: bool = False

    @property
    def shape(self) -> str:
        """Equal for widgets in which the same could be typed or chosen."""
        return f"{self.kind}-{len(self.typed)}-{self.numeric:d}{self.dated:d}{self.several:d}"


def offered(field: Field, chosen: Operator, lang: str) -> tuple[Option, ...]:
    """The operators for a field of that type, in order."""
    # Parts of a code mean nothing to people, so a field with named values is not searched inside.
    coded = field.values and not field.is_open
    fitting = [each for each in operators_for(field.type) if each is chosen or not (coded and each.is_inside)]
    return tuple(Option(each.key, say(f"operator.{each.code}", lang), each is chosen) for each in fitting)


def widget_for(typed: Typed, field: Field, operator: Operator, lang: str, suggest: Suggest = tuple) -> Widget:
    """The inputs for what a field is compared with; ``suggest`` gives values of a text to choose from."""
    if operator.value == "none":
        return Widget("none", ())
    if field.type == "bool":
        return Widget("choice", options=_yes_or_no(typed, lang))
    if operator.value == "days":
        typed_days = _texts(typed, operator, "")
        return Widget("inputs", typed=typed_days, suffix=say(f"operator.{operator.code}.unit", lang), numeric=True)
    if field.values and not field.is_open and not operator.is_inside:
        kind: Kind = "choices" if operator.value == "many" else "choice"
        return Widget(kind, options=_named_values(typed, field, lang))
    return _inputs(typed, field, operator, lang, suggest)


def _inputs(typed: Typed, field: Field, operator: Operator, lang: str, suggest: Suggest) -> Widget:
    several, numeric = operator.value == "many", field.type in NUMERIC
    # Whoever looks inside a code means its letters.
    names = {} if operator.is_inside else {code: labels.say(lang) for code, labels in field.values.items()}
    known = suggest() if field.type in ("text", "list") else ()
    return Widget(
        kind="inputs",
        typed=_texts([names.get(text, text) for text in typed], operator, say("condition.list_join", lang)),
        suggestions=tuple(replace(one, value=names.get(one.value, one.value)) for one in known),
        suffix="%" if field.type == "share" else "",
        numeric=numeric,
        dated=field.type in ("date", "timestamp") and not several,
        several=several,
    )


def _texts(typed: Typed, operator: Operator, join: str) -> tuple[str, ...]:
    """As many texts as there are inputs: two for a range, else one."""
    if operator.value == "range":
        return (*typed[:2], "", "")[:2]
    if operator.value == "many":
        return (join.join(text for text in typed if text),)
    return (typed[0] if typed else "",)


def _yes_or_no(typed: Typed, lang: str) -> tuple[Option, ...]:
    chosen = typed[0] if typed else ""
    return tuple(Option(text, say(f"condition.{text}", lang), text == chosen) for text in ("true", "false"))


def _named_values(typed: Typed, field: Field, lang: str) -> tuple[Option, ...]:
    chosen = {_code(text, field) for text in typed}
    return tuple(Option(code, labels.say(lang), code in chosen) for code, labels in field.values.items())


def _code(text: str, field: Field) -> str:
    return next((code for code, labels in field.values.items() if text in (code, labels.zh, labels.en)), text)
