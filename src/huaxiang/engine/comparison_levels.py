"""The levels of agreement that a comparison tells apart, from alike to different, as Splink reads them.

Column names come from the shipped definitions, never from data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from huaxiang.model.matching import ComparisonRule

Level = dict[str, Any]


def comparison(column: str, rule: ComparisonRule) -> dict[str, Any]:
    """The comparison of one column: nothing to compare, agreement by kind, anything else."""
    agreeing = _KINDS[rule.kind](column, rule)
    if rule.frequency:
        agreeing[0] = {**agreeing[0], "tf_adjustment_column": column}
    empty = {"sql_condition": f"{column}_l IS NULL OR {column}_r IS NULL", "is_null_level": True}
    levels = [{**empty, "label_for_charts": "missing"}, *agreeing, _level("else", "ELSE")]
    return {"output_column_name": column, "comparison_levels": levels}


def _level(label: str, condition: str) -> Level:
    return {"label_for_charts": label, "sql_condition": condition}


def _same(column: str, _rule: ComparisonRule) -> list[Level]:
    return [_level("same", f"{column}_l = {column}_r")]


def _name(column: str, rule: ComparisonRule) -> list[Level]:
    other, sound = rule.also
    return [
        *_same(column, rule),
        _level("same_sound", f"{sound}_l = {sound}_r"),
        _level("one_letter", f"length({column}_l) > 3 AND {_distance(column)} <= 1"),
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
        _level("one_digit", f"{_distance(column)} <= 1"),
        _level("two_digits", f"{_distance(column)} <= 2"),
    ]


def _email(column: str, rule: ComparisonRule) -> list[Level]:
    return [
        *_same(column, rule),
        _level("one_letter", f"{_distance(column)} <= 1"),
        _level("same_box", f"split_part({column}_l, '@', 1) = split_part({column}_r, '@', 1)"),
        _level("near", f"{_alike(column)} >= 0.9"),
    ]


def _code(column: str, rule: ComparisonRule) -> list[Level]:
    return [
        *_same(column, rule),
        _level("one_letter", f"{_distance(column)} <= 1"),
        _level("two_letters", f"length({column}_l) > 4 AND {_distance(column)} <= 2"),
    ]


def _date(column: str, rule: ComparisonRule) -> list[Level]:
    turned = f"concat(substr({column}_r, 1, 4), substr({column}_r, 7, 2), substr({column}_r, 5, 2))"
    return [
        *_same(column, rule),
        _level("one_digit", f"{_distance(column)} <= 1"),
        _level("day_and_month", f"{column}_l = {turned}"),
        _level("two_digits", f"{_distance(column)} <= 2"),
    ]


def _text(column: str, rule: ComparisonRule) -> list[Level]:
    return [
        *_same(column, rule),
        _level("near", f"{_alike(column)} >= 0.92"),
        _level("somewhat_near", f"{_alike(column)} >= 0.8"),
    ]


def _distance(column: str) -> str:
    return f"damerau_levenshtein({column}_l, {column}_r)"


def _alike(column: str) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r)"


_KINDS: dict[str, Callable[[str, ComparisonRule], list[Level]]] = {
    "same": _same,
    "name": _name,
    "phone": _phone,
    "email": _email,
    "code": _code,
    "date": _date,
    "text": _text,
}
