"""The words, numbers and signs that an expression consists of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NoReturn

from huaxiang.errors import DefinitionError

LONGEST = 5_000
_TOKEN = re.compile(
    r"""(?P<text>'(?:[^']|'')*')
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>\|\||<>|!=|<=|>=|[-+*/%()=<>,])""",
    re.VERBOSE,
)
_GAP = re.compile(r"\s*")
#: Signs of the Chinese keyboard, each of the same length as what it stands for.
_SAME = str.maketrans({"（": "(", "）": ")", "，": ",", "＝": "=", "＞": ">", "＜": "<"})


@dataclass(frozen=True)
class Token:
    """One piece of the text, as it is written, and where it begins, from 1. Words are in lower case."""

    kind: Literal["text", "number", "word", "sign", "end"]
    text: str
    at: int

    def says(self, *words: str) -> bool:
        """Whether it is one of these words or signs."""
        return self.kind in ("word", "sign") and self.text in words


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text and one for its end; :class:`DefinitionError` for what is none, and for too much text."""
    if len(text) > LONGEST:
        raise DefinitionError("expression.too_long", most=LONGEST)
    found, place = [], _gap(text, 0)
    while place < len(text):
        match = _TOKEN.match(text, place) or _TOKEN.match(text[place].translate(_SAME))
        if match is None:
            stop(text, place + 1)
        found.append(_token(match, place + 1))
        place = _gap(text, place + len(match[0]))
    return [*found, Token("end", "", len(text) + 1)]


def stop(text: str, at: int) -> NoReturn:
    """Refuse the text where it stops making sense."""
    rest = text[at - 1 :].strip()[:40]
    raise DefinitionError("expression.stops", at=at, read=text[: at - 1].strip()[-40:], rest=rest)


def _gap(text: str, place: int) -> int:
    match = _GAP.match(text, place)
    return match.end() if match else place


def _token(match: re.Match[str], at: int) -> Token:
    written = match[0]
    if match.lastgroup == "text":
        return Token("text", written[1:-1].replace("''", "'"), at)
    if match.lastgroup == "number":
        return Token("number", written, at)
    return Token("word", written.lower(), at) if match.lastgroup == "word" else Token("sign", written, at)
