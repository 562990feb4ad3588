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
    what is at least ``low`` and less than ``high``, None meaning without limit; with ``above`` what is greater than
    ``low``, and with ``upto`` what is at most ``high``. ``rest``: every known value but ``others``. ``unknown``: no
    value.
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
        return tests[0] if len(tests) == 1 else All(all=tuple(tests))

    def _band_words(self, field: Field) -> Message:
        low, high = (None if end is None else named(end, field) for end in (self.low, self.high))
        if low is None:
            return Message("group.band_upto" if self.upto else "group.band_below", {"high": high})
        if high is None:
            return Message("group.band_above" if self.above else "group.band_from", {"low": low})
        if field.type == "int" and isinstance(self.high, int) and not self.above:
            last = named(self.high - 1, field)
            return last if self.high - 1 == self.low else Message("group.band_to", {"low": low, "high": last})
        if isinstance(self.high, date):
            return Message("group.band_to", {"low": low, "high": named(self.high - timedelta(days=1), field)})
        code = "group.band_above_below" if self.above else "group.band_from_below"
        return Message(code, {"low": low, "high": high})


def is_list(field: Field) -> bool:
    """Whether a customer may have several values of it at once, so that shares can add to more than one."""
    return field.ibis_type.startswith("array")


def named(value: Scalar | date | None, field: Field) -> Message:
    """A value of the field as a message, to stand inside other sentences."""
    return Message("analyse.named", {lang: value_words(value, field, lang) for lang in LANGUAGES})


def _written(edge: Edge) -> Scalar:
    return edge.isoformat() if isinstance(edge, date) else edge
