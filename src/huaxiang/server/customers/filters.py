"""What a visitor asked the list for, read from the address, and what the form offers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode

from huaxiang.analyse.customers import SORTS, Wanted
from huaxiang.analyse.rfm_scores import classes
from huaxiang.errors import InputError
from huaxiang.model.conditions import All, Test
from huaxiang.model.tags import Tags
from huaxiang.words import say

PAGE_SIZE = 25
MOST_PAGES = 10_000
#: Fields of the form that are tags compared for equality.
CHOICES = ("city", "lifecycle", "member_level")
LONGEST = 200


@dataclass(frozen=True)
class Filters:
    """The form as it was filled in, every field as text; an empty one does not matter."""

    q: str = ""
    city: str = ""
    lifecycle: str = ""
    member_level: str = ""
    rfm: str = ""
    least: str = ""
    most: str = ""
    sort: str = "net_revenue_365d"
    page: int = 1

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list down."""
        return any((self.q, self.city, self.lifecycle, self.member_level, self.rfm, self.least, self.most))

    def address(self, page: int) -> str:
        """The query of that page of the same list."""
        given = replace(self, page=page)
        standard = Filters()
        return "?" + urlencode({key: value for key, value in vars(given).items() if value != getattr(standard, key)})

    def wanted(self, stores: frozenset[str] | None) -> Wanted:
        """The same for the query. Raises :class:`InputError` for an amount that is no number or an unknown class."""
        tests = [Test(field=key, op="=", value=getattr(self, key)) for key in CHOICES if getattr(self, key)]
        for op, text in ((">=", self.least), ("<=", self.most)):
            if text:
                tests.append(Test(field="net_revenue_365d", op=op, value=_amount(text)))
        if self.rfm and self.rfm not in classes():
            raise InputError("customer.unknown_class", given=self.rfm, known=", ".join(classes()))
        offset = (self.page - 1) * PAGE_SIZE
        return Wanted(self.q, All(all=tuple(tests)), self.rfm, stores, self.sort, offset, PAGE_SIZE)


def filters_of(query: QueryDict) -> Filters:
    """The filters of an address; over-long texts are cut, a page that is no number is the first."""
    texts = {key: query.get(key, "").strip()[:LONGEST] for key in vars(Filters()) if key != "page"}
    page = query.get("page", "1")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 6 else 1
    return Filters(**{**texts, "sort": texts["sort"] or Filters.sort}, page=min(max(number, 1), MOST_PAGES))


@dataclass(frozen=True)
class Option:
    """One choice of a select."""

    value: str
    words: str


def offered(tags: Tags, counts: Mapping[str, Mapping[Any, int]], lang: str) -> dict[str, tuple[Option, ...]]:
    """The choices of each select; those of tags with how many customers have them."""
    found = {
        key: tuple(_choice(key, tags, value, n, lang) for value, n in counts[key].items() if value) for key in CHOICES
    }
    found["rfm"] = tuple(Option(key, body.name.say(lang)) for key, body in classes().items())
    found["sort"] = tuple(Option(key, tags[key].name.say(lang)) for key in SORTS if key in tags)
    return found


def _choice(key: str, tags: Tags, value: str, customers: int, lang: str) -> Option:
    words = tags[key].label(value, lang) or value
    return Option(value, say("customer.choice", lang, value=words, n=customers))


def _amount(text: str) -> float:
    try:
        amount = float(text.replace(",", "").replace("，", ""))
    except ValueError:
        raise InputError("customer.not_an_amount", given=text) from None
    if not math.isfinite(amount):
        raise InputError("customer.not_an_amount", given=text)
    return amount
