"""Values that the columns of events have, to choose from while a rule is built; looked up once for each refresh."""

from __future__ import annotations

from functools import partial

from huaxiang.analyse.evaluate import column_of
from huaxiang.analyse.events import Events
from huaxiang.analyse.known_values import KnownValue, known_values
from huaxiang.model.extra_columns import is_extra
from huaxiang.model.measured import fact_meant
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.snapshot_values import once_per_snapshot

#: Columns of a few words each. What was typed, searched for, or names an account is nobody's to choose from.
COLUMNS = frozenset({
    "event_name", "event_family", "platform", "device_model", "daypart", "page", "channel", "store_no", "staff_no",
    "order_status", "payment_method", "currency", "coupon_no", "campaign_no", "campaign_name", "product_no",
    "product_name", "category", "brand", "feedback_kind", "topic", "concern", "province", "city", "source",
})  # fmt: skip


def event_values(sight: Sight, fact: str, column: str) -> list[KnownValue]:
    """The values of the column that most customers have; none for a column that is not offered, and none of fewer
    customers than may be told apart, so that what one person wrote is not among them."""
    if column not in COLUMNS and not is_extra(column):
        return []
    least = sight.workspace.settings.smallest_cell
    return once_per_snapshot(
        sight.engine, ("event_values", fact, column, least), partial(_looked_up, sight, fact, column, least)
    )


def _looked_up(sight: Sight, fact: str, column: str, least: int) -> list[KnownValue]:
    rows = Events(sight.engine, sight.population.facts, sight.as_of).rows(fact)
    found = None if rows is None else column_of(fact_meant(fact).columns[column], rows)
    return [] if rows is None or found is None else known_values(sight.engine, rows, found, least)
