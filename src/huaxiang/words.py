"""What people read, in Chinese and English: every sentence is a code with parameters until it reaches a person.

The sentences live in ``definitions/words/*.yaml`` as ``code: {zh: "…{name}…", en: "…{name}…"}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from huaxiang.shipped import names_in, shipped

LANGUAGES = ("zh", "en")
#: Of what somebody gave (the value ``given``) a message shows no more than this.
_LONGEST_GIVEN = 200


@dataclass(frozen=True)
class Message:
    """A sentence not yet put into words: the code that names it and the values in it."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def say(self, lang: str) -> str:
        """The sentence in ``zh`` or ``en``."""
        return say(self.code, lang, **self.params)

    @property
    def record(self) -> dict[str, Any]:
        """The message for a table or the ledger, its values as text; :func:`message_from` is the way back."""
        told = {name: one.record if isinstance(one, Message) else str(one)[:300] for name, one in self.params.items()}
        return {"code": self.code, "params": told}


def message_from(record: Mapping[str, Any]) -> Message:
    """The message that was stored as a record; one whose words are gone since is its code."""
    if not knows(record["code"]):
        return Message("words.gone", {"code": record["code"]})
    told = record["params"].items()
    return Message(record["code"], {name: message_from(one) if isinstance(one, dict) else one for name, one in told})


class UnknownWords(KeyError):
    """A code that no file of words knows; a mistake of the programmer, found by the tests."""


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every sentence of the product: code to ``{"zh": …, "en": …}``. A code said in two files is refused."""
    found: dict[str, dict[str, str]] = {}
    for name in names_in("words"):
        for code, sentence in (shipped("words", name) or {}).items():
            if code in found:
                raise UnknownWords(f"{name}: the code {code!r} is worded twice")
            found[code] = sentence
    return found


def say(code: str, lang: str, **params: Any) -> str:
    """The sentence ``code`` in ``zh`` or ``en`` with its values filled in.

    Raises :class:`UnknownWords` for a code or language that is not worded, or a value that is missing.
    """
    try:
        return catalogue()[code][lang].format_map({name: _value(name, value, lang) for name, value in params.items()})
    except KeyError as missing:
        raise UnknownWords(f"{code!r} in {lang!r}: {missing}") from None


def knows(code: str) -> bool:
    """Whether the code is worded."""
    return code in catalogue()


def _value(name: str, value: Any, lang: str) -> Any:
    if isinstance(value, Message):
        return value.say(lang)
    if not isinstance(value, str):
        return value
    told = value[:_LONGEST_GIVEN] + "…" if name == "given" and len(value) > _LONGEST_GIVEN else value
    # Half a character, which some JSON holds, can be neither sent nor stored.
    return told if told.isascii() else told.encode("utf-8", "replace").decode()
