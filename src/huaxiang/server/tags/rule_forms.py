"""The form of each kind of rule: the inputs that it has, and what they say as a definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huaxiang.model.rules import Rule
from huaxiang.server.tags.rule_entries import ENTRIES
from huaxiang.server.tags.rule_rows import row_name, rows_in

#: Rows of a rule: the part of the definition that they are, and the inputs of each.
ROWS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "parts": ("parts", ("column", "weight", "where")),
    "bands": ("bands", ("value", "first_hour", "end_hour")),
    "steps": ("layers", ("value", "from_place")),
    "layers": ("layers", ("value", "when")),
}


@dataclass(frozen=True)
class RuleForm:
    """The inputs for one kind of rule: ``plain`` ones, ``rows`` of some, and those that few rules need (``rare``).
    ``types`` are the types of value that it can give, the usual one first; empty for any."""

    plain: tuple[str, ...] = ()
    rare: tuple[str, ...] = ()
    rows: str = ""
    types: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[str, ...]:
        """All inputs but those of rows."""
        return (*self.plain, *self.rare)


_OTHER_DAYS = ("skip_days", "first_day", "last_day")
_RARE = (*_OTHER_DAYS, "when_empty", "expires_after_days")
_NUMBERS = ("number", "int", "share", "money", "quantity")

#: The form of every kind of rule, by kind; kinds of one source stand together.
FORMS: Mapping[str, RuleForm] = {
    "given": RuleForm(),
    "golden": RuleForm(("column", "policy", "where", "window_days"), ("sources", *_RARE)),
    "statistic": RuleForm(
        ("column", "measure", "where", "window_days", "when_empty"), (*_OTHER_DAYS, "expires_after_days")
    ),
    "favourite": RuleForm(("column", "by", "where", "window_days"), _RARE),
    "preference": RuleForm(
        ("top", "half_life_days", "window_days", "idf"), (*_OTHER_DAYS, "expires_after_days"), "parts", ("list", "text")
    ),
    "distribution": RuleForm(
        ("fact", "where", "window_days", "half_life_days", "smooth", "clear_share", "unclear"),
        (*_OTHER_DAYS, "expires_after_days"), "bands", ("text", "int"),
    ),
    "layers": RuleForm(("needs",), (), "layers", ("text",)),
    "percentile": RuleForm(("of", "within"), (), "steps", ("text", "share", "number")),
    "formula": RuleForm(("formula",), types=_NUMBERS),
    "expression": RuleForm(("expression",)),
    "since": RuleForm(("of", "counted_in"), types=("int",)),
    "anniversary": RuleForm(("of",), types=("int",)),
    "lookup": RuleForm(("of", "groups", "otherwise"), types=("text",)),
    "everyone": RuleForm(("divide", "divisor"), types=_NUMBERS),
    "model": RuleForm(("output", "confidence"), ("params",)),
}  # fmt: skip

_USUAL = {
    "top": "5", "half_life_days": "90", "smooth": "5", "clear_share": "25", "policy": "newest", "measure": "count",
    "when_empty": "unknown", "counted_in": "days", "fact": "act",
}  # fmt: skip


def typed_rule(rule: Rule) -> dict[str, str]:
    """What stands in the form for a rule, by the names of its inputs."""
    form = FORMS[rule.kind]
    typed = {name: ENTRIES[name].written(rule) for name in form.entries}
    if form.rows:
        part, names = ROWS[form.rows]
        for number, row in enumerate(getattr(rule, part)):
            typed |= {row_name(form.rows, number, name): ENTRIES[name].written(row) for name in names}
    return typed


def rule_body(typed: Mapping[str, str]) -> dict[str, Any]:
    """The rule that the form says, as a definition; an input without text says nothing.

    Raises :class:`DefinitionError` for a text that its entry cannot read.
    """
    kind = typed.get("kind", "")
    form = FORMS.get(kind, RuleForm())
    body = {"kind": kind, **_said({name: typed.get(name, "") for name in form.entries})}
    if form.rows and (rows := rows_in(typed, form.rows)):
        part, names = ROWS[form.rows]
        body[part] = [_said({name: row.get(name, "") for name in names}) for row in rows]
    return body


def fitted(typed: Mapping[str, str]) -> dict[str, str]:
    """The form with what its kind of rule needs: a type of value that it can give, and what is usual where nothing is
    chosen."""
    form = FORMS.get(typed.get("kind", ""), RuleForm())
    found = {**typed, **{name: text for name, text in _USUAL.items() if name in form.entries and not typed.get(name)}}
    if form.types and found.get("type") not in form.types:
        found["type"] = form.types[0]
    return found


def codes_of(body: Mapping[str, Any]) -> list[str]:
    """The values that a rule names, in their order: those of its rows, then what stands for all others."""
    rows = [*body.get("layers", ()), *body.get("bands", ())]
    found = [row.get("value") for row in rows] + [body.get("unclear"), body.get("otherwise")]
    return [code for code in found if code]


def _said(typed: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, text in typed.items():
        found |= ENTRIES[name].said(text.strip()) if text.strip() else {}
    return found
