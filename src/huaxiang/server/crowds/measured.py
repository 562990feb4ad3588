"""The size of a rule in words: how many customers, what share of customers and of net revenue."""

from __future__ import annotations

from dataclasses import dataclass

from huaxiang.analyse.crowd_sizes import Composition, composition
from huaxiang.model.conditions import Condition
from huaxiang.number_words import MISSING, money, percent
from huaxiang.server.crowds.sight import Sight


@dataclass(frozen=True)
class Measured:
    """One rule in words with its exact size. ``unknown`` is for how many a tag of the rule is not known."""

    rule: str
    size: Composition
    customers: str
    everyone: str
    share: str
    revenue: str
    revenue_share: str
    unknown: str


def measured(condition: Condition, sight: Sight) -> Measured:
    """The rule in the visitor's language and its size over the customers that they may see."""
    size = composition(sight.population, condition)
    return in_words(condition, size, sight)


def in_words(condition: Condition, size: Composition, sight: Sight) -> Measured:
    """A size that is already known, in words."""
    currency = sight.workspace.settings.currency
    return Measured(
        rule=sight.population.sentence(condition, sight.lang),
        size=size,
        customers=f"{size.customers:,}",
        everyone=f"{size.all_customers:,}",
        share=percent(size.share, sight.lang),
        revenue=MISSING if size.net_revenue_total is None else money(size.net_revenue_total, currency, sight.lang),
        revenue_share=percent(size.revenue_share, sight.lang),
        unknown=f"{size.all_customers - size.known:,}" if size.known < size.all_customers else "",
    )
