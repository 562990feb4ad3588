"""Joins by one phone or e-mail alone in a sentence: how often they are right, as far as anything tells."""

from __future__ import annotations

from huaxiang.analyse.lone_joins import LoneJoins
from huaxiang.analyse.lone_trust import Trust
from huaxiang.number_words import percent, short_number
from huaxiang.words import say


def how_often_right(told: Trust | None, found: LoneJoins, lang: str) -> str:
    """What people answered so far, and what accounts that do tell a name say about phones in common."""
    parts = [say("alone.no_answers", lang)]
    if told is not None:
        shares = {name: percent(getattr(told, name), lang) for name in ("share", "low", "high")}
        counts = {name: short_number(getattr(told, name), lang) for name in ("confirmed", "cut")}
        parts = [say("alone.answers", lang, **counts, **shares)]
    if found.named_values:
        share = percent(found.one_customer / found.named_values, lang)
        parts.append(say("alone.named", lang, n=short_number(found.named_values, lang), share=share))
    return ("" if lang == "zh" else " ").join(parts)
