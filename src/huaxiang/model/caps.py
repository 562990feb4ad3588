"""Caps and draws: at most so many customers of those meant, by what they are put in order, and parts by lot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, model_validator

from huaxiang.errors import DefinitionError
from huaxiang.model.condition_values import (
    RANDOM,
    WITHOUT_COLUMN,
    Measure,
    customer_limit,
    measure_named,
    percentage,
    seed_text,
)
from huaxiang.model.field_tests import Name, Node
from huaxiang.model.shown import shown
from huaxiang.model.windows import Window

if TYPE_CHECKING:
    from huaxiang.model.conditions import RowCondition


class Measured(Node):
    """A figure of each customer's rows in a fact table: of those that ``where`` picks, in the days of ``during``."""

    did: Name
    where: RowCondition | None = None
    during: Window | None = None
    measure: Annotated[Measure, BeforeValidator(measure_named)] = "count"
    column: Name | None = None

    @model_validator(mode="after")
    def _column_fits(self) -> Measured:
        if (self.column is None) != (self.measure in WITHOUT_COLUMN):
            raise DefinitionError("condition.measure_column", measure=self.measure, given=self.column or "—")
        return self


def _by(given: Any) -> Any:
    return Measured.model_validate(given) if isinstance(given, dict) else given


def _order(given: Any) -> Any:
    if given not in ("highest", "lowest"):
        raise DefinitionError("condition.cap_order", given=shown(given))
    return given


class Cap(Node):
    """At most so many customers: those with the highest or lowest ``by`` (a tag, or a figure of events), or ``random``
    ones. Who has no value comes last; where values are equal, and by chance, the md5 of ``seed:customer_id`` decides.
    """

    customers: Annotated[int, BeforeValidator(customer_limit)]
    by: Annotated[Measured | Name, BeforeValidator(_by)] = RANDOM
    order: Annotated[Literal["highest", "lowest"], BeforeValidator(_order)] = "highest"
    seed: Annotated[Name, BeforeValidator(seed_text)] = ""


class Drawn(Node):
    """True of the customers whose lot lies in this part of a draw, in percent: ``above`` included, ``below`` not. A lot
    depends on the name of the draw and the customer id alone."""

    draw: Annotated[Name, BeforeValidator(seed_text)]
    above: Annotated[int | float, BeforeValidator(percentage)] = 0
    below: Annotated[int | float, BeforeValidator(percentage)] = 100

    @model_validator(mode="after")
    def _some(self) -> Drawn:
        if self.above >= self.below:
            raise DefinitionError("condition.draw_backwards", above=self.above, below=self.below)
        return self
