"""Comparisons of 神策 as our operators. Its ≠ and ‘does not contain’ look at those who have a value, as ours do."""

from __future__ import annotations

from typing import Any

from huaxiang.model.foreign.place import Place
from huaxiang.model.foreign.sensors_windows import absolute
from huaxiang.model.foreign.translator import NOTHING, Meant, Raw, Translator
from huaxiang.model.operators import DATED

_ONE = {
    "equal": "=", "notEqual": "!=", "less": "<", "greater": ">", "contain": "contains", "notContain": "does not contain"
}  # fmt: skip
_MANY = {"equal": "in", "notEqual": "not in"}
_ALONE = {"isSet": "is known", "notSet": "is unknown"}
_FLAGS = {"isTrue": True, "isFalse": False}
_OF_LISTS = {"include": "has any", "notInclude": "has none"}


def tested(place: Place, meant: Meant, said: Translator) -> Raw:
    """The test that ``function`` and ``params`` say of the field."""
    function, key = place.at("function").text(), meant.field.key
    if function in _ALONE:
        return {"field": key, "op": _ALONE[function]}
    if function in _FLAGS:
        return {"field": key, "op": "=", "value": _FLAGS[function]}
    values = [meant.value(each.value) for each in place.at("params").items()]
    found = _compared(function, values, key)
    if found is None:
        said.report.refuse(place.at("function"), "foreign.no_such_function", given=function)
    return found or NOTHING


def relative_day(place: Place, meant: Meant, said: Translator) -> Raw | None:
    """A day before or within so many days: a test on the tag that counts them where the mapping names one, else on the
    day itself. None for any other function."""
    function = place.at("function").text()
    if function not in ("relativeWithin", "relativeBefore"):
        return None
    at = place.at("params").items()[0]
    days, is_dated = at.value, meant.field.type in DATED
    if not (meant.said.days or is_dated) or isinstance(days, bool) or not isinstance(days, int) or days < 1:
        said.report.refuse(place.at("function"), "foreign.no_days_tag", field=meant.field.key)
        return NOTHING
    said.report.change(place.at("function"), "foreign.whole_days", days=days)
    within = function == "relativeWithin"
    if meant.said.days is not None:
        return {"field": meant.said.days, "op": "<" if within else ">=", "value": days}
    day = {"op": "in last days", "value": days} if within else {"op": "more than days ago", "value": days - 1}
    return {"field": meant.field.key, **day}


def _compared(function: str, values: list[Any], key: str) -> Raw | None:
    if function in _OF_LISTS:
        return {"field": key, "op": _OF_LISTS[function], "value": values}
    if function in _MANY and len(values) > 1:
        return {"field": key, "op": _MANY[function], "value": values}
    if function in _ONE and len(values) == 1:
        return {"field": key, "op": _ONE[function], "value": values[0]}
    if function == "between" and len(values) == 2:
        return {"field": key, "op": "between", "value": values}
    days = absolute(values) if function == "absoluteBetween" else None
    return {"field": key, "op": "between", "value": [days["from"], days["to"]]} if days else None
