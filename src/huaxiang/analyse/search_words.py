"""The words of what people search for, and which of them say something."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from huaxiang.shipped import shipped


class _Lexicon(NamedTuple):
    """Words of a question, Chinese ones as a pattern; ``forms`` leads from other forms of a word to the plain one."""

    zh: re.Pattern[str]
    en: frozenset[str]
    forms: Mapping[str, str]


_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[\u3400-\u9fff]+")


@lru_cache(maxsize=16_384)
def words_of(text: str) -> tuple[str, ...]:
    """The words in lower case, English ones in their plain form; Chinese as the stretches between marks."""
    forms = _lexicon().forms
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    return tuple(forms.get(word, word) for word in map(_singular, _WORD.findall(plain)))


@lru_cache(maxsize=16_384)
def content_of(text: str) -> tuple[str, ...]:
    """The words that say something: without those of a question; all of them where nothing would be left."""
    asked = _lexicon()
    pieces = [piece for word in words_of(text) for piece in (asked.zh.split(word) if is_han(word) else [word])]
    saying = [piece for piece in pieces if piece and piece not in asked.en]
    # A single character between words of a question is one of theirs, unless it is all that is asked for.
    return tuple(piece for piece in saying if len(piece) > 1) or tuple(saying) or words_of(text)


def is_han(word: str) -> bool:
    """Whether a word is Chinese."""
    return "\u3400" <= word[:1] <= "\u9fff"


def _singular(word: str) -> str:
    word = word.removesuffix("'s")
    return word[:-1] if len(word) > 3 and word.isascii() and word[-1] == "s" and word[-2] not in "sui" else word


@cache
def _lexicon() -> _Lexicon:
    raw = shipped("lexicon", "question_words.yaml")
    longest_first = sorted(raw["zh"], key=len, reverse=True)
    return _Lexicon(re.compile("|".join(map(re.escape, longest_first))), frozenset(raw["en"]), raw["forms"])
