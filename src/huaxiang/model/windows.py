"""Windows of days: the last days before the ``as_of`` day, or days of the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Protocol

from pydantic import BeforeValidator, Field, model_validator

from huaxiang.errors import DefinitionError
from huaxiang.model.field_tests import MOST_DAYS, Node
from huaxiang.model.shown import shown


def _days(given: Any) -> Any:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= MOST_DAYS:
        raise DefinitionError("condition.not_days", given=shown(given), least=0, most=MOST_DAYS)
    return given


def _some_days(given: Any) -> Any:
    if given == 0:
        raise DefinitionError("condition.not_days", given="0", least=1, most=MOST_DAYS)
    return None if given is None else _days(given)


def _day(given: Any) -> Any:
    if isinstance(given, date) or given is None:
        return given
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        raise DefinitionError("condition.not_a_day", given=shown(given)) from None


class Spanned(Protocol):
    """Anything that looks at some days: a window, or a rule that has one."""

    @property
    def has_window(self) -> bool:
        """Whether it looks at less than everything until the ``as_of`` day."""

    @property
    def window_days(self) -> int | None:
        """The days of a rolling window."""

    def days(self, as_of: date) -> tuple[date | None, date]:
        """The first and the last day looked at, both included; None where there is no first one."""


Days = Annotated[int, BeforeValidator(_days)]
Day = Annotated[date | None, BeforeValidator(_day)]


class Window(Node):
    """``{window_days: 30}``, ``{window_days: 30, skip_days: 1}`` or ``{from: 2026-01-01, to: 2026-03-31}``.

    ``window_days`` ends with the ``as_of`` day and includes it; ``skip_days`` leaves out the newest days, the ``as_of``
    day being the first of them. ``from`` and ``to`` are included, and either may be missing.
    """

    window_days: Annotated[int | None, BeforeValidator(_some_days)] = None
    skip_days: Days = 0
    first_day: Annotated[Day, Field(alias="from")] = None
    last_day: Annotated[Day, Field(alias="to")] = None

    @model_validator(mode="after")
    def _one_kind(self) -> Window:
        fixed = self.first_day is not None or self.last_day is not None
        if fixed == (self.window_days is not None) or (fixed and self.skip_days):
            raise DefinitionError("condition.window_unclear")
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise DefinitionError("condition.window_backwards", first=str(self.first_day), last=str(self.last_day))
        return self

    @property
    def has_window(self) -> bool:
        """A window always is one."""
        return True

    def days(self, as_of: date) -> tuple[date | None, date]:
        """The first and the last day looked at, both included; None where there is no first one."""
        if self.window_days is None:
            return self.first_day, min(self.last_day or as_of, as_of)
        last = as_of - timedelta(days=self.skip_days)
        return last - timedelta(days=self.window_days - 1), last
