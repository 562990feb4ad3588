"""Where in the form of a tag a mistake lies: the input beside which it is told."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from huaxiang.errors import HuaxiangError
from huaxiang.server.tags.rule_forms import FORMS, ROWS, RuleForm
from huaxiang.server.tags.rule_rows import row_name
from huaxiang.words import Message

#: Inputs that a mistake may lie in, by the beginning of its code, the likeliest first.
_INPUTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("tags.not_a_percentage", ("clear_share", "from_place", "least", "most", "sizes")),
    ("expression.result", ("type", "expression", "formula")),
    ("expression.", ("expression", "formula")),
    ("formula.", ("formula",)),
    ("condition.tag_broken", ("when", "needs")),
    ("condition.", ("when", "where")),
    ("tag.type_unfit", ("type", "of")),
    ("tag.model_type", ("type",)),
    ("tag.no_time", ("window_days", "half_life_days", "expires_after_days", "column", "fact")),
    ("tag.unknown_column", ("by", "column", "output", "confidence")),
    ("tag.unknown_fact", ("column", "fact")),
    ("tag.unknown_groups", ("groups",)),
    ("tag.value_without_name", ("values",)),
    ("tag.percentile_order", ("from_place",)),
    ("segment.", ("when",)),
    ("tag.crowd", ("when",)),
    ("tag.needs_", ("of", "within", "divide", "divisor", "needs", "when", "expression", "formula")),
    ("tag.circle", ("of", "divide", "when", "expression", "formula")),
    ("analysis.unknown_parameter", ("params",)),
    ("analysis.parameter", ("params",)),
    ("analysis.", ("output",)),
)  # fmt: skip
#: What parts of a definition are called in the form, where not by their own names.
_CALLED = {
    "from": "first_day", "to": "last_day", "allowed_coverage": "least", "allowed_sizes": "sizes", "analysis": "output",
    "fact": "column",
}  # fmt: skip
#: Where parts that do not go together are told of.
_WHOLE = {
    "two_windows": "first_day", "skip_without_window": "window_days", "days_crossed": "last_day",
    "when_empty": "when_empty", "keep_without_window": "window_days", "sources_policy": "sources",
    "zero_expires": "expires_after_days", "bands_of_day": "bands", "unclear_with_bands": "unclear",
    "union_tag_invalid": "kind", "union_tag_not_found": "kind",
}  # fmt: skip
_OF_PERCENTILE = {"from": "from_place"}
_OF_BANDS = {"from": "first_hour", "to": "end_hour"}


def place_in(problem: HuaxiangError, typed: Mapping[str, str], rows: str = "", number: int = 0) -> str:
    """The input in which a mistake lies: of the row of that number where it lies in one; empty when in none."""
    form = FORMS.get(typed.get("kind", ""), RuleForm())
    inside = ROWS[rows][1] if rows else ()
    if problem.code == "tag.invalid":
        place = str(problem.params.get("place", "")).split(".")
        reason = problem.params.get("reason")
        rows, number = _row_of(place, form) if not rows else (rows, number)
        inside = ROWS[rows][1] if rows else ()
        whole = _WHOLE.get(reason.code.removeprefix("fault."), "") if isinstance(reason, Message) else ""
        found = whole or _named(place, form)
    elif problem.code == "tag.type_unfit" and problem.params.get("tag") == typed.get("of"):
        found = "of"
    else:
        found = _likeliest(
            problem, typed, (*form.entries, *inside, "type", "values", "least", "most", "sizes"), rows, number
        )
    return row_name(rows, number, found) if found in inside else found


def is_of_rows(problem: HuaxiangError) -> bool:
    """Whether the mistake may lie in one row, which nothing else tells, and not in what they are together."""
    return problem.code not in (
        "tag.invalid", "tag.percentile_order", "tag.value_without_name", "tag.type_unfit", "tag.circle"
    )  # fmt: skip


def _row_of(place: list[str], form: RuleForm) -> tuple[str, int]:
    """The row that the way to a mistake leads through."""
    for step, number in pairwise(place):
        if form.rows and step == ROWS[form.rows][0] and number.isdigit():
            return form.rows, int(number)
    return "", 0


def _named(place: list[str], form: RuleForm) -> str:
    called = _CALLED | {"steps": _OF_PERCENTILE, "bands": _OF_BANDS}.get(form.rows, {})
    for part in reversed(place):
        name = called.get(part, part)
        if part == "fact" and "fact" in form.entries:
            return part
        if part == "by" and "divisor" in form.entries:
            return "divisor"
        if part == "unit" and "rule" in place:
            return "counted_in"
        if name in _KNOWN:
            return name
        if form.rows and part == ROWS[form.rows][0]:
            return form.rows
    return ""


def _likeliest(problem: HuaxiangError, typed: Mapping[str, str], there: tuple[str, ...], rows: str, number: int) -> str:
    """The input that holds what was given, else the first one with text in it."""
    inputs = next((names for code, names in _INPUTS if problem.code.startswith(code)), ())
    texts = {name: typed.get(row_name(rows, number, name)) or typed.get(name, "") for name in inputs if name in there}
    given = str(problem.params.get("given", "")) or "\0"
    holding = [name for name, text in texts.items() if given in text]
    filled = [name for name, text in texts.items() if text]
    return next(iter([*holding, *filled, *texts]), "")


_KNOWN = frozenset({
    "zh", "en", "meaning_zh", "meaning_en", "unit", "stated_twin", "expires_on", "place", "element", "side", "type",
    "basis", "sensitivity", "synonyms", "values", "needs_purpose", "kind", "least", "most", "sizes",
    *(name for form in FORMS.values() for name in form.entries),
    *(name for _, names in ROWS.values() for name in names),
})  # fmt: skip
