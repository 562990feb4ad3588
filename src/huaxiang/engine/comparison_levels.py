"""The levels of agreement that a comparison tells apart, from alike to different, as Splink reads them.

Column names come from the shipped definitions, never from data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from huaxiang.model.matching import ComparisonRule

Level = dict[str, Any]
#: Texts of this length and more that are one or two edits apart are at least this alike.
_SHORT, _FAR = 4, 0.7


def comparison(column: str, rule: ComparisonRule) -> dict[str, Any]:
    """The comparison of one column: nothing to compare, agreement by kind, anything else."""
    agreeing = _KINDS[rule.kind](column, rule)
    if rule.frequency:
        agreeing[0] = {**agreeing[0], "tf_adjustment_column": column}
    nothing = f"{column}_l IS NULL OR {column}_r IS NULL"
    if rule.kind == "wider":
        # Whoever lives in one city lives in one province: to count both would be to count one thing twice.
        nothing += "".join(f" OR ({one}_l IS NOT NULL AND {one}_r IS NOT NULL)" for one in rule.also)
    empty = {"sql_condition": nothing, "is_null_level": True}
    levels = [{**empty, "label_for_charts": "missing"}, *agreeing, _level("else", "ELSE")]
    return {"output_column_name": column, "comparison_levels": levels}


def level_numbers(body: dict[str, Any]) -> str:
    """The SQL that tells a level: -1 where a side is missing, 0 for different, more the more alike."""
    levels = body["comparison_levels"]
    numbers = [-1, *range(len(levels) - 2, -1, -1)]
    told = [
        f"ELSE {number}" if level["sql_condition"] == "ELSE" else f"WHEN {level['sql_condition']} THEN {number}"
        for level, number in zip(levels, numbers, strict=True)
    ]
    return f"CASE {' '.join(told)} END"


def _level(label: str, condition: str) -> Level:
    return {"label_for_charts": label, "sql_condition": condition}


def _same(column: str, _rule: ComparisonRule) -> list[Level]:
    return [_level("same", f"{column}_l = {column}_r")]


def _name(column: str, rule: ComparisonRule) -> list[Level]:
    other, sound = rule.also
    return [
        *_same(column, rule),
        _level("same_sound", f"{sound}_l = {sound}_r"),
        _level("one_letter", f"length({column}_l) > 3 AND {_edits(column, 1)}"),
        _level("near", f"{_alike(column)} >= 0.88"),
        _level("swapped", f"{column}_l = {other}_r OR {other}_l = {column}_r"),
        _level("somewhat_near", f"{_alike(column)} >= 0.75"),
    ]


def _phone(column: str, rule: ComparisonRule) -> list[Level]:
    numbers, names = rule.also
    return [
        _level("same_one_name", f"{column}_l = {column}_r AND {names}_l < 2"),
        _level("same_several_names", f"{column}_l = {column}_r"),
        _level("one_of_several", f"list_has_any({numbers}_l, {numbers}_r)"),
        _level("one_digit", _edits(column, 1)),
        _level("two_digits", _edits(column, 2)),
    ]


def _email(column: str, rule: ComparisonRule) -> list[Level]:
    return [
        *_same(column, rule),
        _level("one_letter", _edits(column, 1)),
        _level("same_box", f"split_part({column}_l, '@', 1) = split_part({column}_r, '@', 1)"),
        _level("near", f"{_alike(column)} >= 0.9"),
    ]


def _code(column: str, rule: ComparisonRule) -> list[Level]:
    return [
        *_same(column, rule),
        _level("one_letter", _edits(column, 1)),
        _level("two_letters", f"length({column}_l) > 4 AND {_edits(column, 2)}"),
    ]


def _date(column: str, rule: ComparisonRule) -> list[Level]:
    turned = f"concat(substr({column}_r, 1, 4), substr({column}_r, 7, 2), substr({column}_r, 5, 2))"
    return [
        *_same(column, rule),
        _level("one_digit", _edits(column, 1)),
        _level("day_and_month", f"{column}_l = {turned}"),
        _level("two_digits", _edits(column, 2)),
    ]


def _text(column: str, rule: ComparisonRule) -> list[Level]:
    return [
        *_same(column, rule),
        _level("near", f"{_alike(column)} >= 0.92"),
        _level("somewhat_near", f"{_alike(column)} >= 0.8"),
    ]


def _edits(column: str, most: int) -> str:
    """Letters changed, lost, added or swapped with their neighbour: at most so many."""
    left, right = f"{column}_l", f"{column}_r"
    # Counting them is slow, and few pairs come near: what shares fewer letters is never one or two of them apart.
    near = f"length({left}) < {_SHORT} OR jaro_similarity({left}, {right}) >= {_FAR}"
    return f"CASE WHEN {near} THEN damerau_levenshtein({left}, {right}) <= {most} ELSE FALSE END"


def _alike(column: str) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r)"


_KINDS: dict[str, Callable[[str, ComparisonRule], list[Level]]] = {
    "same": _same,
    "wider": _same,
    "name": _name,
    "phone": _phone,
    "email": _email,
    "code": _code,
    "date": _date,
    "text": _text,
}
