"""Rules of tags: the kinds of computation that give a tag its value, as frozen records."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic import Field as Option

from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.conditions import Condition, condition_from
from huaxiang.model.formulas import FormulaField


def _condition(given: Any) -> Any:
    return condition_from_text(given) if isinstance(given, str) else condition_from(given)


#: A condition in a definition: a record, or one line of text.
WrittenCondition = Annotated[Condition, BeforeValidator(_condition)]
Window = Annotated[int, Option(ge=1, le=36_500)]
TagKey = Annotated[str, Option(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Golden(_Record):
    """One known value of a column out of several; ``where`` picks the rows.

    ``policy`` says which: the newest (a row without time counts from when it came in), the oldest, the most frequent,
    the longest, that of an account with a verified identifier, or that of the source named first in ``sources`` (the
    others come last); ``strictest`` is no wherever the newest word of any account is no. Of equals the newest wins.
    """

    kind: Literal["golden"]
    fact: str
    column: str
    where: WrittenCondition | None = None
    policy: Literal[
        "newest", "oldest", "most_frequent", "longest", "verified_first", "source_priority", "strictest"
    ] = "newest"
    sources: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _sources_with_their_policy(self) -> Self:
        if bool(self.sources) != (self.policy == "source_priority"):
            raise ValueError("sources belong to the policy source_priority, and it needs them")
        return self


class Statistic(_Record):
    """A figure over the customer's rows of a fact table, in the last ``window_days`` days or, without it, ever.

    The window ends with the ``as_of`` day and includes it. ``missing: zero`` gives 0 to customers without rows, but
    only where anybody has such a row at all; else nothing is known.
    """

    kind: Literal["statistic"]
    fact: str
    measure: Literal["count", "sum", "average", "least", "greatest", "distinct", "distinct_days"]
    column: str | None = None
    where: WrittenCondition | None = None
    window_days: Window | None = None
    missing: Literal["zero", "unknown"] = "unknown"


class Favourite(_Record):
    """The most frequent value of a column, or the one with the greatest sum of ``by``.

    Of equals the one seen last wins, then the first in order of the text.
    """

    kind: Literal["favourite"]
    fact: str
    column: str
    by: str | None = None
    where: WrittenCondition | None = None
    window_days: Window | None = None


class Formula(_Record):
    """Arithmetic over tags. Where any of them is unknown, or the divisor is 0, nothing is known."""

    kind: Literal["formula"]
    formula: FormulaField


class Since(_Record):
    """Whole days or years from the day in another tag to the ``as_of`` day; later days are unknown."""

    kind: Literal["since"]
    of: TagKey
    unit: Literal["days", "years"] = "days"


class Anniversary(_Record):
    """Days from the ``as_of`` day to the next anniversary of the day in another tag; 0 on the day itself."""

    kind: Literal["anniversary"]
    of: TagKey


class Lookup(_Record):
    """The group that a text tag belongs to, by one of the shipped lists; ``otherwise`` for a text in no group."""

    kind: Literal["lookup"]
    of: TagKey
    groups: str
    otherwise: str | None = None


class Everyone(_Record):
    """One figure for all: the sum of a tag over all customers divided by the sum of another."""

    kind: Literal["everyone"]
    divide: TagKey
    by: TagKey


class Layer(_Record):
    """One named layer and the condition that puts a customer into it."""

    value: str
    when: WrittenCondition


class Layers(_Record):
    """The first layer whose condition is true; unknown when none is. ``needs`` must all be known."""

    kind: Literal["layers"]
    layers: Annotated[tuple[Layer, ...], Option(min_length=1)]
    needs: tuple[TagKey, ...] = ()


Rule = Annotated[
    Golden | Statistic | Favourite | Formula | Since | Anniversary | Lookup | Everyone | Layers,
    Option(discriminator="kind"),
]
FactRule = Golden | Statistic | Favourite
