"""Crowds of other tools, written for these tests in the shapes that their documentation gives."""

from typing import Any

_SCOPE = "AUDIENCE_FILTER_SCOPE_"
EVENT, SESSION = f"{_SCOPE}WITHIN_SAME_EVENT", f"{_SCOPE}WITHIN_SAME_SESSION"
ACROSS = f"{_SCOPE}ACROSS_ALL_SESSIONS"
Raw = dict[str, Any]


def profile(field: str, function: str, *params: Any) -> Raw:
    """A profile rule of 神策."""
    return {"type": "profile_rule", "field": field, "function": function, "params": list(params)}


def event(name: str, function: str = "least", *params: Any, days: str = "", **more: Any) -> Raw:
    """An event rule of 神策; ``days`` is a relative window."""
    time = {"time_function": "relative_time", "time_params": days.split(",")} if days else {}
    measure = {"type": "event_measure", "event_name": name, "aggregator": "general", "field": ""}
    measure |= more.pop("measure", {})
    found = {"type": "event_rule", "measure": measure, "function": function, "params": list(params) or [1]}
    return {**found, "filters": [], **time, **more}


def related(relation: str, *rules: Raw) -> Raw:
    """Rules of 神策 under ``and`` or ``or``."""
    return {"type": "rules_relation", "relation": relation, "rules": list(rules)}


def group(rule: Raw, name: str = "一群人") -> Raw:
    """A user group of 神策 as its API gives it."""
    return {"cname": name, "comment": "说明", "cron": "0 0 0 ? *", "is_routine": True, "rule_content_list": [rule]}


def dimension(name: str, **more: Any) -> Raw:
    """A filter on a dimension of GA4."""
    return {"dimensionOrMetricFilter": {"fieldName": name, **more}}


def exactly(name: str, value: str, *, cased: bool = True) -> Raw:
    """A dimension with exactly that value."""
    return dimension(name, stringFilter={"matchType": "EXACT", "value": value, "caseSensitive": cased})


def happened(name: str, *parameters: Raw) -> Raw:
    """An event filter of GA4."""
    more = {"eventParameterFilterExpression": {"andGroup": {"filterExpressions": list(parameters)}}}
    return {"eventFilter": {"eventName": name, **(more if parameters else {})}}


def counting(operation: str, times: int, **more: Any) -> Raw:
    """A filter on the number of events."""
    return dimension("eventCount", numericFilter={"operation": operation, "value": {"int64Value": str(times)}}, **more)


def all_of(*anyof: list[Raw]) -> Raw:
    """An ``and`` of ``or``, as GA4 wants the outermost expression."""
    groups = [{"orGroup": {"filterExpressions": each}} for each in anyof]
    return {"andGroup": {"filterExpressions": groups}}


def simple(expression: Raw, scope: str = ACROSS, kind: str = "INCLUDE") -> Raw:
    """A clause of GA4 with a simple filter."""
    return {"clauseType": kind, "simpleFilter": {"scope": scope, "filterExpression": expression}}


def ordered(*steps: Raw, kind: str = "INCLUDE", scope: str = ACROSS, **more: Any) -> Raw:
    """A clause of GA4 with a sequence."""
    return {"clauseType": kind, "sequenceFilter": {"scope": scope, "sequenceSteps": list(steps), **more}}


def step(expression: Raw, **more: Any) -> Raw:
    """A step of a sequence."""
    return {"scope": EVENT, "filterExpression": expression, **more}


def audience(*clauses: Raw, **more: Any) -> Raw:
    """An audience of GA4."""
    named = {"displayName": "一群人", "description": "说明", "membershipDurationDays": 540}
    return {**named, "filterClauses": list(clauses), **more}
