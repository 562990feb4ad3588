"""The mood of a text by words: a small lexicon of our own in Chinese and English, with negation and degree."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from huaxiang.model.folding import folded
from huaxiang.shipped import shipped

#: A clause ends here: no negation reaches over it.
_CLAUSE = re.compile(r"[,.;:!?，。；：！？、…~～\n\r]+")
_LATIN = re.compile(r"[a-z]")
#: How far in front of a word a negation or degree may stand, in characters.
_REACH = {"zh": 4, "en": 16}


class Lexicon(NamedTuple):
    """Weights of words (-2..2), words that turn the mood, and words that strengthen or weaken it (factors)."""

    words: dict[str, float]
    negations: frozenset[str]
    degrees: dict[str, float]
    turns: frozenset[str]
    by_first_letter: dict[str, list[str]]


def sentiment(text: str) -> float | None:
    """The mood of a text from -1 (bad) to 1 (good); 0 when no known word is in it; None for an empty text.

    It is (good - bad) / (good + bad) over the weighted words; "不好" counts as bad, "不错" as good. What follows a
    "但是" or "but" counts double.
    """
    plain = folded(text)
    if not plain:
        return None
    lexicon = _lexicon()
    good = bad = 0.0
    factor = 1.0
    for clause in _CLAUSE.split(plain):
        for weight in _weights(clause, lexicon):
            if weight is None:
                factor = 2.0
            elif weight > 0:
                good += weight * factor
            else:
                bad -= weight * factor
    return round((good - bad) / (good + bad), 4) if good + bad else 0.0


def _weights(clause: str, lexicon: Lexicon) -> Iterator[float | None]:
    """The weight of each word of a clause; None where the text turns."""
    turn, strength, end = 1.0, 1.0, 0
    for start, word in _found(clause, lexicon):
        if start - end > _REACH["en" if _LATIN.match(word) else "zh"]:
            turn = strength = 1.0
        end = start + len(word)
        if word in lexicon.turns:
            yield None
        elif word in lexicon.words:
            yield lexicon.words[word] * turn * strength
            turn = strength = 1.0
        elif word in lexicon.negations:
            turn = -turn
        else:
            strength *= lexicon.degrees[word]


def _found(clause: str, lexicon: Lexicon) -> Iterator[tuple[int, str]]:
    """The known words of a clause from left to right with their places, the longest one at each place."""
    place = 0
    while place < len(clause):
        words = lexicon.by_first_letter.get(clause[place], ())
        word = next((word for word in words if _stands_at(place, word, clause)), "")
        if word:
            yield place, word
        place += len(word) or 1


def _stands_at(place: int, word: str, clause: str) -> bool:
    """Whether the word is there; a Latin one only when no Latin letter touches it."""
    if not clause.startswith(word, place) or not _LATIN.match(word):
        return clause.startswith(word, place)
    after = clause[place + len(word) : place + len(word) + 1]
    return not (place and _LATIN.match(clause[place - 1])) and not _LATIN.match(after)


@cache
def _lexicon() -> Lexicon:
    words: dict[str, float] = {}
    negations: set[str] = set()
    degrees: dict[str, float] = {}
    turns: set[str] = set()
    for language in ("zh", "en"):
        body = _read(f"sentiment_{language}.yaml")
        for weight, listed in body["words"].items():
            words |= dict.fromkeys(map(str, listed), float(weight))
        for factor, listed in body["degrees"].items():
            degrees |= dict.fromkeys(map(str, listed), float(factor))
        negations |= set(body["negations"])
        turns |= set(body["turns"])
    index = _by_first_letter({*words, *negations, *degrees, *turns})
    return Lexicon(words, frozenset(negations), degrees, frozenset(turns), index)


def _by_first_letter(words: set[str]) -> dict[str, list[str]]:
    # The longest word first: 不错 is a word of its own, not a negated 错.
    index: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(words, key=lambda word: (-len(word), word)):
        index[word[0]].append(word)
    return dict(index)


def _read(name: str) -> dict[str, dict[str, list[str]]]:
    return shipped("lexicon", name)  # type: ignore[no-any-return]
