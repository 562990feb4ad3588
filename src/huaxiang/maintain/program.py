"""Which program computed something: equal programs give equal results from equal data."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

#: The rooms that decide what is in a profile.
_ROOMS = ("model", "definitions", "engine", "prepare", "analyse")


@cache
def program_version() -> str:
    """Twelve hex digits of everything by which profiles are computed: code, and the content that comes with it.

    Not the number of the release: a checkout computes otherwise long before that number is raised.
    """
    found = hashlib.sha256()
    for room in _ROOMS:
        _read(files("huaxiang") / room, room, found)
    return found.hexdigest()[:12]


def _read(folder: Traversable, place: str, found: hashlib._Hash) -> None:
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.is_dir():
            _read(one, f"{place}/{one.name}", found)
        elif one.name.endswith((".py", ".yaml")):
            content = one.read_bytes()
            found.update(f"{place}/{one.name} {len(content)}\\n".encode() + content)
