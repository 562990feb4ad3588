"""Number-locked sentences: a template may say a number only by naming a fact, ``{fact:value.buyers|count}``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from huaxiang.analyse.document_facts import DocumentFact
from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.fields import Labels
from huaxiang.present.document.parts import Piece, Pieces, Text
from huaxiang.present.document.reading import FORMATS, stated

_PLACE = re.compile(r"\{fact:([^{}|]+)\|([a-z]+)\}")
#: Numbers in figures, and in words where they say how many or how much: 三成, 两倍, 百分之十, 5万, half, twice.
_NUMERALS = "零〇一二三四五六七八九十百千万亿两半几"
_BARE = (
    re.compile(r"\d|[%‰½¼¾Ⅰ-Ⅻ①-⑳]"),
    re.compile(
        rf"百分之|千分之|[{_NUMERALS}]+(?:成|倍|折|%|万|亿|人|位|行|元|单)|[{_NUMERALS}]{{2,}}|[{_NUMERALS}]分之"
    ),
    re.compile(
        r"\b(?:half|third|quarter|twice|thrice|double|triple|percent|per cent|dozens?|hundreds?|thousands?|millions?|"
        r"billions?|(?:three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|"
        r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty))\b",
        re.IGNORECASE,
    ),
)
#: Fixed names that contain a numeral and claim nothing about the data.
_NAMES = re.compile(
    r"五大特征|八类|统一|一致|一起|同一|唯一|一样|一页|(?<!分)之一|上一版|这一版|eight classes|five elements",
    re.IGNORECASE,
)

Facts = Mapping[str, DocumentFact]


def check_text(template: Labels, where: str) -> None:
    """Raise :class:`DefinitionError` for a bare number, or facts that are not the same in zh and en."""
    for text in (template.zh, template.en):
        rest = _PLACE.sub("", text)
        if bare := bare_number(rest):
            raise DefinitionError("document.bare_number", where=where, given=bare, text=text)
        if "{" in rest or "}" in rest:
            raise DefinitionError("document.bad_place", where=where, text=text)
    told = [sorted(_PLACE.findall(text)) for text in (template.zh, template.en)]
    if told[0] != told[1]:
        raise DefinitionError("document.languages_differ", where=where, zh=_listed(told[0]), en=_listed(told[1]))


def bare_number(text: str) -> str | None:
    """The first number that the text claims, in figures or in words; None when it claims none."""
    rest = _NAMES.sub("", text)
    return next((found[0] for pattern in _BARE if (found := pattern.search(rest))), None)


def filled(template: Labels, lang: str, facts: Facts, currency: str, prefix: str = "") -> Pieces:
    """The template with its facts; ``*`` in a fact's key stands for ``prefix``.

    Raises :class:`DefinitionError` for a fact that is not there or is of another kind than its format.
    """
    return tuple(_pieces(template.say(lang), lang, facts, currency, prefix))


def keys_in(template: Labels, prefix: str = "") -> set[str]:
    """The facts that the template names."""
    return {key.replace("*", prefix) for key, _ in _PLACE.findall(template.zh)}


def fact_named(key: str, facts: Facts) -> DocumentFact:
    """The fact of that key; :class:`DefinitionError` names the nearest ones."""
    if key not in facts:
        raise DefinitionError("document.unknown_fact", given=key, nearest=nearest(key, facts))
    return facts[key]


def _pieces(text: str, lang: str, facts: Facts, currency: str, prefix: str) -> Iterator[Piece]:
    place = 0
    for found in _PLACE.finditer(text):
        if found.start() > place:
            yield Text(text[place : found.start()])
        fact = fact_named(found[1].replace("*", prefix), facts)
        if FORMATS[fact.kind] != found[2]:
            raise DefinitionError("document.wrong_format", given=found[2], fact=fact.key, expected=FORMATS[fact.kind])
        yield stated(fact, lang, currency)
        place = found.end()
    if place < len(text):
        yield Text(text[place:])


def _listed(places: list[tuple[str, str]]) -> str:
    return ", ".join(key for key, _ in places) or "—"
