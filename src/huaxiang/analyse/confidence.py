"""How sure a value is, from 0 to 1: the share of what speaks for it, drawn towards one half where little was said.

It is (n · share + 1) / (n + 2), the rule of succession: after n rows of which the share spoke for the value, the chance
that the next one does too. One row gives 0.67, ten that agree give 0.92, one of two gives 0.5.
"""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir

from huaxiang.model.facts import fact_named
from huaxiang.model.rules import Distribution, Favourite, Golden, Model, Preference
from huaxiang.model.tags import Tag
from huaxiang.number_words import percent
from huaxiang.words import say

#: The confidence of the tag named behind it.
SURE = "sure_"


def has_confidence(tag: Tag) -> bool:
    """Whether its values can be more or less sure; counts, sums and what happened are certain where they are known."""
    if isinstance(tag.rule, Golden):
        return fact_named(tag.rule.fact).states
    if isinstance(tag.rule, Model):
        return tag.rule.confidence is not None
    return isinstance(tag.rule, Favourite | Preference | Distribution)


def confidence(share: Any, n: Any) -> ir.FloatingValue:
    """The confidence of a value for which a share (0 to 1) of ``n`` rows speaks; null where either is."""
    return (n.cast("float64") * share + 1.0) / (n.cast("float64") + 2.0)


def confidence_words(sure: float | None, lang: str) -> str:
    """How sure a value is in ``zh`` or ``en``; nothing where that is not told."""
    return "" if sure is None else say("why.confidence", lang, sure=percent(sure, lang))
