"""The facts of behaviour: `act`, one row per event of an account, with the customer it belongs to."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.prepare.current import current
from huaxiang.prepare.lookup import with_customer
from huaxiang.prepare.products import filled_from_product

ACT_COLUMNS = (
    *("customer_id", "account_key", "source", "occurred_at", "event_name", "event_family", "platform", "device_model"),
    *("product_no", "category", "search_words", "page", "session_no", "dwell_seconds", "content", "text"),
    *("brand", "store_no", "import_id", "source_row", "row_key", "extra"),
)


def act(engine: Engine, account: ir.Table, as_of: date) -> ir.Table:
    """One row per event up to and including ``as_of``; ``category`` comes from the product where the event lacks it,
    ``brand`` always does.

    ``customer_id`` is null for an event without an account; ``dwell_seconds`` is null when nobody measured it.
    """
    events = current(engine, "event", as_of).mutate(brand=ibis.null("string"))
    events = filled_from_product(engine, events, "category", "brand")
    return with_customer(events, account).select(*ACT_COLUMNS)
