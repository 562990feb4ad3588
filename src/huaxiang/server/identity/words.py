"""Identifier types and reasons for holding a value, in a few words."""

from __future__ import annotations

from huaxiang.words import knows, say


def type_words(identifier_type: str, lang: str) -> str:
    """The type as people call it; one that is not worded reads as it is."""
    code = f"prepare.identifier.{identifier_type}"
    return say(code, lang) if knows(code) else identifier_type


def hold_words(reason: str, lang: str) -> str:
    """The reason in a few words; one that is not worded reads as it is."""
    code = f"prepare.held.{reason}"
    return say(code, lang) if knows(code) else reason
