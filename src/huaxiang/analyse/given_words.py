"""What people gave to a tag, in one sentence: the value, who said so, when, why and until when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from huaxiang.analyse.sentences import value_words
from huaxiang.errors import InputError
from huaxiang.model.given_values import value_of, value_text
from huaxiang.model.tags import Tag
from huaxiang.number_words import date_words, money
from huaxiang.prepare.given.table import BY_HAND
from huaxiang.words import say


def given_sentence(given: Mapping[str, Any], tag: Tag, lang: str, currency: str, *, stands: bool) -> str:
    """One row of :func:`huaxiang.analyse.given.given_to` in ``zh`` or ``en``; a masked value is told as it is."""
    said = {
        "value": given_value_words(str(given["value"]), tag, lang, currency),
        "who": given["given_by"],
        "day": date_words(given["given_at"].date(), lang),
        "reason": say("given.reason", lang, reason=given["reason"]) if given["reason"] else "",
        "until": say("given.until", lang, day=date_words(given["until"], lang)) if given["until"] else "",
    }
    code = "given.by_hand" if given["source"] == BY_HAND else "given.by_file"
    return say("given.stands" if stands else "given.older", lang, sentence=say(code, lang, **said))


def given_value_words(text: str, tag: Tag, lang: str, currency: str) -> str:
    """The words of a value that stands as text; what no longer fits the tag is told as it is."""
    try:
        value = value_of(tag, value_text(tag, text))
    except InputError:
        return text
    return money(value, currency, lang) if tag.type == "money" else value_words(value, tag.field, lang)
