"""Which of the fact tables that are made for a day tags and rules read: no other has to be made to answer them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from huaxiang.analyse.fact_tags import facts_read
from huaxiang.analyse.facts import MADE_OF
from huaxiang.analyse.registry import analysis_named
from huaxiang.model.facts import fact_named, facts_known
from huaxiang.model.rules import Model
from huaxiang.model.tags import Tag, Tags
from huaxiang.prepare.facts import FACT_TABLES


def facts_needed(tags: Tags, facts: Collection[str] = ()) -> frozenset[str]:
    """The names in :data:`huaxiang.prepare.facts.FACT_TABLES` that these tags, and looks at these ``facts``, read.

    ``tags`` are all that are computed, with those that they need. A fact that is made of another stands for that one.
    """
    named = {*facts, *(name for tag in tags.values() for name in _read(tag))}
    return frozenset(fact_named(MADE_OF.get(name, name)).table for name in named) & FACT_TABLES.keys()


def _read(tag: Tag) -> Iterable[str]:
    if isinstance(tag.rule, Model):
        # Others of its inputs are no facts: the profile, the customers.
        return facts_known().keys() & analysis_named(tag.rule.analysis).inputs
    return facts_read(tag)
