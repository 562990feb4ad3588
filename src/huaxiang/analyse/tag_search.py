"""Finding tags by what is meant: names, meanings, values, synonyms, pinyin; Chinese without spaces, mistyped words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from huaxiang.model.tags import Tag, Tags

#: How much a hit counts, by where it stands.
_NAME, _SYNONYM, _VALUE, _MEANING = 8.0, 6.0, 4.0, 2.0
#: Below this share of its pieces a query says something else.
_LEAST = 0.45
#: Words as alike as this are one word mistyped.
_ALIKE = 0.75
_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")


def search(query: str, tags: Tags) -> list[str]:
    """The keys of the tags that the query speaks of, the best first; all of them for an empty query."""
    wanted = _words(query[:200])
    if not wanted:
        return list(tags)
    scored = [(_score(wanted, tag), tag.key) for tag in tags.values()]
    return [key for score, key in sorted(scored, key=lambda pair: (-pair[0], pair[1])) if score > 0]


def _score(wanted: tuple[str, ...], tag: Tag) -> float:
    parts = [_best(word, tag) for word in wanted]
    # Every word must be there, or what is meant is another tag; of two names that have them the shorter one is meant.
    return sum(parts) / len(parts) + _whole(wanted, tag) if all(parts) else 0.0


def _whole(wanted: tuple[str, ...], tag: Tag) -> float:
    """How much of the best name the query says, from 0 to 1."""
    names = [_words(text) for text in (tag.zh, tag.en, tag.key.replace("_", " "))]
    return max((len({*wanted} & {*words}) / len(words) for words in names if words), default=0.0)


def _best(word: str, tag: Tag) -> float:
    return max((weight * _likeness(word, text) for weight, text in _texts(tag)), default=0.0)


def _texts(tag: Tag) -> Iterator[tuple[float, tuple[str, ...]]]:
    for text in (tag.zh, tag.en, tag.key.replace("_", " ")):
        yield _NAME, _words(text)
    yield _SYNONYM, _pinyin(tag.zh)
    for text in tag.synonyms:
        yield _SYNONYM, _words(text)
    for code, labels in tag.values.items():
        for text in (labels.zh, labels.en, code):
            yield _VALUE, _words(text)
    for text in (tag.meaning_zh, tag.meaning_en):
        yield _MEANING, _words(text)


def _likeness(word: str, text: tuple[str, ...]) -> float:
    """From 0 to 1 how much of the word stands in the text."""
    if word in text:
        return 1.0
    best = 0.0
    for other in text:
        if word in other:
            best = max(best, 0.7 + 0.3 * len(word) / len(other))
        elif word.isascii() and other.isascii():
            best = max(best, _mistyped(word, other))
        elif not word.isascii() and not other.isascii():
            best = max(best, _shared(word, other))
    return best


@lru_cache(maxsize=65_536)
def _mistyped(word: str, other: str) -> float:
    if min(len(word), len(other)) < 4 or abs(len(word) - len(other)) > 2:
        return 0.0
    matcher = SequenceMatcher(None, word, other)
    if matcher.quick_ratio() < _ALIKE:  # never less than the ratio, and soon said
        return 0.0
    alike = matcher.ratio()
    return 0.8 * alike if alike >= _ALIKE else 0.0


def _shared(word: str, other: str) -> float:
    """The share of the word's pairs of characters that the other has; of its characters for a short word."""
    pieces = _pairs(word) if len(word) > 2 else set(word)
    has = _pairs(other) if len(word) > 2 else set(other)
    if len(word) > 2 and len(word) <= 4:
        # One wrong character of three or four spoils most pairs, so characters in order count too.
        in_order = SequenceMatcher(None, word, other).find_longest_match().size / len(word)
        spelt = sum(letter in other for letter in word) / len(word)
        if in_order >= 0.5 and spelt >= 0.66:
            return 0.6 * spelt
    share = len(pieces & has) / len(pieces)
    return 0.9 * share if share >= (_LEAST if len(word) > 2 else 1.0) else 0.0


def _pairs(word: str) -> set[str]:
    return {word[place : place + 2] for place in range(len(word) - 1)} or {word}


@lru_cache(maxsize=16_384)
def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


@lru_cache(maxsize=4_096)
def _pinyin(text: str) -> tuple[str, ...]:
    han = "".join(_han(text))
    if not han:
        return ()
    from pypinyin import Style, lazy_pinyin  # its dictionary takes a while to read

    spelt = lazy_pinyin(han, style=Style.NORMAL)
    return "".join(spelt), "".join(one[0] for one in spelt if one)


def _han(text: str) -> Iterable[str]:
    return (letter for letter in text if "\u3400" <= letter <= "\u9fff")
