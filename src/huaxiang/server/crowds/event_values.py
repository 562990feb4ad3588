"""Values that the columns of events have, to choose from while a rule is built; looked up once for each refresh."""

from __future__ import annotations

from huaxiang.analyse.events import Events
from huaxiang.analyse.known_values import known_values
from huaxiang.server.crowds.sight import Sight

#: Columns of a few words each. What was typed, searched for, or names an account is nobody's to choose from.
COLUMNS = frozenset({
    "event_name", "event_family", "platform", "daypart", "channel", "store_no", "order_status", "category", "brand",
    "feedback_kind", "topic", "campaign_no", "province", "city",
})  # fmt: skip
_MOST_HELD = 200
_held: dict[tuple[str, int, str, str], tuple[str, ...]] = {}


def event_values(sight: Sight, fact: str, column: str) -> tuple[str, ...]:
    """The most frequent values of the column, most frequent first; none for a column that is not offered."""
    if column not in COLUMNS:
        return ()
    key = (str(sight.engine.lake.folder), sight.engine.snapshot(), fact, column)
    if key not in _held:
        rows = Events(sight.engine, sight.population.facts, sight.as_of).rows(fact)
        if len(_held) >= _MOST_HELD:
            _held.clear()
        _held[key] = () if rows is None else known_values(sight.engine, rows, column)
    return _held[key]
