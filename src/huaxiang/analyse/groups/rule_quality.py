"""How well a suggested rule finds its group, counted on customers who had no part in finding it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from huaxiang.analyse.groups.intervals import wilson
from huaxiang.model.conditions import Condition

#: On whom a rule was judged: on the ``half`` that was kept apart; on all, each ``quarter`` by the rule that the other
#: three give; on nobody, where too ``few`` are inside or outside.
Judged = Literal["half", "quarter", "few"]


@dataclass(frozen=True)
class Quality:
    """How a rule does on customers who had no part in finding it.

    ``found`` meet the rule, ``group`` belong to the group, ``both`` do both, of ``customers``. ``precision`` is both ÷
    found, ``recall`` both ÷ group, each with its 95% interval; ``lift`` is precision ÷ the group's share of all.
    """

    customers: int
    group: int
    found: int
    both: int

    @property
    def precision(self) -> float | None:
        """The part of those found who belong to the group; None where nobody is found."""
        return self.both / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The part of the group that is found; None for an empty group."""
        return self.both / self.group if self.group else None

    @property
    def lift(self) -> float | None:
        """How many times the group's share of all customers the precision is."""
        share = self.group / self.customers if self.customers else 0.0
        return self.precision / share if self.precision is not None and share else None

    @property
    def precision_ends(self) -> tuple[float, float]:
        """Wilson's interval of the precision."""
        return wilson(self.both, self.found)

    @property
    def recall_ends(self) -> tuple[float, float]:
        """Wilson's interval of the recall."""
        return wilson(self.both, self.group)

    @property
    def separates(self) -> bool:
        """Whether those found belong to the group more often than anybody does, beyond chance."""
        return self.customers > 0 and self.precision_ends[0] > self.group / self.customers


@dataclass(frozen=True)
class Suggested:
    """A rule and its quality; both None where no test tells the group apart or too few are there to say.

    ``group`` customers are meant and ``others`` are not.
    """

    condition: Condition | None
    quality: Quality | None
    judged: Judged
    group: int
    others: int
