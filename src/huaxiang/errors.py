"""The exception tree of Huaxiang.

HuaxiangError
├── InputError        a file, row or value that cannot be used as given
├── WorkspaceError    the workspace folder is missing, damaged or of another version
├── BusyError         another process builds in this workspace
├── DefinitionError   a tag, segment, mapping or other definition does not hold together
├── NotFound          a name or identifier that nothing answers to
├── Denied            the person may not do this, or see this
├── Cancelled         the person stopped the work
└── EngineError       the analytical engine could not do what was asked
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from huaxiang.words import Message, say


class HuaxiangError(Exception):
    """A problem told as a code with parameters, so that it can be put into Chinese or English at the edge."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.message = Message(code, params)

    @property
    def code(self) -> str:
        """The key of the sentence in ``definitions/words``."""
        return self.message.code

    @property
    def params(self) -> dict[str, Any]:
        """The values that the sentence names."""
        return dict(self.message.params)

    def __str__(self) -> str:
        return say(self.code, "en", **self.params)

    def say(self, lang: str) -> str:
        """The sentence in ``zh`` or ``en``."""
        return say(self.code, lang, **self.params)


class InputError(HuaxiangError):
    """A file, row or value that cannot be used as given."""


class WorkspaceError(HuaxiangError):
    """The workspace folder is missing, damaged or of another version."""


class BusyError(HuaxiangError):
    """Another process builds in this workspace."""


class DefinitionError(HuaxiangError):
    """A definition does not hold together."""


class NotFound(HuaxiangError):
    """A name or identifier that nothing answers to."""


class Denied(HuaxiangError):
    """The person may not do this, or see this."""


class Cancelled(HuaxiangError):
    """The person stopped the work."""


class EngineError(HuaxiangError):
    """The analytical engine could not do what was asked."""


def nearest(given: str, known: Iterable[str], count: int = 3) -> str:
    """The known names that look most like the given one, joined by commas; all of them when there are few."""
    names = sorted(known)
    close = get_close_matches(given, names, n=count, cutoff=0.4)
    return ", ".join(close or names[: max(count, 8)])
