"""The letters of a cell: width, blanks, invisible characters, and the words for 'no value'."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from huaxiang.model.mapping import vocabulary

_INVISIBLE = re.compile("[\x00\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


def tidy(text: str) -> str:
    """The text without outer blanks and invisible characters."""
    return _INVISIBLE.sub("", text).strip()


def narrow(text: str) -> str:
    """Full-width digits, letters and signs made half-width (Unicode NFKC), blanks trimmed."""
    return unicodedata.normalize("NFKC", text).strip()


def is_missing(text: str) -> bool:
    """Whether the text is one of the words for 'no value'."""
    return not text or narrow(text).casefold() in _missing_words()


def meaning(text: str, kind: str) -> str | None:
    """What a source's word means in the vocabulary of ``kind``; None when it is not in it."""
    return _meanings(kind).get(narrow(text).casefold())


@cache
def _missing_words() -> frozenset[str]:
    return frozenset(narrow(word).casefold() for word in vocabulary()["missing"])


@cache
def _meanings(kind: str) -> dict[str, str]:
    return {narrow(word).casefold(): name for name, words in vocabulary()[kind].items() for word in words}
