"""How facts read in Chinese and English."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from huaxiang.analyse.document_facts import DocumentFact
from huaxiang.number_words import MISSING, date_words, money, percent, short_number
from huaxiang.present.document.parts import Defined, Piece, Pieces, Stated, Text
from huaxiang.words import say

#: The name of each kind in a template.
FORMATS = {"count": "count", "money": "money", "share": "percent", "number": "number", "day": "day", "text": "text"}
_NUMBER = re.compile(r"\d(?:[\d,.:–—-]*\d)?%?")


def read(fact: DocumentFact, lang: str, currency: str) -> str:
    """The fact as people read it; what is hidden says so, what is not known reads ``—``."""
    value = fact.value
    if fact.is_hidden:
        return say("document.too_few", lang)
    if value is None:
        return MISSING
    if fact.kind == "text" or isinstance(value, str):
        return fact.label.say(lang) if fact.label else str(value)
    if isinstance(value, date):
        return date_words(value, lang)
    return _number(value, fact.kind, lang, currency)


def _number(value: int | float | Decimal, kind: str, lang: str, currency: str) -> str:
    if kind == "money":
        return money(value, currency, lang)
    if kind == "share":
        return percent(value, lang)
    # Counts of people and rows are exact: a reader adds them up.
    return f"{value:,}" if kind == "count" else short_number(value, lang)


def stated(fact: DocumentFact, lang: str, currency: str) -> Stated:
    """The fact as a piece of a sentence or table."""
    return Stated(fact.key, read(fact, lang, currency))


def defined(text: str, source: str) -> Pieces:
    """Words of a definition, with the numbers in them marked as the definition's own."""
    pieces: list[Piece] = []
    place = 0
    for found in _NUMBER.finditer(text):
        pieces += [Text(text[place : found.start()]), Defined(found[0], source)]
        place = found.end()
    return tuple(piece for piece in (*pieces, Text(text[place:])) if piece.text)
