"""The paragraph about one customer: clauses in which every value stands by its tag, and what is not known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.fields import Labels
from huaxiang.model.one_customer import Clause, OneCustomer
from huaxiang.model.tags import Tags
from huaxiang.present.document.locked_text import bare_number

_PLACE = re.compile(r"\{tag:([a-z][a-z0-9_]*)\}")
#: How a value reads: the tag's key to its words.
Said = Callable[[str], str]


@dataclass(frozen=True)
class Piece:
    """A part of a clause: plain words, or the value of a tag in words."""

    text: str
    tag: str | None = None


@dataclass(frozen=True)
class Told:
    """One clause of the paragraph. ``tags`` are those that it rests on, the first one answers "why?"."""

    key: str
    pieces: tuple[Piece, ...]

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags in the order in which they are named."""
        return tuple(dict.fromkeys(piece.tag for piece in self.pieces if piece.tag))

    @property
    def text(self) -> str:
        """The clause as one text."""
        return "".join(piece.text for piece in self.pieces)


def check_summary(content: OneCustomer, tags: Tags) -> None:
    """Raise :class:`DefinitionError` for a clause that claims a number of its own, rests on no tag, names a tag that
    there is not, or rests on other tags in zh than in en."""
    for key, clause in content.summary.items():
        check_clause(clause.words, f"summary.{key}")
        unknown = [tag for tag in (*named_in(clause.words), *clause.only_if) if tag not in tags]
        if unknown:
            raise DefinitionError("tag.unknown", given=unknown[0], nearest=nearest(unknown[0], tags))


def check_clause(words: Labels, where: str) -> None:
    """Raise :class:`DefinitionError` where a clause is not bound to tags, and to the same ones in both languages."""
    for text in (words.zh, words.en):
        rest = _PLACE.sub("", text)
        if bare := bare_number(rest):
            raise DefinitionError("document.bare_number", where=where, given=bare, text=text)
        if "{" in rest or "}" in rest or rest == text:
            raise DefinitionError("document.bad_place", where=where, text=text)
    told = [sorted(_PLACE.findall(text)) for text in (words.zh, words.en)]
    if told[0] != told[1]:
        raise DefinitionError("document.languages_differ", where=where, zh=", ".join(told[0]), en=", ".join(told[1]))


def named_in(words: Labels) -> tuple[str, ...]:
    """The tags that a clause names, in the order of the Chinese text."""
    return tuple(dict.fromkeys(_PLACE.findall(words.zh)))


def summary(content: OneCustomer, row: Mapping[str, Any], hidden: frozenset[str], said: Said, lang: str) -> list[Told]:
    """The clauses that can be told of the customer of ``row``, in their order.

    A clause is told when every tag that it names is known, not 0 or false, and not ``hidden`` from the reader.
    """
    return [
        Told(key, tuple(_pieces(clause.words.say(lang), said)))
        for key, clause in content.summary.items()
        if _can_be_told(clause, row, hidden)
    ]


def worth_asking(content: OneCustomer, row: Mapping[str, Any], tags: Tags, lang: str) -> list[Piece]:
    """What is not known of the customer and worth asking: the tags by name, in their order."""
    return [
        Piece(tags[key].name.say(lang), key)
        for key in content.worth_asking
        if key in tags and key in row and row[key] is None
    ]


def _can_be_told(clause: Clause, row: Mapping[str, Any], hidden: frozenset[str]) -> bool:
    needed = named_in(clause.words)
    if any(not row.get(key) or key in hidden for key in needed):
        return False
    return all(row.get(key) in values and key not in hidden for key, values in clause.only_if.items())


def _pieces(text: str, said: Said) -> Iterator[Piece]:
    place = 0
    for found in _PLACE.finditer(text):
        if found.start() > place:
            yield Piece(text[place : found.start()])
        yield Piece(said(found[1]), found[1])
        place = found.end()
    if place < len(text):
        yield Piece(text[place:])
