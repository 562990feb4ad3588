"""Who came since everybody was computed: a day that is refreshed again gives them no tag that looks at others.

Such a value is not unknown: it is counted with the next refresh that computes everybody, and pages say so.
"""

from __future__ import annotations

import ibis.expr.types as ir

from huaxiang.analyse.recorded_changes import is_recorded
from huaxiang.engine.interface import Engine, only

#: The scope of a refresh that left tags that look at others as they were computed for the day.
SAME_DAY = "same_day"


def came_since(engine: Engine) -> ir.Table | None:
    """``customer_id`` of the customers of the portrait who came with refreshes of the same day since the last one that
    computed tags that look at others; None where the latest refresh computed them, so that there is nobody."""
    if not is_recorded(engine):
        return None
    run, came = engine.table("run"), engine.table("customer_came")
    ends = run.aggregate(last=run.run_id.max(), whole=run.run_id.max(where=run.scope.fill_null("") != SAME_DAY))
    (told,) = only(engine.arrow(ends))
    if told["last"] == told["whole"]:
        return None
    return came.filter(came.run_id > (told["whole"] or "")).select("customer_id").distinct()
