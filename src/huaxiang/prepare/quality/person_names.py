"""Names of people taken apart: surname, given name, and the form of address."""

from __future__ import annotations

import re
from dataclasses import dataclass

from huaxiang.model.folding import folded
from huaxiang.model.identity import NameRules
from huaxiang.model.surnames import surnames

_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{1,4}")
_GENDER = {
    "先生": "male",
    "女士": "female",
    "小姐": "female",
    "太太": "female",
    "夫人": "female",
    "mr.": "male",
    "mr ": "male",
    "mrs.": "female",
    "mrs ": "female",
    "ms.": "female",
    "ms ": "female",
    "miss ": "female",
}
#: The forms of address that tell a gender, as they are written in a folded name.
GENDER_TITLES = tuple(_GENDER)


@dataclass(frozen=True)
class NameParts:
    """``given`` is None where only a surname is written; ``title`` is the form of address as the rules list it."""

    surname: str | None
    given: str | None
    title: str | None


def name_parts(name: str, rules: NameRules) -> NameParts:
    """The parts of a Chinese name of one to four characters, or of a Latin one with the surname last."""
    text = folded(name)
    title = title_of(text, rules)
    bare = re.sub(r"[·•・.\s]+", " ", _without(text, title)).strip()
    if _CHINESE.fullmatch(bare):
        size = 2 if bare[:2] in surnames().compound and len(bare) > 2 - bool(title) else 1
        return NameParts(bare[:size], bare[size:] or None, title)
    given, _, surname = bare.rpartition(" ")
    return NameParts(surname or None, given or None, title)


def has_known_surname(name: str, rules: NameRules) -> bool | None:
    """Whether a Chinese name begins with a surname that is in use; None for a name that is not Chinese."""
    surname = name_parts(name, rules).surname
    if surname is None or not _CHINESE.fullmatch(surname):
        return None
    return surname in surnames().single | surnames().compound


def title_of(name: str, rules: NameRules) -> str | None:
    """The form of address that a name carries: Chinese ones behind it, Latin ones before it. A name that is nothing
    but a form of address carries none."""
    text = folded(name)
    for title in rules.titles:
        carries = text.startswith(title) if title.isascii() else text.endswith(title)
        if carries and len(text) > len(title):
            return title
    return None


def gender_of_title(name: str, rules: NameRules) -> str | None:
    """``male`` or ``female`` when the form of address tells it, else None."""
    return _GENDER.get(title_of(name, rules) or "")


def _without(text: str, title: str | None) -> str:
    if title is None:
        return text
    return text.removeprefix(title) if title.isascii() else text.removesuffix(title)
