"""The head of a customer's page: how the customer is called, what they are worth, their stage, what comes next, and
whether they may be written to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from huaxiang.analyse.next_order import NextOrder, next_order
from huaxiang.analyse.rfm_scores import classes
from huaxiang.model.tags import Tag, Tags
from huaxiang.number_words import date_words, short_number
from huaxiang.server.customers.one_row import OneRow
from huaxiang.server.customers.values import tag_words
from huaxiang.words import say

#: Tags that tell at a glance who stands there; unknown ones are left out.
LABELS = ("member_level", "spending_level", "registration_state")
#: What the opening sentence says of who bought.
_ANSWER = ("lifecycle", "orders_365d", "net_revenue_365d")
_CONSENT = "marketing_consent"


@dataclass(frozen=True)
class Label:
    """One tag as a chip; ``key`` leads to the rows behind it."""

    words: str
    meaning: str
    element: str
    key: str


@dataclass(frozen=True)
class Figure:
    """One of the figures of the head: its title, what it says, and what it means. ``key`` is the tag behind it, empty
    where there is none; ``state`` tells good from bad where that can be told: ``good``, ``bad`` or empty."""

    title: str
    words: str
    meaning: str
    key: str = ""
    state: str = ""


@dataclass(frozen=True)
class Head:
    """``name`` and ``lines`` (phone, e-mail, member number) are masked; ``answer`` is the sentence that opens the
    page."""

    name: str
    answer: str
    lines: tuple[str, ...]
    labels: tuple[Label, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Reader:
    """Who reads about which customer: the row, the definitions, the day, the language and the currency."""

    one: OneRow
    tags: Tags
    as_of: date
    lang: str
    currency: str

    def value(self, key: str) -> str:
        """A tag that is open to the reader, in words."""
        return tag_words(self.one.shown[key], self.tags[key], self.lang, self.currency)

    def has(self, key: str) -> bool:
        """Whether the tag is known of the customer and open to the reader."""
        return key in self.tags and self.one.raw.get(key) is not None and key not in self.one.masked


def head_of(read: Reader, contacts: Mapping[str, str | None]) -> Head:
    """The head of one customer."""
    reached = [(key, contacts[key]) for key in ("phone", "email", "member_no") if contacts[key]]
    name = contacts["person_name"] or say("customer.nameless", read.lang)
    return Head(
        name=name,
        answer=answer_of(read, name),
        lines=tuple(f"{say(f'customer.contact.{key}', read.lang)} {value}" for key, value in reached),
        labels=tuple(_label(read, read.tags[key]) for key in LABELS if read.has(key)),
        figures=(_worth(read), _stage(read), _next(read), consent_of(read)),
    )


def answer_of(read: Reader, name: str) -> str:
    """The sentence that opens the page."""
    if not read.one.raw.get("orders_365d"):
        return say("customer.answer.no_orders", read.lang, name=name)
    said = {key: read.value(key) for key in _ANSWER if read.has(key)}
    code = "customer.answer" if "lifecycle" in said else "customer.answer.no_lifecycle"
    return say(code, read.lang, name=name, **said)


def consent_of(read: Reader) -> Figure:
    """Whether the customer may be written to for marketing."""
    given = read.one.raw.get(_CONSENT)
    said, state = {True: ("yes", "good"), False: ("no", "bad"), None: ("unknown", "")}[given]
    title, words = (say(f"portrait.consent.{part}", read.lang) for part in ("title", said))
    return Figure(title, words, say("portrait.consent.meaning", read.lang), _CONSENT, state)


def _label(read: Reader, tag: Tag) -> Label:
    words = say("customer.chip", read.lang, tag=tag.name.say(read.lang), value=read.value(tag.key))
    return Label(words, tag.meaning(read.lang), tag.element, tag.key)


def _worth(read: Reader) -> Figure:
    key = "net_revenue_365d"
    words = read.value(key) if read.has(key) else say("customer.unknown", read.lang)
    found = read.tags.get(key)
    return Figure(say("portrait.worth", read.lang), words, found.meaning(read.lang) if found else "", key)


def _stage(read: Reader) -> Figure:
    said = [read.value("lifecycle")] if read.has("lifecycle") else []
    rfm = classes().get(read.one.rfm_class or "")
    said += [rfm.name.say(read.lang)] if rfm else []
    words = say("portrait.join", read.lang).join(said) or say("customer.unknown", read.lang)
    return Figure(say("portrait.stage", read.lang), words, say("portrait.stage.meaning", read.lang), "lifecycle")


def _next(read: Reader) -> Figure:
    title = say("portrait.next", read.lang)
    found = next_order(read.one.raw, read.as_of)
    if found is None:
        return Figure(title, say("customer.unknown", read.lang), say("portrait.next.nothing", read.lang))
    said = {"day": date_words(found.expected_on, read.lang), "days": short_number(abs(found.days_late), read.lang)}
    late = found.days_late > 0
    words = say("portrait.next.late" if late else "portrait.next.around", read.lang, **said)
    return Figure(title, words, rhythm_words(read, found), "rhythm_days", "bad" if late else "")


def rhythm_words(read: Reader, found: NextOrder) -> str:
    """From what the next purchase was worked out."""
    rhythm = say("portrait.next.own" if found.is_own else "portrait.next.of_all", read.lang)
    return say("portrait.next.meaning", read.lang, rhythm=rhythm, n=short_number(round(found.rhythm_days), read.lang))
