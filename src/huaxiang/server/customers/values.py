"""Values of tags in words, with their unit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from huaxiang.analyse.sentences import value_words
from huaxiang.analyse.value_words import masked_words
from huaxiang.model.tags import Tag
from huaxiang.number_words import money
from huaxiang.server.customers.one_row import OneRow
from huaxiang.words import knows, say


def tag_words(value: Any, tag: Tag, lang: str, currency: str) -> str:
    """The value as people read it: ``¥1,234``, ``47 单``, ``35–44岁``; 未知 where there is none."""
    if value is None:
        return say("customer.unknown", lang)
    if tag.type == "money" and isinstance(value, Decimal | int | float):
        return money(value, currency, lang)
    text = value_words(value, tag.field, lang)
    is_number = isinstance(value, Decimal | int | float) and not isinstance(value, bool)
    return (
        say("customer.with_unit", lang, value=text, unit=unit_words(tag.unit, lang)) if is_number and tag.unit else text
    )


def shown_words(one: OneRow, tag: Tag, lang: str, currency: str) -> str:
    """A tag of the customer as the visitor may see it: in words, or as the mask that covers it."""
    value: Any = one.shown[tag.key]
    covered = tag.key in one.masked and value is not None
    return masked_words(value, lang) if covered else tag_words(value, tag, lang, currency)


def unit_words(unit: str | None, lang: str) -> str:
    """The unit in words; one that is not worded reads as it was defined."""
    code = f"unit.{unit}"
    return say(code, lang) if knows(code) else unit or ""


def account_words(key: str, lang: str) -> str:
    """A masked account key with the kind of account in words: ``会员号 ****``, ``手机号 138****8000（门店销售）``."""
    kind, _, value = key.partition(":")
    code = f"prepare.identifier.{kind}"
    named = say(code, lang) if knows(code) else kind
    source, colon, rest = value.rpartition(":")
    if not (colon and "|" in rest):
        return f"{named} {value}"
    return say("customer.account_in", lang, kind=named, value=rest.partition("|")[0], source=source)
