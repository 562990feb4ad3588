"""Values that the columns of events have, to choose from while a rule is built; looked up once for each refresh."""

from __future__ import annotations

from huaxiang.analyse.events import Events
from huaxiang.analyse.known_values import known_values
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.snapshot_values import once_per_snapshot

#: Columns of a few words each. What was typed, searched for, or names an account is nobody's to choose from.
COLUMNS = frozenset({
    "event_name", "event_family", "platform", "daypart", "channel", "store_no", "order_status", "category", "brand",
    "feedback_kind", "topic", "campaign_no", "province", "city",
})  # fmt: skip


def event_values(sight: Sight, fact: str, column: str) -> tuple[str, ...]:
    """The most frequent values of the column, most frequent first; none for a column that is not offered."""
    if column not in COLUMNS:
        return ()
    return once_per_snapshot(sight.engine, ("event_values", fact, column), lambda: _looked_up(sight, fact, column))


def _looked_up(sight: Sight, fact: str, column: str) -> tuple[str, ...]:
    rows = Events(sight.engine, sight.population.facts, sight.as_of).rows(fact)
    return () if rows is None else known_values(sight.engine, rows, column)
