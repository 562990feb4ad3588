"""Tags as columns that a tree can ask about, each question being a condition that people can read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from huaxiang.analyse.groups.bars import Bar, is_list
from huaxiang.analyse.groups.cuts import day_cuts, day_number, number_cuts, single_values
from huaxiang.model.conditions import Condition, Not, Scalar, Test
from huaxiang.model.fields import NUMERIC, Field, Fields

Codes = npt.NDArray[np.float32]

#: Steps into which a number or day is divided: enough to find a limit, few enough that all are round.
_STEPS = 20
#: Values of a text that can be asked for, and the fewest customers of the sample who have one.
_MOST_VALUES, _FEWEST = 15, 20
#: A text with a different value for nearly everybody is a name or number, and no trait.
_NAMES = 0.5


@dataclass(frozen=True)
class RuleColumn:
    """One column: ``codes`` by customer, and what ``code > limit`` says, for a whole ``limit`` (from 0).

    Numbers and days have the code 0 where unknown, then one more for each step; other columns 1 where their value is
    there, else 0.
    """

    field: Field
    codes: Codes
    above: Callable[[int], Condition]
    below: Callable[[int], Condition] | None
    value: Scalar | None = None


def rule_columns(rows: Sequence[Mapping[str, Any]], fields: Fields, keys: Sequence[str]) -> list[RuleColumn]:
    """The columns of these tags for these customers; tags that name people rather than describe them are left out."""
    found: list[RuleColumn] = []
    for key in keys:
        values, field = [row[key] for row in rows], fields[key]
        if field.type in NUMERIC or field.type in ("date", "timestamp"):
            found += _ordered(field, values)
        elif not _is_name(field, values):
            found += _each_value(field, values)
    return found


def _ordered(field: Field, values: list[Any]) -> list[RuleColumn]:
    days = field.type not in NUMERIC
    known = [_number(value) for value in values if value is not None]
    if not known:
        return []
    cuts: list[Any] = list(_day_limits(values) if days else _limits(np.asarray(known, dtype=np.float64), field))
    edges = np.array([day_number(cut) if days else cut for cut in cuts], dtype=np.float64)
    numbers = np.array([np.nan if value is None else _number(value) for value in values])
    codes = np.where(np.isnan(numbers), 0, 1 + np.searchsorted(edges, numbers, side="right"))

    def above(limit: int) -> Condition:
        if limit == 0:
            return Test(field=field.key, op="is known")
        return Bar("band", low=cuts[limit - 1]).condition(field)

    def below(limit: int) -> Condition:
        return Bar("band", high=cuts[limit - 1]).condition(field)

    return [RuleColumn(field, codes.astype(np.float32), above, below)]


def _limits(numbers: npt.NDArray[np.float64], field: Field) -> Sequence[float]:
    whole = field.type == "int"
    singles = single_values(numbers) if whole else None
    if singles:
        return singles[1:]
    positive = [cut for cut in (1,) if whole and (numbers == 0).any() and numbers.min() >= 0]
    cuts = number_cuts(numbers, whole=whole, parts=_STEPS)
    return sorted({*positive, *(int(cut) if whole else cut for cut in cuts)})


def _day_limits(values: list[Any]) -> Sequence[date]:
    days = [value.date() if isinstance(value, datetime) else value for value in values if value is not None]
    return day_cuts(days, parts=_STEPS)


def _number(value: Any) -> float:
    if isinstance(value, datetime):
        return float(day_number(value.date()))
    return float(day_number(value)) if isinstance(value, date) else float(value)


def _is_name(field: Field, values: list[Any]) -> bool:
    known = [value for value in values if value is not None]
    if field.type != "text" or field.values or not known:
        return False
    return len(set(known)) > _NAMES * len(known)


def _each_value(field: Field, values: list[Any]) -> list[RuleColumn]:
    held = [_held(field, value) for value in values]
    counted = Counter(each for one in held for each in one)
    common = sorted(counted.items(), key=lambda item: (-item[1], str(item[0])))
    shown = [value for value, customers in common if customers >= _FEWEST][:_MOST_VALUES]
    columns = [_has(field, value, [value in one for one in held]) for value in shown]
    unknown = [value is None for value in values]
    if sum(unknown) >= _FEWEST:
        columns.append(_asked(field, Bar("unknown").condition(field), unknown, None))
    return columns


def _held(field: Field, value: Any) -> frozenset[Any]:
    if value is None:
        return frozenset()
    return frozenset(each for each in value if each is not None) if is_list(field) else frozenset([value])


def _has(field: Field, value: Scalar, held: list[bool]) -> RuleColumn:
    return _asked(field, Bar("value", value).condition(field), held, value)


def _asked(field: Field, condition: Condition, held: list[bool], value: Scalar | None) -> RuleColumn:
    return RuleColumn(
        field, np.array(held, dtype=np.float32), lambda _: condition, lambda _: Not(part=condition), value
    )
