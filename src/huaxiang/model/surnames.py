"""Chinese surnames in use, read from ``definitions/surnames.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True)
class Surnames:
    """Surnames of one character and of two."""

    single: frozenset[str]
    compound: frozenset[str]


@cache
def surnames() -> Surnames:
    """The shipped surnames."""
    body = yaml.safe_load((files("huaxiang") / "definitions" / "surnames.yaml").read_text(encoding="utf-8"))
    return Surnames(frozenset(body["single"]), frozenset(body["compound"]))
