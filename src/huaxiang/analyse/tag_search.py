"""Finding tags by what is meant: names, synonyms, values, meanings, pinyin; everyday questions, mistyped words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from huaxiang.analyse.search_words import content_of, is_han, words_of
from huaxiang.model.tags import Tag, Tags

#: How much a hit counts, by where it stands.
_NAME, _SYNONYM, _VALUE, _MEANING = 8.0, 7.0, 5.0, 2.0
#: What it adds that a query says a whole name or synonym and nothing else.
_WHOLE = 4.0
#: A phrase that the query says among other things is worth this at least, as a share of one said alone.
_WITHIN = 0.55
#: Words that merely look alike are worth half of words that are there, so that a synonym stands before a likeness.
_LOOKS_LIKE = 0.5
#: Below this share of its pieces a query says something else.
_LEAST = 0.45
#: Words as alike as this are one word mistyped.
_ALIKE = 0.75
#: In longer texts the characters of a short word are found scattered by chance.
_SHORT_TEXT = 8

Words = tuple[str, ...]


def search(query: str, tags: Tags) -> list[str]:
    """The keys of the tags that the query speaks of, the best first; all of them for an empty query.

    The query may be a name, a part of one, or a question as people ask it: 谁快流失, how do I find discount hunters.
    """
    wanted = words_of(query[:200])
    if not wanted:
        return list(tags)
    ways = {wanted, content_of(query[:200])}
    scored = [(max(_score(way, tag) for way in ways), tag.key) for tag in tags.values()]
    return [key for score, key in sorted(scored, key=lambda pair: (-pair[0], pair[1])) if score > 0]


def _score(wanted: Words, tag: Tag) -> float:
    parts = [_best(word, tag) for word in wanted]
    share = sum(part > 0 for part in parts) / len(parts)
    # Where most of the words are missing another tag is meant; of two names that have them the shorter one is meant.
    return share**2 * sum(parts) / len(parts) + _whole(wanted, tag) if share >= 0.5 else 0.0


def _whole(wanted: Words, tag: Tag) -> float:
    """What it adds how far the query and the nearest name or synonym are the same words."""
    said = {*wanted}
    texts = [content_of(text) for text in (tag.zh, tag.en, tag.key.replace("_", " "), *tag.synonyms)]
    return _WHOLE * max(len(said & {*words}) / len(said | {*words}) for words in texts)


def _best(word: str, tag: Tag) -> float:
    """The most that a hit of the word counts anywhere in the tag; a likeness from 0 to 1 says how well it is hit."""
    weights = _weights(tuple(_texts(tag)))
    alike = (weight * _alike(word, other) for other, weight in weights.items())
    return max(weights.get(word, 0.0), max(alike, default=0.0))


@lru_cache(maxsize=2_048)
def _weights(texts: tuple[tuple[float, str], ...]) -> dict[str, float]:
    """The words of a tag with what a hit of each counts: where a word stands twice, the better place."""
    found: dict[str, float] = {}
    for weight, text in texts:
        for word in words_of(text):
            found[word] = max(weight, found.get(word, 0.0))
    return found


def _texts(tag: Tag) -> Iterator[tuple[float, str]]:
    yield from ((_NAME, text) for text in (tag.zh, tag.en, tag.key.replace("_", " ")))
    yield from ((_SYNONYM, text) for text in (*_pinyin(tag.zh), *tag.synonyms))
    yield from ((_VALUE, text) for code, one in tag.values.items() for text in (one.zh, one.en, code))
    yield from ((_MEANING, text) for text in (tag.meaning_zh, tag.meaning_en))


@lru_cache(maxsize=65_536)
def _alike(word: str, other: str) -> float:
    if word in other and (is_han(word) or len(word) > 2):
        return 0.7 + 0.3 * len(word) / len(other)
    if is_han(word) and is_han(other):
        if other in word and len(other) > 1:
            return _WITHIN + (1 - _WITHIN) * len(other) / len(word)
        return _LOOKS_LIKE * _shared(word, other)
    return 0.0 if is_han(word) or is_han(other) else _mistyped(word, other)


def _mistyped(word: str, other: str) -> float:
    if min(len(word), len(other)) < 4 or abs(len(word) - len(other)) > 2:
        return 0.0
    matcher = SequenceMatcher(None, word, other)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    alike = matcher.ratio()
    return 0.8 * alike if alike >= _ALIKE else 0.0


def _shared(word: str, other: str) -> float:
    """The share of the word's pairs of characters that the other has; of its characters for a short word."""
    spelt = sum(letter in other for letter in word) / len(word)
    if len(word) <= 2:
        return spelt if spelt == 1 and len(other) <= _SHORT_TEXT else 0.0
    if len(word) <= 4:
        # One wrong character of three or four spoils most pairs, so characters in order count too.
        in_order = SequenceMatcher(None, word, other).find_longest_match().size / len(word)
        if in_order >= 0.5 and spelt >= 0.66:
            return spelt
    share = len(_pairs(word) & _pairs(other)) / len(_pairs(word))
    return share if share >= _LEAST else 0.0


def _pairs(word: str) -> set[str]:
    return {word[place : place + 2] for place in range(len(word) - 1)}


@lru_cache(maxsize=4_096)
def _pinyin(text: str) -> Words:
    han = "".join(_han(text))
    if not han:
        return ()
    from pypinyin import Style, lazy_pinyin  # its dictionary takes a while to read

    spelt = lazy_pinyin(han, style=Style.NORMAL)
    return "".join(spelt), "".join(one[0] for one in spelt if one)


def _han(text: str) -> Iterable[str]:
    return (letter for letter in text if is_han(letter))
