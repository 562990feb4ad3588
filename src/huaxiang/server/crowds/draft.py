"""A rule while somebody writes it: rows of a form, or one line of text, and the condition that they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from django.http import QueryDict

from huaxiang.errors import DefinitionError
from huaxiang.model.compared import compared_with
from huaxiang.model.condition_text import condition_from_text, text_of
from huaxiang.model.conditions import EVERYONE, All, AnyOf, Condition, Not, Test
from huaxiang.model.fields import Fields, field_named
from huaxiang.model.operators import OPERATORS, Operator, operators_for
from huaxiang.model.vocabulary import Vocabulary, check_asked
from huaxiang.server.crowds.values import typed_from, value_from

Join = Literal["all", "any"]
MOST_ROWS = 40
_OPPOSITE: dict[Join, Join] = {"all": "any", "any": "all"}


@dataclass(frozen=True)
class Row:
    """One test of the form. ``number`` names its inputs; ``grouped`` puts it into the inner group."""

    number: int
    tag: str
    op: str = ""
    typed: tuple[str, ...] = ()
    negated: bool = False
    grouped: bool = False

    def operator(self, fields: Fields) -> Operator:
        """The chosen operator, or the first that fits the tag where the chosen one does not."""
        fitting = operators_for(field_named(self.tag, fields).type)
        return next((row for row in fitting if row.key == self.op), fitting[0])


@dataclass(frozen=True)
class Draft:
    """The whole form: rows joined by all or any, with one inner group; or a text. ``text`` None means rows."""

    rows: tuple[Row, ...] = ()
    join: Join = "all"
    inner: Join = "any"
    text: str | None = None


@dataclass(frozen=True)
class Read:
    """What a draft says: the condition (None when it makes no sense), what is wrong, and how many rows are unfinished.

    ``problems`` has the row's number (0: the text or the whole) with the error.
    """

    condition: Condition | None
    problems: tuple[tuple[int, DefinitionError], ...] = ()
    unfinished: tuple[int, ...] = field(default=())


def draft_from(form: QueryDict) -> Draft:
    """The draft that a posted form holds; what is not there is as in an empty form, what is too much is left out."""
    rows = [_row(form, text) for text in form.getlist("row")[:MOST_ROWS] if text.isascii() and text.isdigit()]
    return Draft(
        rows=tuple({row.number: row for row in rows if row.number > 0}.values()),
        join="any" if form.get("join") == "any" else "all",
        inner="all" if form.get("inner") == "all" else "any",
        text=form.get("text", "") if form.get("mode") == "text" else None,
    )


def read(draft: Draft, known: Vocabulary) -> Read:
    """The condition of a draft, without its unfinished rows."""
    return _read_text(draft.text, known) if draft.text is not None else _read_rows(draft, known.fields)


def draft_of(condition: Condition, fields: Fields) -> Draft:
    """The draft that says the condition: rows where rows can say it, else its text."""
    try:
        return _as_rows(condition, fields) or Draft(text=text_of(condition))
    except DefinitionError:
        return Draft(text=text_of(condition))


def next_number(draft: Draft) -> int:
    """A number that no row has yet."""
    return max((row.number for row in draft.rows), default=0) + 1


def _row(form: QueryDict, number: str) -> Row:
    return Row(
        number=int(number[:6]),
        tag=form.get(f"tag-{number}", ""),
        op=form.get(f"op-{number}", ""),
        typed=tuple(form.getlist(f"value-{number}")[:200]),
        negated=form.get(f"not-{number}") == "1",
        grouped=form.get(f"in-{number}") == "1",
    )


def _read_text(text: str, known: Vocabulary) -> Read:
    if not text.strip():
        return Read(EVERYONE)
    try:
        condition = condition_from_text(text)
        check_asked(condition, known)
    except DefinitionError as problem:
        return Read(None, ((0, problem),))
    return Read(condition)


def _read_rows(draft: Draft, fields: Fields) -> Read:
    parts: dict[bool, list[Condition]] = {False: [], True: []}
    problems, unfinished = [], []
    for row in draft.rows:
        try:
            test = _test(row, fields)
        except DefinitionError as problem:
            problems.append((row.number, problem))
            continue
        if test is None:
            unfinished.append(row.number)
        else:
            parts[row.grouped].append(Not(part=test) if row.negated else test)
    if parts[True]:
        parts[False].append(_joined(draft.inner, parts[True]))
    condition = None if problems else _joined(draft.join, parts[False])
    return Read(condition, tuple(problems), tuple(unfinished))


def _test(row: Row, fields: Fields) -> Test | None:
    if not row.tag:
        return None
    found, operator = field_named(row.tag, fields), row.operator(fields)
    value = value_from(row.typed, operator, found)
    if value is None and operator.value != "none":
        return None
    test = Test(field=row.tag, op=operator.key, value=value)
    compared_with(test, found)
    return test


def _joined(join: Join, parts: list[Condition]) -> Condition:
    if not parts:
        return EVERYONE
    if len(parts) == 1:
        return parts[0]
    return All(all=tuple(parts)) if join == "all" else AnyOf(any=tuple(parts))


def _as_rows(condition: Condition, fields: Fields) -> Draft | None:
    join, parts = _split(condition)
    groups = [part for part in parts if isinstance(part, All | AnyOf)]
    if len(groups) > 1 or (groups and (_split(groups[0])[0] == join or len(_split(groups[0])[1]) < 2)):
        return None
    inner = _split(groups[0])[1] if groups else ()
    plain = _rows((part for part in parts if part not in groups), fields, 1, grouped=False)
    nested = _rows(inner, fields, 1 + len(plain or ()), grouped=True)
    if plain is None or nested is None or len(plain) + len(nested) > MOST_ROWS:
        return None
    return Draft(rows=(*plain, *nested), join=join, inner=_OPPOSITE[join])


def _split(condition: Condition) -> tuple[Join, tuple[Condition, ...]]:
    if isinstance(condition, AnyOf):
        return "any", condition.any
    return "all", condition.all if isinstance(condition, All) else (condition,)


def _rows(parts: Iterable[Condition], fields: Fields, first: int, *, grouped: bool) -> tuple[Row, ...] | None:
    found = []
    for number, part in enumerate(parts, first):
        row = _row_of(part, fields, number)
        if row is None:
            return None
        found.append(replace(row, grouped=grouped))
    return tuple(found)


def _row_of(part: Condition, fields: Fields, number: int) -> Row | None:
    test = part.part if isinstance(part, Not) else part
    if not isinstance(test, Test) or test.op not in OPERATORS:
        return None
    typed = typed_from(test.value, field_named(test.field, fields))
    row = Row(number, test.field, test.op, typed, negated=isinstance(part, Not))
    # A value that the form cannot hold, such as a text with a comma among several, is left to the text.
    return row if _test(row, fields) == test else None
