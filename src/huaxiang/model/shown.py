"""What somebody gave, short and printable, for a message about it."""

from __future__ import annotations

import reprlib
from typing import Any

_SHORT = reprlib.Repr()
_SHORT.maxlevel = 2


def shown(given: Any) -> str:
    """The beginning of something unexpected, for a message about it; however large or deep it is."""
    try:
        return printable(_SHORT.repr(given))[:80]
    except ValueError:
        # An integer with more digits than Python prints.
        return type(given).__name__


def printable(text: str) -> str:
    """The text with every character that cannot be shown or encoded as an escape."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
