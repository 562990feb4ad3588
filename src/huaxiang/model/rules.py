"""Rules of tags: the kinds of computation that give a tag its value, as frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, model_validator
from pydantic import Field as Option

from huaxiang.model.expression_text import expression_from
from huaxiang.model.expressions import Node
from huaxiang.model.faults import broken
from huaxiang.model.formulas import FormulaField, tree_of
from huaxiang.model.rule_parts import ExpressionText, TagKey, Windowed, WrittenCondition, _Record


class Golden(Windowed):
    """One known value of a column out of several; ``where`` picks the rows.

    ``policy`` says which: the newest (a row without time counts from when it came in), the oldest, the most frequent,
    the longest, that of an account with a verified identifier, or that of the source named first in ``sources`` (the
    others come last); ``strictest`` is no wherever the newest word of any account is no. Of equals the newest wins.
    Over rows that tell what happened it gives the first or last of them, such as the channel of the first order.
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
            raise broken("sources_policy")
        return self


class Statistic(Windowed):
    """A figure over the customer's rows of a fact table.

    ``when_empty: zero`` gives 0 to customers without rows, but only where anybody has such a row at all; else nothing
    is known. A sum over rows of which none states the amount is not known either.
    """

    may = ("unknown", "zero", "keep_last")

    kind: Literal["statistic"]
    fact: str
    measure: Literal["count", "sum", "average", "least", "greatest", "distinct", "distinct_days"]
    column: str | None = None
    where: WrittenCondition | None = None

    @model_validator(mode="after")
    def _zero_does_not_expire(self) -> Self:
        if self.when_empty == "zero" and self.expires_after_days is not None:
            raise broken("zero_expires")
        return self


class Favourite(Windowed):
    """The most frequent value of a column, or the one with the greatest sum of ``by``.

    Of equals the one seen last wins, then the first in order of the text.
    """

    kind: Literal["favourite"]
    fact: str
    column: str
    by: str | None = None
    where: WrittenCondition | None = None


class Part(_Record):
    """Rows that speak for the values of a column, each with the same weight; below 0 they speak against them."""

    fact: str
    column: str
    weight: Annotated[float, Option(ge=-1_000, le=1_000)]
    where: WrittenCondition | None = None


class Preference(Windowed):
    """The ``top`` values by the sum of the weights of all rows that name them; values at 0 or below are none.

    A row counts half after ``half_life_days`` days, by whole days before the last day of the window; it keeps its
    weight where no half-life is given. With ``idf`` a value that speaks of everybody counts less: its weight is
    multiplied by ln(1 + weight of all values / weight of this one), over all customers. A row that several parts
    choose counts for each. Of equals the one seen last wins, then the first in order of the text.
    """

    may = ("unknown",)

    kind: Literal["preference"]
    parts: Annotated[tuple[Part, ...], Option(min_length=1, max_length=50)]
    top: Annotated[int, Option(ge=1, le=20)] = 5
    half_life_days: Annotated[float, Option(gt=0, le=36_500)] | None = None
    idf: bool = False


class Band(_Record):
    """Hours of the day with a name: ``from`` is included, ``to`` is not; a band may run over midnight."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    value: str
    first_hour: Annotated[int, Option(alias="from", ge=0, le=23)]
    end_hour: Annotated[int, Option(alias="to", ge=1, le=24)]

    @property
    def hours(self) -> tuple[int, ...]:
        """Its hours in order."""
        count = (self.end_hour - self.first_hour) % 24 or 24
        return tuple((self.first_hour + step) % 24 for step in range(count))


class Distribution(Windowed):
    """The hour of the day around which a customer is active, from the rows of a fact table.

    Rows count half after ``half_life_days``; the hours of everybody are mixed in as if they were ``smooth`` rows of the
    customer's own. The hour is the middle of the three in a row that hold the greatest share; where that share is below
    ``clear_share`` there is no clear hour. ``bands`` give hours names; then ``unclear`` names what has none.
    """

    may = ("unknown",)

    kind: Literal["distribution"]
    fact: str
    where: WrittenCondition | None = None
    half_life_days: Annotated[float, Option(gt=0, le=36_500)] | None = None
    smooth: Annotated[float, Option(ge=0, le=1_000)] = 5.0
    clear_share: Annotated[float, Option(ge=0, le=1)] = 0.25
    bands: tuple[Band, ...] = ()
    unclear: str | None = None

    @model_validator(mode="after")
    def _bands_hold_the_day(self) -> Self:
        hours = [hour for band in self.bands for hour in band.hours]
        if self.bands and sorted(hours) != list(range(24)):
            raise broken("bands_of_day")
        if bool(self.bands) != (self.unclear is not None):
            raise broken("unclear_with_bands")
        return self


class Formula(_Record):
    """Arithmetic over tags. Where any of them is unknown, or the divisor is 0, nothing is known."""

    kind: Literal["formula"]
    formula: FormulaField

    @property
    def tree(self) -> Node:
        """The formula as an expression."""
        return tree_of(self.formula)


class Expression(_Record):
    """A line of SQL-like text over tags, see :mod:`huaxiang.model.expression_text`."""

    kind: Literal["expression"]
    expression: ExpressionText

    @property
    def tree(self) -> Node:
        """What the text says."""
        return expression_from(self.expression)


class PercentileLayer(_Record):
    """A named layer of those whose place is ``from`` or above."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    value: str
    least: Annotated[float, Option(alias="from", ge=0, le=1)]


class Percentile(_Record):
    """The place of a number among all customers who have one, or among those with the same ``within``.

    It is the share of customers below, counting half of those who are equal: ties share a place, and the middle is
    0.5. With ``layers`` it is the first one whose ``from`` is reached.
    """

    kind: Literal["percentile"]
    of: TagKey
    within: TagKey | None = None
    layers: tuple[PercentileLayer, ...] = ()


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
    """The first layer whose condition is true; unknown when none is. ``needs`` must all be known.

    A condition tests tags, asks what a customer did until the ``as_of`` day (``did sale in last 30 days``), or names
    crowds, whose rules count there (:mod:`huaxiang.analyse.layer_crowds`).
    """

    kind: Literal["layers"]
    layers: Annotated[tuple[Layer, ...], Option(min_length=1)]
    needs: tuple[TagKey, ...] = ()


class Model(_Record):
    """What an analysis says of each customer: a column of its table of members, computed at every refresh.

    ``confidence`` names the column that says how sure the analysis is, from 0 to 1. ``params`` are parameters of the
    analysis that are not to be at their default. Unknown for customers of whom the analysis says nothing.
    """

    kind: Literal["model"]
    analysis: str
    column: str
    confidence: str | None = None
    params: Mapping[str, int | float | str] = {}


class Given(_Record):
    """A value that people gave by hand or that came with a file. Of several the newest that has not run out holds."""

    kind: Literal["given"]


Rule = Annotated[
    Golden
    | Statistic
    | Favourite
    | Preference
    | Distribution
    | Formula
    | Expression
    | Since
    | Anniversary
    | Lookup
    | Everyone
    | Percentile
    | Layers
    | Model
    | Given,
    Option(discriminator="kind"),
]
#: Rules over the rows of fact tables.
FactRule = Golden | Statistic | Favourite | Preference | Distribution
#: Those of one fact table.
OneFactRule = Golden | Statistic | Favourite | Distribution
