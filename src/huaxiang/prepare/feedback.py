"""The facts of opinion: `feedback_fact`, one row per survey answer, review or ticket, with its customer and mood."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.prepare.current import current
from huaxiang.prepare.distinct import with_worked_out
from huaxiang.prepare.lookup import with_customer
from huaxiang.prepare.sentiment import sentiment


def feedback_fact(engine: Engine, account: ir.Table, as_of: date) -> ir.Table:
    """The feedback up to and including ``as_of`` with ``customer_id`` (null: nobody known) and ``sentiment``.

    ``sentiment`` runs from -1 (bad) to 1 (good) and is null without a text; 0 also when no word of the text is known.
    """
    rows = current(engine, "feedback", as_of)
    felt = with_worked_out(engine, rows, "text", sentiment, ("sentiment", pa.float64()), "moods_of_texts")
    return with_customer(felt, account)
