"""The five elements of one customer: every tag with its value, the unknown and the covered ones set apart."""

from __future__ import annotations

from dataclasses import dataclass

from huaxiang.model.tables import ELEMENTS
from huaxiang.model.tags import Tag, Tags
from huaxiang.server.customers.one_row import OneRow
from huaxiang.server.customers.values import tag_words


@dataclass(frozen=True)
class Statement:
    """One tag of one customer in words. ``note`` tells what it means and over which days."""

    key: str
    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Panel:
    """One element: what is known, what is covered because it is personal, what is unknown."""

    element: str
    words: str
    known: tuple[Statement, ...]
    covered: tuple[Statement, ...]
    unknown: tuple[Statement, ...]

    @property
    def total(self) -> int:
        """How many tags the element has."""
        return len(self.known) + len(self.covered) + len(self.unknown)


def panels(one: OneRow, tags: Tags, lang: str, currency: str) -> tuple[Panel, ...]:
    """The five elements in their order, without the tags that only serve other tags."""
    return tuple(_panel(element, one, tags, lang, currency) for element in ELEMENTS)


def _panel(element: str, one: OneRow, tags: Tags, lang: str, currency: str) -> Panel:
    own = [tag for tag in tags.values() if tag.element == element and not tag.helper and tag.key in one.raw]
    said = {tag.key: _statement(tag, one, lang, currency) for tag in own}
    unknown = [tag.key for tag in own if one.raw[tag.key] is None]
    covered = [tag.key for tag in own if tag.key in one.masked and tag.key not in unknown]
    known = [tag.key for tag in own if tag.key not in unknown and tag.key not in covered]
    parts = [tuple(said[key] for key in keys) for keys in (known, covered, unknown)]
    return Panel(element, f"element.{element}", *parts)


def _statement(tag: Tag, one: OneRow, lang: str, currency: str) -> Statement:
    value = one.shown[tag.key]
    words = str(value) if tag.key in one.masked and value is not None else tag_words(value, tag, lang, currency)
    note = tag.meaning_zh if lang == "zh" else tag.meaning_en
    return Statement(tag.key, tag.name.say(lang), words, note)
