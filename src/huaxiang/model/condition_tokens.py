"""The words and marks that a condition written as text consists of."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from huaxiang.errors import DefinitionError
from huaxiang.model.shown import printable

_TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<mark>!=|>=|<=|[=<>(),，（）])|(?P<word>[^\s"=<>!(),，（）]+))""",
    re.DOTALL,
)
# A number with leading zeros is a code such as a store number, so it stays text.
NUMBER = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?\Z")
WHOLE = re.compile(r"[+-]?(0|[1-9]\d*)\Z")
PLAIN = re.compile(r"""[^\s"=<>!(),，（）\\]+\Z""")
_SAME = {"且": "and", "或": "or", "非": "not", "，": ",", "（": "(", "）": ")"}
KEYWORDS = frozenset({"and", "or", "not", "everyone", "true", "false", "in", "is", "between"} | _SAME.keys())


@dataclass(frozen=True)
class Token:
    """One word, mark or quotation, and where it begins."""

    text: str
    quoted: bool
    at: int

    def says(self, *words: str) -> bool:
        """Whether it is one of these words, unquoted."""
        return not self.quoted and self.text in words


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text; :class:`DefinitionError` where a quotation does not end or a mark is unknown."""
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            read, rest = printable(text[:at].strip()[-60:]), printable(text[at:].strip()[:60])
            raise DefinitionError("condition.text_stops", read=read, rest=rest)
        found.append(_token(match))
        at = match.end()
    return found


def _token(match: re.Match[str]) -> Token:
    start = match.start(match.lastgroup or 0)
    if quoted := match["quoted"]:
        try:
            return Token(str(json.loads(quoted)), quoted=True, at=start)
        except json.JSONDecodeError:
            raise DefinitionError("condition.text_stops", read="", rest=printable(quoted[:60])) from None
    plain = match["mark"] or match["word"]
    return Token(_SAME.get(plain, plain), quoted=False, at=start)
