"""What rules of tags are made of: written conditions and expressions, keys, and windows of days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic import Field as Option

from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.conditions import Condition, condition_from
from huaxiang.model.expression_text import expression_from
from huaxiang.model.faults import broken


def _condition(given: Any) -> Any:
    return condition_from_text(given) if isinstance(given, str) else condition_from(given)


def _readable(text: str) -> str:
    expression_from(text)
    return text


ExpressionText = Annotated[str, AfterValidator(_readable)]


#: A condition in a definition: a record, or one line of text.
WrittenCondition = Annotated[Condition, BeforeValidator(_condition)]


Window = Annotated[int, Option(ge=1, le=36_500)]


TagKey = Annotated[str, Option(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Windowed(_Record):
    """Which rows of a fact table a rule looks at, and what holds where it finds none.

    Rolling windows have ``window_days`` days and end ``skip_days`` days before the ``as_of`` day, which they include
    where nothing is skipped; fixed ones go ``from`` a day ``to`` another, both included. Nothing after the ``as_of``
    day ever counts. Without a window everything until then does.

    ``when_empty`` says what a customer without a row in the window has: nothing known, zero, or (``keep_last``) what
    the rule gave for the window that ended with the day of the last row that fits. That is a function of the rows
    alone: a rebuild, or a look at a past day, gives the same. A value whose newest row is older than
    ``expires_after_days`` days is unknown; such a row counts on its day and for that many days after it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    #: What the rule may do where its window is empty.
    may: ClassVar[tuple[str, ...]] = ("unknown", "keep_last")

    window_days: Window | None = None
    skip_days: Annotated[int, Option(ge=0, le=36_500)] = 0
    first_day: Annotated[date | None, Option(alias="from")] = None
    last_day: Annotated[date | None, Option(alias="to")] = None
    when_empty: Literal["unknown", "zero", "keep_last"] = "unknown"
    expires_after_days: Window | None = None

    @model_validator(mode="after")
    def _one_window(self) -> Self:
        fixed = self.first_day is not None or self.last_day is not None
        if fixed and self.window_days is not None:
            raise broken("two_windows")
        if self.skip_days and self.window_days is None:
            raise broken("skip_without_window")
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise broken("days_crossed")
        if self.when_empty not in self.may:
            raise broken("when_empty", may=", ".join(self.may))
        if self.when_empty == "keep_last" and self.window_days is None:
            raise broken("keep_without_window")
        return self

    @property
    def has_window(self) -> bool:
        """Whether it looks at less than everything until the ``as_of`` day."""
        return self.window_days is not None or self.first_day is not None or self.last_day is not None

    def days(self, as_of: date) -> tuple[date | None, date]:
        """The first and the last day looked at, both included; None where there is no first one."""
        if self.window_days is None:
            return self.first_day, min(self.last_day or as_of, as_of)
        last = as_of - timedelta(days=self.skip_days)
        return last - timedelta(days=self.window_days - 1), last
