"""What somebody gave, short and printable, for a message about it."""

from __future__ import annotations

import reprlib
from typing import Any


class _Short(reprlib.Repr):
    """Mappings as definitions write them, everything else as Python does."""

    def repr_dict(self, given: dict[Any, Any], level: int) -> str:
        if level <= 0:
            return "{…}"
        parts = [f"{self._plain(key, level)}: {self._plain(value, level)}" for key, value in [*given.items()][:4]]
        return "{" + ", ".join([*parts, *(["…"] if len(given) > len(parts) else [])]) + "}"

    def _plain(self, given: Any, level: int) -> str:
        return given[:40] if isinstance(given, str) else self.repr1(given, level - 1)


_SHORT = _Short()
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
