"""Tags that say what a rule itself says: those it names, those they are computed from, and those computed from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from huaxiang.analyse.doers import EventLeaf, facts_of
from huaxiang.analyse.order import needed_by
from huaxiang.analyse.portrait import RFM_CLASS
from huaxiang.analyse.rfm_scores import SCORES
from huaxiang.model.conditions import Condition, InCrowd, Leaf, fields_named, leaves
from huaxiang.model.rules import Statistic
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tag, Tags

#: Measures that grow with the number of rows.
_AMOUNTS = ("count", "sum", "distinct", "distinct_days")
#: What RFM is computed from, in the words of tags.
_RFM_NEEDS = ("days_since_last_order", "last_order_on", "order_days_total", "net_revenue_total")


def echoes(condition: Condition, tags: Tags, segments: Segments) -> frozenset[str]:
    """The tags and RFM columns that are as good as named in the rule, or in the crowds that it names.

    Beside those of its lineage these are the ones that measure how much there is of the same rows, over whatever days:
    ``orders_365d`` and ``net_revenue_total`` beside ``order_days_total``, or beside a test of what was bought; and of
    tags that name places all, as who lives in a city lives in its province.
    """
    asked = tuple(every_leaf(condition, segments))
    named = fields_asked(condition, segments)
    needs = _needs(tags)
    below = named | {need for key in named for need in _reached(key, needs)}
    if any(tags[key].place for key in below if key in tags):
        named |= {key for key, tag in tags.items() if tag.place}
    above = named | {key for key in needs if _reached(key, needs) & named}
    rows = {_rows(tags[key]) for key in below if key in tags} - {None}
    facts = {fact for leaf in asked if isinstance(leaf, EventLeaf) for fact in facts_of(leaf)}
    again = {key for key, tag in tags.items() if (found := _rows(tag)) and (found in rows or found[0] in facts)}
    return frozenset(below | above | again)


def fields_asked(condition: Condition, segments: Segments) -> set[str]:
    """The fields that the rule tests or ranks by, and those of the crowds that it names."""
    found = set(fields_named(condition))
    for leaf in leaves(condition):
        if isinstance(leaf, InCrowd) and leaf.crowd in segments:
            found |= fields_asked(segments[leaf.crowd].condition, segments)
    return found


def every_leaf(condition: Condition, segments: Segments) -> Iterator[Leaf]:
    """The leaves of the rule and of the crowds that it names; crowds do not name each other in a circle."""
    for leaf in leaves(condition):
        yield leaf
        if isinstance(leaf, InCrowd) and leaf.crowd in segments:
            yield from every_leaf(segments[leaf.crowd].condition, segments)


def _needs(tags: Tags) -> Mapping[str, tuple[str, ...]]:
    rfm = dict.fromkeys((RFM_CLASS, *SCORES.values()), _RFM_NEEDS)
    return {key: needed_by(tag.rule) for key, tag in tags.items()} | rfm


def _reached(key: str, needs: Mapping[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    waiting = [key]
    while waiting:
        for need in needs.get(waiting.pop(), ()):
            if need not in found:
                found.add(need)
                waiting.append(need)
    return found


def _rows(tag: Tag) -> tuple[str, str] | None:
    """Which rows of which facts the tag tells the amount of; None for tags that do not."""
    rule = tag.rule
    if not isinstance(rule, Statistic) or rule.measure not in _AMOUNTS:
        return None
    return rule.fact, str(rule.where)
