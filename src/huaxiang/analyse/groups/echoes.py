"""Tags that say what a rule itself says: those it names, those they are computed from, and those computed from them."""

from __future__ import annotations

from collections.abc import Mapping

from huaxiang.analyse.order import needed_by
from huaxiang.analyse.portrait import RFM_CLASS
from huaxiang.analyse.rfm_scores import SCORES
from huaxiang.model.conditions import Condition, leaves
from huaxiang.model.tags import Tag, Tags

#: What RFM is computed from, in the words of tags.
_RFM_NEEDS = ("days_since_last_order", "last_order_on", "order_days_total", "net_revenue_total")


def echoes(condition: Condition, tags: Tags) -> frozenset[str]:
    """The tags and RFM columns that are as good as named in the rule.

    Beside those of its lineage these are the ones with the same source and measure over other days, such as
    ``orders_365d`` beside ``orders_total``. A tag that the definitions do not know is taken as it is.
    """
    named = {test.field for test in leaves(condition)}
    needs = _needs(tags)
    found = set(named)
    for key in named:
        found |= _reached(key, needs) | {other for other in needs if key in _reached(other, needs)}
    source = {_source(tags[key]) for key in named if key in tags} - {None}
    return frozenset(found | {key for key, tag in tags.items() if _source(tag) in source})


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


def _source(tag: Tag) -> tuple[str, ...] | None:
    """Which figure of which facts a tag is, whatever its window."""
    said = [getattr(tag.rule, name, None) for name in ("fact", "kind", "measure", "column", "by", "where")]
    return tuple(str(part) for part in said) if said[0] else None
