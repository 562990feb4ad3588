"""What is shipped with the product in ``definitions/``: tables, tags, rules, words."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML built without its C library reads the same, five times slower
    from yaml import SafeLoader  # type: ignore[assignment]


def shipped(*place: str) -> Any:
    """The content of one shipped file, by the folders and the name that lead to it."""
    return yaml.load(_definitions(*place).read_text(encoding="utf-8"), Loader=SafeLoader)


def names_in(*place: str) -> list[str]:
    """The names of the shipped files in one folder, sorted."""
    return sorted(entry.name for entry in _definitions(*place).iterdir() if entry.name.endswith(".yaml"))


def _definitions(*place: str) -> Traversable:
    return (files("huaxiang") / "definitions").joinpath(*place)
