"""Who came since everybody was computed, in words: tags that look at others are not unknown, but not counted yet."""

from __future__ import annotations

from collections.abc import Collection

from huaxiang.analyse.came_since import came_since
from huaxiang.analyse.order import full_only
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import count_of, only
from huaxiang.model.tags import Tags
from huaxiang.number_words import short_number
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.snapshot_values import once_per_snapshot
from huaxiang.words import say


def newcomers(engine: DuckEngine) -> frozenset[str]:
    """The ids of those who came since everybody was computed; nobody where the latest refresh computed everybody."""
    return once_per_snapshot(engine, "newcomers", lambda: _newcomers(engine))


def uncounted_words(sight: Sight, asked: Collection[str]) -> str:
    """That those who came today are not in what asks for these tags, and which of these are to blame; empty where the
    tags look at nobody else, or nobody whom the visitor sees came."""
    tags, lang = sight.definitions.tags, sight.lang
    others = [tags[key].name.say(lang) for key in sorted(full_only(tags) & set(asked))]
    count = _seen(sight) if others else 0
    listed = say("condition.list_join", lang).join(others)
    return say("uncounted.customers", lang, n=short_number(count, lang), tags=listed) if count else ""


def uncounted_with(engine: DuckEngine, customer_id: str, unknown: Collection[str], tags: Tags, lang: str) -> str:
    """The same of one customer's ``unknown`` tags; empty where the customer is none of those who came."""
    others = full_only(tags) & set(unknown)
    if not others or customer_id not in newcomers(engine):
        return ""
    return say("uncounted.tags", lang, n=len(others))


def _seen(sight: Sight) -> int:
    everybody = newcomers(sight.engine)
    if not everybody or sight.access.stores is None:
        return len(everybody)
    return count_of(sight.engine, sight.table.filter(sight.table.customer_id.isin(sorted(everybody))))


def _newcomers(engine: DuckEngine) -> frozenset[str]:
    found = came_since(engine)
    if found is None:
        return frozenset()
    there = found.semi_join(engine.table("profile"), "customer_id")
    return frozenset(str(row["customer_id"]) for row in only(engine.arrow(there)))
