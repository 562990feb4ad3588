"""Tags that say what a rule itself says: those it names, those they are computed from, and those computed from them."""

from __future__ import annotations

from collections.abc import Mapping

from huaxiang.analyse.order import needed_by
from huaxiang.analyse.portrait import RFM_CLASS
from huaxiang.analyse.rfm_scores import SCORES
from huaxiang.model.conditions import Condition, leaves
from huaxiang.model.rules import Statistic
from huaxiang.model.tags import Tag, Tags

#: Measures that grow with the number of rows.
_AMOUNTS = ("count", "sum", "distinct", "distinct_days")
#: What RFM is computed from, in the words of tags.
_RFM_NEEDS = ("days_since_last_order", "last_order_on", "order_days_total", "net_revenue_total")


def echoes(condition: Condition, tags: Tags) -> frozenset[str]:
    """The tags and RFM columns that are as good as named in the rule.

    Beside those of its lineage these are the ones that measure how much there is of the same rows, over whatever days:
    ``orders_365d`` and ``net_revenue_total`` beside ``order_days_total``.
    """
    named = {test.field for test in leaves(condition)}
    needs = _needs(tags)
    below = named | {need for key in named for need in _reached(key, needs)}
    above = {key for key in needs if _reached(key, needs) & named}
    rows = {_rows(tags[key]) for key in below if key in tags} - {None}
    return frozenset(below | above | {key for key, tag in tags.items() if _rows(tag) in rows})


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
