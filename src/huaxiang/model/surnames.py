"""Chinese surnames in use, read from ``definitions/surnames.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from huaxiang.shipped import shipped


@dataclass(frozen=True)
class Surnames:
    """Surnames of one character and of two."""

    single: frozenset[str]
    compound: frozenset[str]


@cache
def surnames() -> Surnames:
    """The shipped surnames."""
    body = shipped("surnames.yaml")
    return Surnames(frozenset(body["single"]), frozenset(body["compound"]))
