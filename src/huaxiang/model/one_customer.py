"""What the pages of one customer say first: key tags, the clauses of the summary, by what customers are alike."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Option

from huaxiang.model.fields import Labels
from huaxiang.model.rule_parts import TagKey
from huaxiang.model.tables import Element
from huaxiang.shipped import shipped

_Keys = tuple[TagKey, ...]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Clause(_Record):
    """One clause of the summary in zh and en, with ``{tag:<key>}`` where a value stands.

    ``only_if`` names a tag and the values for which the clause is told.
    """

    zh: str
    en: str
    only_if: Mapping[TagKey, tuple[str, ...]] = Option(default={}, alias="if")

    @property
    def words(self) -> Labels:
        """The clause in both languages."""
        return Labels(zh=self.zh, en=self.en)


class Counter(_Record):
    """The tags of the shop-floor card: what the customer likes, what to mind, how coupons are taken."""

    likes: _Keys
    mind: _Keys
    coupons: _Keys


class OneCustomer(_Record):
    """The content of ``definitions/portrait/one_customer.yaml``."""

    key_tags: Mapping[Element, _Keys]
    summary: Mapping[str, Clause]
    worth_asking: _Keys
    likeness: _Keys
    counter: Counter


@cache
def one_customer() -> OneCustomer:
    """The shipped content."""
    return OneCustomer.model_validate(shipped("portrait", "one_customer.yaml"))
