"""Values inside conditions: measures, gaps, steps and caps, each refused with a message where it does not fit."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Literal, get_args

from huaxiang.errors import DefinitionError
from huaxiang.model.shown import shown

MOST_STEPS = 6
#: The longest gap of a step, in its unit.
MOST_GAP = 9_999
#: The most customers that a cap may let through.
MOST_CUSTOMERS = 1_000_000_000

Measure = Literal["count", "distinct_days", "distinct", "sum", "average", "least", "greatest"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
#: Measures that look at the rows and not at one of their columns.
WITHOUT_COLUMN = ("count", "distinct_days")
#: What a cap goes by where chance decides.
RANDOM = "random"


def measure_named(given: Any) -> Any:
    """A measure. Raises :class:`DefinitionError`."""
    if given not in MEASURES:
        raise DefinitionError("condition.unknown_measure", given=shown(given), known=", ".join(MEASURES))
    return given


def gap(given: Any) -> Any:
    """A whole number of hours or days. Raises :class:`DefinitionError`."""
    if given is not None and (isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= MOST_GAP):
        raise DefinitionError("condition.not_hours", given=shown(given), most=MOST_GAP)
    return given


def steps(given: Any) -> Any:
    """As many steps as a sequence may have. Raises :class:`DefinitionError`."""
    if not isinstance(given, list | tuple) or not 2 <= len(given) <= MOST_STEPS:
        raise DefinitionError("condition.steps", least=2, most=MOST_STEPS, given=shown(given))
    return given


def customer_limit(given: Any) -> Any:
    """How many customers a cap lets through. Raises :class:`DefinitionError`."""
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= MOST_CUSTOMERS:
        raise DefinitionError("condition.cap_customers", given=shown(given), most=MOST_CUSTOMERS)
    return given


def hundredths(given: Any) -> int:
    """A percentage from 0 to 100 with two decimals at most, in hundredths of a percent. Raises
    :class:`DefinitionError`."""
    try:
        share = Decimal(str(given)) * 100 if not isinstance(given, bool) else Decimal("NaN")
    except InvalidOperation:
        share = Decimal("NaN")
    if not share.is_finite() or not 0 <= share <= 10_000 or share != share.to_integral_value():
        raise DefinitionError("condition.not_a_percentage", given=shown(given))
    return int(share)


def percentage(given: Any) -> Any:
    """The percentage itself, checked. Raises :class:`DefinitionError`."""
    hundredths(given)
    return given


def seed_text(given: Any) -> Any:
    """What a draw is called; a number is read as its text."""
    return str(given) if isinstance(given, int) and not isinstance(given, bool) and abs(given) < 10**18 else given
