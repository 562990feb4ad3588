"""Values of tags in words."""

from __future__ import annotations

from typing import Any

from huaxiang.analyse.sentences import value_words
from huaxiang.model.tags import Tag
from huaxiang.number_words import money
from huaxiang.words import knows, say


def said_value(tag: Tag, value: Any, lang: str, currency: str) -> str:
    """The value of a tag with its unit, as people read it."""
    if tag.type == "money":
        return money(value, currency, lang)
    text = value_words(value, tag.field, lang)
    code = f"cli.unit.{tag.unit}"
    return say("cli.with_unit", lang, value=text, unit=say(code, lang)) if tag.unit and knows(code) else text


def tag_document(tag: Tag, value: Any, *, is_masked: bool) -> dict[str, Any]:
    """One tag of one customer for machines."""
    return {
        "key": tag.key, "element": tag.element, "zh": tag.zh, "en": tag.en, "value": value, "unit": tag.unit,
        "version": tag.version, "is_masked": is_masked,
    }  # fmt: skip
