"""Rules that a program sends: read, checked against what is known here, and where they do not hold together."""

from __future__ import annotations

from typing import Any

from huaxiang.analyse.population import Population
from huaxiang.errors import DefinitionError
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.conditions import Condition, condition_from
from huaxiang.server.api.problems import Problem
from huaxiang.server.api.rule_places import Whole, itself, parts_of

#: Text of a rule beyond this is no rule.
LONGEST_TEXT = 20_000


def checked_rule(given: dict[str, Any] | str, population: Population, at: str = "/rule") -> Condition:
    """The condition. Raises a 400 with our code, whose ``at`` points to the place that does not hold together."""
    try:
        condition = _read(given)
        population.check(condition)
    except DefinitionError as problem:
        place, reason = _innermost(given, population, at, problem)
        raise Problem(400, reason.code, members={"at": place}, **reason.params) from None
    return condition


def _read(given: Any) -> Condition:
    if isinstance(given, str):
        if len(given) > LONGEST_TEXT:
            raise DefinitionError("api.rule_too_long", most=LONGEST_TEXT)
        return condition_from_text(given)
    return condition_from(given)


def _innermost(
    given: Any, population: Population, at: str, problem: DefinitionError, whole: Whole = itself
) -> tuple[str, DefinitionError]:
    for place, part, meaning in parts_of(given, whole):
        fault = _fault(meaning(part), population)
        if fault is not None:
            return _innermost(part, population, f"{at}/{place}", fault, meaning)
    return at, problem


def _fault(rule: Any, population: Population) -> DefinitionError | None:
    try:
        population.check(condition_from(rule))
    except DefinitionError as problem:
        return problem
    return None
