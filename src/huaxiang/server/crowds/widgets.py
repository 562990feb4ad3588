"""What the form of a rule shows: for each row the operators that fit its tag and the inputs for its value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from huaxiang.analyse.known_values import known_values
from huaxiang.errors import DefinitionError
from huaxiang.model.fields import NUMERIC, Field
from huaxiang.model.operators import Operator, operators_for
from huaxiang.model.tables import ELEMENTS
from huaxiang.server.crowds.draft import Draft, Read, Row
from huaxiang.server.crowds.sight import Sight
from huaxiang.words import say

Kind = Literal["none", "choice", "choices", "inputs"]


@dataclass(frozen=True)
class Option:
    """One entry of a select or one box to tick."""

    value: str
    label: str
    chosen: bool = False


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
    suggestions: tuple[str, ...] = ()
    suffix: str = ""
    numeric: bool = False
    dated: bool = False
    several: bool = False

    @property
    def shape(self) -> str:
        """Equal for widgets in which the same could be typed or chosen."""
        return f"{self.kind}-{len(self.typed)}-{self.numeric:d}{self.dated:d}{self.several:d}"


@dataclass(frozen=True)
class RowForm:
    """One row as the page shows it; ``problem`` is the sentence that says what is wrong with it."""

    row: Row
    tags: tuple[OptionGroup, ...]
    operators: tuple[Option, ...]
    widget: Widget
    meaning: str = ""
    problem: str = ""


def row_forms(draft: Draft, found: Read, sight: Sight) -> tuple[RowForm, ...]:
    """Every row of the draft with its choices."""
    problems = {number: problem.say(sight.lang) for number, problem in found.problems}
    return tuple(replace(row_form(row, sight), problem=problems.get(row.number, "")) for row in draft.rows)


def row_form(row: Row, sight: Sight) -> RowForm:
    """One row with its choices; without operators while no tag that exists is chosen."""
    tags = tag_groups(sight, row.tag)
    if row.tag not in sight.fields:
        return RowForm(row, tags, (), Widget("none"))
    field, operator = sight.fields[row.tag], row.operator(sight.fields)
    offered = tuple(
        Option(each.key, say(f"operator.{each.code}", sight.lang), each.key == operator.key)
        for each in _offered(field, operator)
    )
    return RowForm(row, tags, offered, _widget(row, field, operator, sight), _meaning(row.tag, sight))


def _offered(field: Field, chosen: Operator) -> list[Operator]:
    # Parts of a code mean nothing to people, so a field with named values is not searched inside.
    fitting = operators_for(field.type)
    return [
        each for each in fitting if each is chosen or not field.values or each.key not in ("contains", "starts with")
    ]


def tag_groups(sight: Sight, chosen: str) -> tuple[OptionGroup, ...]:
    """Every tag that is offered, by element; what RFM says stands with purchasing."""
    tags = sight.definitions.tags
    by_element: dict[str, list[Option]] = {element: [] for element in ELEMENTS}
    for key, field in sight.fields.items():
        if key not in tags or not tags[key].helper or key == chosen:
            element = tags[key].element if key in tags else "purchasing"
            by_element[element].append(Option(key, field.name.say(sight.lang), key == chosen))
    return tuple(
        OptionGroup(say(f"crowds.element.{element}", sight.lang), tuple(options))
        for element, options in by_element.items()
    )


def _meaning(key: str, sight: Sight) -> str:
    tag = sight.definitions.tags.get(key)
    if tag is None:
        return say("crowds.rfm_field_meaning", sight.lang)
    return tag.meaning_zh if sight.lang == "zh" else tag.meaning_en


def _widget(row: Row, field: Field, operator: Operator, sight: Sight) -> Widget:
    if operator.value == "none":
        return Widget("none", ())
    if field.type == "bool":
        return Widget("choice", options=_yes_or_no(row, sight.lang))
    if field.values and operator.key not in ("contains", "starts with"):
        kind: Kind = "choices" if operator.value == "many" else "choice"
        return Widget(kind, options=_named_values(row, field, sight.lang))
    return _inputs(row, field, operator, sight)


def _inputs(row: Row, field: Field, operator: Operator, sight: Sight) -> Widget:
    several, numeric = operator.value == "many", field.type in NUMERIC
    typed = _texts(row, operator, say("condition.list_join", sight.lang))
    return Widget(
        kind="inputs",
        typed=typed,
        suggestions=() if numeric else _suggested(field, sight),
        suffix="%" if field.type == "share" else "",
        numeric=numeric,
        dated=field.type in ("date", "timestamp") and not several,
        several=several,
    )


def _texts(row: Row, operator: Operator, join: str) -> tuple[str, ...]:
    """As many texts as there are inputs: two for a range, else one."""
    if operator.value == "range":
        return (*row.typed[:2], "", "")[:2]
    if operator.value == "many":
        return (join.join(text for text in row.typed if text),)
    return (row.typed[0] if row.typed else "",)


def _suggested(field: Field, sight: Sight) -> tuple[str, ...]:
    if field.type not in ("text", "list") or field.values:
        return ()
    return known_values(sight.engine, sight.table, field.key)


def _yes_or_no(row: Row, lang: str) -> tuple[Option, ...]:
    chosen = row.typed[0] if row.typed else ""
    return tuple(Option(text, say(f"condition.{text}", lang), text == chosen) for text in ("true", "false"))


def _named_values(row: Row, field: Field, lang: str) -> tuple[Option, ...]:
    chosen = {_code(text, field) for text in row.typed}
    return tuple(Option(code, labels.say(lang), code in chosen) for code, labels in field.values.items())


def _code(text: str, field: Field) -> str:
    return next((code for code, labels in field.values.items() if text in (code, labels.zh, labels.en)), text)


def whole_problem(found: Read, lang: str) -> str:
    """What is wrong with the text or the whole rule; empty when nothing is."""
    wrong: list[DefinitionError] = [problem for number, problem in found.problems if number == 0]
    return wrong[0].say(lang) if wrong else ""
