"""The head of a customer's page: how the customer is called, and the few tags that matter in the shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huaxiang.model.tags import Tag, Tags
from huaxiang.server.customers.one_row import OneRow
from huaxiang.server.customers.values import tag_words
from huaxiang.server.stats import Stat
from huaxiang.words import say

#: Tags that tell at a glance who stands there; unknown ones are left out.
LABELS = ("member_level", "lifecycle", "spending_level", "registration_state")
#: The numbers that matter most.
NUMBERS = ("net_revenue_365d", "orders_365d", "days_since_last_order", "average_order_value")
#: What the opening sentence says of who bought.
_ANSWER = ("lifecycle", "orders_365d", "net_revenue_365d")


@dataclass(frozen=True)
class Label:
    """One tag as a chip."""

    words: str
    meaning: str
    element: str


@dataclass(frozen=True)
class Head:
    """``name`` and ``lines`` (phone, e-mail, member number) are masked; ``answer`` is the sentence that opens the
    page."""

    name: str
    answer: str
    lines: tuple[str, ...]
    labels: tuple[Label, ...]
    stats: tuple[Stat, ...]


def head_of(one: OneRow, contacts: Mapping[str, str | None], tags: Tags, lang: str, currency: str) -> Head:
    """The head of one customer."""
    open_tags = {key: tag for key, tag in tags.items() if key in one.raw and key not in one.masked}
    known = [open_tags[key] for key in LABELS if key in open_tags and one.raw[key] is not None]
    numbers = [open_tags[key] for key in NUMBERS if key in open_tags]
    reached = [(key, contacts[key]) for key in ("phone", "email", "member_no") if contacts[key]]
    name = contacts["person_name"] or say("customer.nameless", lang)
    return Head(
        name=name,
        answer=_answer(name, one, tags, lang, currency),
        lines=tuple(f"{say(f'customer.contact.{key}', lang)} {value}" for key, value in reached),
        labels=tuple(_label(one, tag, lang, currency) for tag in known),
        stats=tuple(_stat(one, tag, lang, currency) for tag in numbers),
    )


def _label(one: OneRow, tag: Tag, lang: str, currency: str) -> Label:
    value = tag_words(one.shown[tag.key], tag, lang, currency)
    return Label(say("customer.chip", lang, tag=tag.name.say(lang), value=value), _meaning(tag, lang), tag.element)


def _stat(one: OneRow, tag: Tag, lang: str, currency: str) -> Stat:
    number = tag_words(one.shown[tag.key], tag, lang, currency)
    return Stat(tag.name.say(lang), number, _meaning(tag, lang), element=tag.element)


def _answer(name: str, one: OneRow, tags: Tags, lang: str, currency: str) -> str:
    if not one.raw.get("orders_365d"):
        return say("customer.answer.no_orders", lang, name=name)
    known = [key for key in _ANSWER if one.raw.get(key) is not None]
    said = {key: tag_words(one.shown[key], tags[key], lang, currency) for key in known}
    return say("customer.answer" if "lifecycle" in said else "customer.answer.no_lifecycle", lang, name=name, **said)


def _meaning(tag: Tag, lang: str) -> str:
    return tag.meaning_zh if lang == "zh" else tag.meaning_en
