"""The paragraph that opens a customer's page in this visitor's words, and the advice for the crowds they are in."""

from __future__ import annotations

from dataclasses import dataclass

from huaxiang.model.one_customer import one_customer
from huaxiang.model.segments import Segments
from huaxiang.present.customer_summary import Piece, Told, summary, worth_asking
from huaxiang.server.customers.head import Reader


@dataclass(frozen=True)
class Advice:
    """What to do, because the customer is in a segment."""

    segment: str
    name: str
    why: str
    what: str


def told(read: Reader) -> list[Told]:
    """The clauses that can be told to this visitor, every value of them bound to its tag."""
    known = {key: value for key, value in read.one.raw.items() if key in read.tags}
    return summary(one_customer(), known, read.one.masked, read.value, read.lang)


def not_known(read: Reader) -> list[Piece]:
    """The tags that are worth asking for."""
    return worth_asking(one_customer(), read.one.raw, read.tags, read.lang)


def advice(read: Reader, segments: Segments) -> tuple[Advice, ...]:
    """What to do with this customer: the advice of each segment that has one, in the order of the segments."""
    found = []
    for key in read.one.segments:
        words = segments[key].advice_words
        if words:
            segment = segments[key]
            meaning = segment.meaning_zh if read.lang == "zh" else segment.meaning_en
            found.append(Advice(key, segment.name.say(read.lang), meaning, words.say(read.lang)))
    return tuple(found)
