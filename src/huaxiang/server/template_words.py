"""Template tags and filters: our sentences, numbers, money, shares and days in the visitor's language."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.template import Context

from huaxiang import words
from huaxiang.number_words import Number, date_words, percent, short_number
from huaxiang.number_words import money as money_words

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: Context, code: str, **params: Any) -> str:
    """``{% say "page.users.count" n=12 %}``: the sentence in the page's language, escaped."""
    return words.say(code, context["lang"], **params)


@register.filter
def worded(message: words.Message, lang: str) -> str:
    """``{{ person.role_title|worded:lang }}``: a message of the core in the page's language."""
    return message.say(lang)


@register.filter
def number(value: Number | None, lang: str) -> str:
    """``{{ customers|number:lang }}``: 12.3万 or 123k."""
    return short_number(value, lang)


@register.filter(name="percent")
def share(value: Number | None, lang: str) -> str:
    """``{{ share|percent:lang }}``: a share between 0 and 1 as 12.3%."""
    return percent(value, lang)


@register.filter
def day(value: date | None, lang: str) -> str:
    """``{{ as_of|day:lang }}``: 2026年11月21日 or 21 Nov 2026."""
    return date_words(value, lang)


@register.simple_tag(takes_context=True)
def money(context: Context, value: Number | None, currency: str) -> str:
    """``{% money revenue "CNY" %}``: ¥12.3万."""
    return money_words(value, currency, context["lang"])
