"""Which language to speak, known before the command line is understood, so that its mistakes are told in it too."""

from __future__ import annotations

import locale
from collections.abc import Mapping, Sequence

from huaxiang.words import LANGUAGES


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """``zh`` or ``en``: what ``--lang`` says, else the locale of the environment, else that of the system."""
    return _asked(arguments) or _of_locale(_named(environment) or locale.getlocale()[0] or "")


def _asked(arguments: Sequence[str]) -> str | None:
    for place, word in enumerate(arguments):
        given = word.removeprefix("--lang=") if word.startswith("--lang=") else None
        if word == "--lang" and place + 1 < len(arguments):
            given = arguments[place + 1]
        if given in LANGUAGES:
            return given
    return None


def _named(environment: Mapping[str, str]) -> str | None:
    found = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((value for value in found if value), None)


def _of_locale(name: str) -> str:
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"
