"""Of which tags each change is recorded, and by which rule a tag goes.

Recorded are the tags whose values stand until something happens. Left out are helpers, which nobody is shown, tags that
need a purpose, whose values must be gone with it, and numbers that move with the day (:func:`moving`): nearly every
customer would have another one every day.
"""

from __future__ import annotations

import hashlib

from huaxiang.analyse.order import levels, needed_by, with_needed
from huaxiang.analyse.value_text import FLOATS
from huaxiang.model.fields import NUMERIC
from huaxiang.model.rules import Anniversary, Everyone, Expression, Formula, Model, Percentile, Since
from huaxiang.model.tags import Tag, Tags


def recorded(tags: Tags) -> dict[str, Tag]:
    """Those of the ``tags`` (every one that a refresh computes) of which each change is recorded."""
    left_out = moving(tags) | {key for key, tag in tags.items() if tag.helper or tag.needs_purpose}
    return {key: tag for key, tag in tags.items() if key not in left_out}


def moving(tags: Tags) -> frozenset[str]:
    """The tags whose number moves although nothing happens to the customer: days counted from the day itself, a place
    among all, one figure of all, the score of an analysis, and arithmetic on such numbers.

    What sorts them into layers, whole years, yes and no, and lists of favourites do not move with the day.
    """
    found: set[str] = set()
    for level in levels(tags):
        for tag in level:
            computed = isinstance(tag.rule, Formula | Expression) and found.intersection(needed_by(tag.rule))
            if tag.type in NUMERIC and (computed or _counts_with_the_day(tag)):
                found.add(tag.key)
    return frozenset(found)


def _counts_with_the_day(tag: Tag) -> bool:
    match tag.rule:
        case Since():
            return tag.rule.unit == "days"
        case Model():
            return tag.type in FLOATS
        case _:
            return isinstance(tag.rule, Anniversary | Everyone | Percentile)


def rule_of(tag: Tag, tags: Tags) -> str:
    """A digest of how the tag is computed: its type and rule, and those of all tags that it needs."""
    needed = with_needed([tag.key], tags)
    told = "\n".join(f"{key} {needed[key].type} {needed[key].rule.model_dump_json()}" for key in sorted(needed))
    return hashlib.sha256(told.encode()).hexdigest()[:16]
