"""Bars: one value of a tag, or one band of it, with its words and the condition that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from huaxiang.analyse.sentences import value_words
from huaxiang.model.conditions import All, Condition, Scalar, Test
from huaxiang.model.fields import Field
from huaxiang.words import LANGUAGES, Message

Kind = Literal["value", "band", "rest", "unknown"]
Edge = int | float | date


@dataclass(frozen=True)
class Bar:
    """One bar of a tag.

    ``value``: customers with that value (text, number, yes or no; for a list: with it among their values). ``band``:
    what is known, at least ``low`` and less than ``high``, None meaning without limit; with ``above`` what is greater
    than ``low``, and with ``upto`` what is at most ``high``. ``rest``: every known value but ``others``.
    ``unknown``: no value.
    """

    kind: Kind
    value: Scalar | None = None
    low: Edge | None = None
    high: Edge | None = None
    above: bool = False
    upto: bool = False
    others: tuple[Scalar, ...] = ()

    def condition(self, field: Field) -> Condition:
        """The condition that is true of exactly the customers of this bar."""
        match self.kind:
            case "unknown":
                return Test(field=field.key, op="is unknown")
            case "rest":
                return Test(field=field.key, op="has none" if is_list(field) else "not in", value=self.others)
            case "value":
                if is_list(field):
                    return Test(field=field.key, op="has any", value=(self.value or "",))
                return Test(field=field.key, op="=", value=self.value)
            case "band":
                return self._within(field)

    def words(self, field: Field) -> Message:
        """What people call the bar."""
        match self.kind:
            case "unknown":
                return Message("group.unknown")
            case "rest":
                return Message("group.rest")
            case "value":
                return named(self.value, field)
            case "band":
                return self._band_words(field)

    def _within(self, field: Field) -> Condition:
        tests = []
        if self.low is not None:
            tests.append(Test(field=field.key, op=">" if self.above else ">=", value=_written(self.low)))
        if self.high is not None:
            tests.append(Test(field=field.key, op="<=" if self.upto else "<", value=_written(self.high)))
        if not tests:
            return Test(field=field.key, op="is known")
        return tests[0] if len(tests) == 1 else All(all=tuple(tests))

    def _band_words(self, field: Field) -> Message:
        if self.low is None and self.high is None:
            return Message("group.known")
        last = _last(self.high, field)
        dated = isinstance(self.low, date) or isinstance(self.high, date)
        said = {name: named(end, field) for name, end in (("low", self.low), ("high", self.high)) if end is not None}
        if self.low is None:
            # Nothing below 0 was found where 0 is a band of its own.
            return said["high"] if self.upto else Message("group.band_before" if dated else "group.band_below", said)
        if self.high is None:
            return Message(
                "group.band_since" if dated else "group.band_above" if self.above else "group.band_from", said
            )
        if last is None or self.above:
            return Message("group.band_above_below" if self.above else "group.band_from_below", said)
        return said["low"] if last == self.low else Message("group.band_to", {**said, "high": named(last, field)})


def _last(high: Edge | None, field: Field) -> Edge | None:
    """The last value of a band of days or whole numbers; None for others."""
    if isinstance(high, date):
        return high - timedelta(days=1)
    return high - 1 if field.type == "int" and isinstance(high, int) else None


def is_list(field: Field) -> bool:
    """Whether a customer may have several values of it at once, so that shares can add to more than one."""
    return field.ibis_type.startswith("array")


def named(value: Scalar | date | None, field: Field) -> Message:
    """A value of the field as a message, to stand inside other sentences."""
    return Message("analyse.named", {lang: value_words(value, field, lang) for lang in LANGUAGES})


def _written(edge: Edge) -> Scalar:
    if isinstance(edge, date):
        return edge.isoformat()
    return int(edge) if edge == int(edge) else edge
