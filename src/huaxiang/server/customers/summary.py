"""The paragraph that opens a customer's page: a sentence for each thing known, every one bound to its tag."""

from __future__ import annotations

from dataclasses import dataclass

from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tags
from huaxiang.server.customers.one_row import OneRow
from huaxiang.server.customers.values import tag_words
from huaxiang.words import say

#: Each sentence: its code, and the tags that it names, all of which must be known. The first one answers "why?".
_SENTENCES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("lifecycle", ("lifecycle",)),
    ("spent", ("net_revenue_365d", "orders_365d")),
    ("last_order", ("days_since_last_order", "last_order_on")),
    ("rhythm", ("purchase_interval_days",)),
    ("category", ("favourite_category",)),
    ("store", ("favourite_store",)),
    ("coupon", ("coupon_use_share",)),
    ("mood", ("mood",)),
    ("complaint", ("complaint_topic",)),
)


@dataclass(frozen=True)
class Fact:
    """One sentence of the paragraph and the tag that it rests on."""

    text: str
    tag: str


@dataclass(frozen=True)
class Advice:
    """What to do, because the customer is in a segment."""

    segment: str
    name: str
    why: str
    what: str


def summary(one: OneRow, tags: Tags, lang: str, currency: str) -> tuple[Fact, ...]:
    """The sentences for which everything that they name is known, open to the visitor, and not nothing."""
    found = []
    for code, keys in _SENTENCES:
        if all(key in tags and one.raw.get(key) not in (None, 0) and key not in one.masked for key in keys):
            said = {key: tag_words(one.shown[key], tags[key], lang, currency) for key in keys}
            found.append(Fact(say(f"customer.summary.{code}", lang, **said), keys[0]))
    return tuple(found)


def advice(one: OneRow, segments: Segments, lang: str) -> tuple[Advice, ...]:
    """What to do with this customer: the advice of each segment that has one, in the order of the segments."""
    found = []
    for key in one.segments:
        words = segments[key].advice_words
        if words:
            segment = segments[key]
            meaning = segment.meaning_zh if lang == "zh" else segment.meaning_en
            found.append(Advice(key, segment.name.say(lang), meaning, words.say(lang)))
    return tuple(found)
