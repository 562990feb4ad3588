"""The head of a customer's page: how the customer is called, and the few tags that matter in the shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huaxiang.model.tags import Tags
from huaxiang.server.customers.one_row import OneRow
from huaxiang.server.customers.values import tag_words
from huaxiang.server.stats import Stat
from huaxiang.words import say

#: Tags that tell at a glance who stands there; unknown ones are left out.
LABELS = ("member_level", "lifecycle", "spending_level", "registration_state")
#: The numbers that matter most.
NUMBERS = ("net_revenue_365d", "orders_365d", "days_since_last_order", "average_order_value")


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
    known = [tags[key] for key in LABELS if key in tags and one.raw.get(key) is not None and key not in one.masked]
    labels = tuple(
        Label(
            say(
                "customer.chip", lang, tag=tag.name.say(lang), value=tag_words(one.shown[tag.key], tag, lang, currency)
            ),
            _meaning(tags, tag.key, lang),
            tag.element,
        )
        for tag in known
    )
    stats = tuple(
        Stat(
            tags[key].name.say(lang),
            tag_words(one.shown[key], tags[key], lang, currency),
            _meaning(tags, key, lang),
            element=tags[key].element,
        )
        for key in NUMBERS
        if key in tags and key not in one.masked
    )
    lines = tuple(
        f"{say(f'customer.contact.{key}', lang)} {contacts[key]}"
        for key in ("phone", "email", "member_no")
        if contacts[key]
    )
    name = contacts["person_name"] or say("customer.nameless", lang)
    return Head(name, _answer(name, one, tags, lang, currency), lines, labels, stats)


def _answer(name: str, one: OneRow, tags: Tags, lang: str, currency: str) -> str:
    if "lifecycle" not in tags or one.raw.get("lifecycle") is None or not one.raw.get("orders_365d"):
        return say("customer.answer.no_orders", lang, name=name)
    said = {
        key: tag_words(one.shown[key], tags[key], lang, currency)
        for key in ("lifecycle", "orders_365d", "net_revenue_365d")
    }
    return say("customer.answer", lang, name=name, **said)


def _meaning(tags: Tags, key: str, lang: str) -> str:
    return tags[key].meaning_zh if lang == "zh" else tags[key].meaning_en
