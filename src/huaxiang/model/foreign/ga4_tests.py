"""Comparisons of GA4 as our operators."""

from __future__ import annotations

import re
from typing import Any

from huaxiang.model.foreign.place import Place
from huaxiang.model.foreign.translator import NOTHING, Meant, Raw, Translator, number

COUNT = "eventCount"
_TEXTS = {"EXACT": "=", "BEGINS_WITH": "starts with", "ENDS_WITH": "ends with", "CONTAINS": "contains"}
_NUMBERS = {"EQUAL": "=", "LESS_THAN": "<", "GREATER_THAN": ">"}
_FILTERS = ("stringFilter", "inListFilter", "numericFilter", "betweenFilter")
#: Alternatives without any other sign of a regular expression.
_PLAIN = re.compile(r"[^\\.^$*+?()\[\]{}|]+(\|[^\\.^$*+?()\[\]{}|]+)*\Z")


def tested(place: Place, meant: Meant, said: Translator) -> Raw:
    """The test that a filter on one dimension or metric says of the field."""
    kind, inner = _filter(place)
    key = meant.field.key
    if kind == "stringFilter":
        return _text(inner, meant, said)
    if kind == "inListFilter":
        values = [each.text() for each in inner.at("values").items()]
        return {"field": key, "op": "in", "value": _cased(inner, meant, values, said)}
    if kind == "numericFilter":
        operation = inner.at("operation").one_of(*_NUMBERS)
        return {"field": key, "op": _NUMBERS[operation], "value": _number(inner.at("value"))}
    ends = [_number(inner.at(end)) for end in ("fromValue", "toValue")]
    return {"field": key, "op": "between", "value": ends}


def counted(place: Place, found: Raw, said: Translator) -> Raw:
    """The condition with the number of events that a filter on ``eventCount`` asks for."""
    kind, inner = _filter(place)
    if kind == "betweenFilter":
        figure: Raw = {"op": "between", "value": [_number(inner.at(end)) for end in ("fromValue", "toValue")]}
    elif kind == "numericFilter":
        operation = inner.at("operation").one_of(*_NUMBERS)
        figure = {"op": _NUMBERS[operation], "value": _number(inner.at("value"))}
    else:
        raise place.unfit("foreign.not_one_of", known="numericFilter, betweenFilter")
    if figure == {"op": ">", "value": 0}:
        return said.leaf(place, found)
    if figure["op"] == "<":
        said.report.change(inner.at("operation"), "foreign.only_doers")
    if figure["op"] != ">" and place.at("atAnyPointInTime").flag():
        said.report.change(place.at("atAnyPointInTime"), "foreign.ever_met")
    return said.leaf(place, {**found, "measure": "count", **figure})


def _text(place: Place, meant: Meant, said: Translator) -> Raw:
    match, value = place.at("matchType").text(), place.at("value").text()
    if match == "FULL_REGEXP" and _PLAIN.match(value):
        values = _cased(place, meant, value.split("|"), said)
        return {"field": meant.field.key, "op": "in", "value": values}
    if match not in _TEXTS:
        said.report.refuse(place.at("matchType"), "foreign.no_such_function", given=match)
        return NOTHING
    return {"field": meant.field.key, "op": _TEXTS[match], "value": _cased(place, meant, [value], said)[0]}


def _cased(place: Place, meant: Meant, values: list[str], said: Translator) -> list[Any]:
    """The values as we write them. Where the original ignores case, a value of letters is looked for as it stands."""
    found = [_coded(each, meant) for each in values]
    pairs = zip(values, found, strict=True)
    free = [old for old, new in pairs if old.lower() != old.upper() and new not in meant.field.values]
    if free and not place.at("caseSensitive").flag():
        said.report.change(place, "foreign.case", given=", ".join(free)[:80])
    return found


def _coded(given: str, meant: Meant) -> Any:
    codes = {code.casefold(): code for code in meant.field.values}
    return codes.get(given.casefold(), meant.value(given))


def _filter(place: Place) -> tuple[str, Place]:
    found = [key for key in _FILTERS if place.at(key).is_there]
    if len(found) != 1:
        raise place.unfit("foreign.not_one_of", known=", ".join(_FILTERS))
    return found[0], place.at(found[0])


def _number(place: Place) -> Any:
    whole, part = place.at("int64Value").value, place.at("doubleValue").value
    value = number(whole) if isinstance(whole, str) else whole if whole is not None else part
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise place.unfit("foreign.not_a_number")
    return value
