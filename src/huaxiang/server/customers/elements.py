"""The five elements of one customer at a glance: the tags that matter most of those known, and how many there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from huaxiang.model.one_customer import one_customer
from huaxiang.model.tables import ELEMENTS
from huaxiang.model.tags import Tag, Tags
from huaxiang.server.customers.one_row import OneRow
from huaxiang.server.customers.values import shown_words

#: Tags of one element that are shown at once.
MOST_KEY_TAGS = 6
#: Of them, those that say no more than that nothing happened.
MOST_NOTHING = 2


@dataclass(frozen=True)
class Statement:
    """One tag of one customer in words. ``note`` tells what it means."""

    key: str
    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Panel:
    """One element: its key tags, and how many of all its tags are known; ``covered`` ones are known and masked."""

    element: str
    words: str
    key_tags: tuple[Statement, ...]
    known: int
    covered: int
    total: int


def panels(one: OneRow, tags: Tags, lang: str, currency: str) -> tuple[Panel, ...]:
    """The five elements in their order, without the tags that only serve other tags."""
    return tuple(_panel(element, one, tags, lang, currency) for element in ELEMENTS)


def statements(keys: Iterable[str], one: OneRow, tags: Tags, lang: str, currency: str) -> tuple[Statement, ...]:
    """Those of the tags that are known of the customer, in words."""
    known = (tags[key] for key in keys if key in tags and one.raw.get(key) is not None)
    return tuple(statement(tag, one, lang, currency) for tag in known)


def statement(tag: Tag, one: OneRow, lang: str, currency: str) -> Statement:
    """One tag of the customer in words; masked where the visitor may not see it."""
    return Statement(tag.key, tag.name.say(lang), shown_words(one, tag, lang, currency), tag.meaning(lang))


def shown_tags(one: OneRow, tags: Tags) -> tuple[Tag, ...]:
    """The tags that people are shown of the customer: all but those that only serve other tags."""
    return tuple(tag for tag in tags.values() if not tag.helper and tag.key in one.raw)


def _panel(element: str, one: OneRow, tags: Tags, lang: str, currency: str) -> Panel:
    own = [tag.key for tag in shown_tags(one, tags) if tag.element == element]
    known = [key for key in own if one.raw[key] is not None]
    first = one_customer().key_tags[element]  # type: ignore[index] # the elements are those of the type
    # Where few of the chosen ones are known, the others take their places; nothing happened says least and comes last.
    order = dict.fromkeys((*(key for key in first if key in own), *known))
    happened = [key for key in order if one.raw[key] is not None and one.raw[key] != 0]
    nothing = [key for key in order if one.raw[key] is not None and one.raw[key] == 0]
    shown = statements([*happened, *nothing[:MOST_NOTHING]][:MOST_KEY_TAGS], one, tags, lang, currency)
    covered = sum(key in one.masked for key in known)
    return Panel(element, f"element.{element}", shown, len(known), covered, len(own))
