"""The twins: the same results by hand-written SQL over the same files, as a person with DuckDB would write it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from huaxiang.engine import Lake

_STOOD_ON = ("person_record", "identifier", "orders", "order_line", "payment", "event", "feedback", "coupon")
_SCAN = "SELECT count(*) + 0 * bit_xor(hash(t)) FROM lake.{} t"


class Twin:
    """A DuckDB session over the published tables with the limits of ours."""

    def __init__(self, lake: Lake, spill: Path) -> None:
        self._duck = duckdb.connect()
        lake.attach(self._duck, read_only=True)
        lake.spill_to(self._duck, spill)

    def rows(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """What a statement gives."""
        return self._duck.execute(sql, list(params)).fetchall()

    def scan(self) -> int:
        """Read every column of everything that a refresh stands on."""
        return sum(int(self.rows(_SCAN.format(name))[0][0]) for name in _STOOD_ON)

    def close(self) -> None:
        """Let go of the session."""
        self._duck.close()


def events_read(paths: list[Path], target: Path) -> int:
    """Write the readable rows of UTF-8 files of events as Parquet, one per number, and give how many they are."""
    with duckdb.connect() as duck:
        duck.execute(
            """
            COPY (
                SELECT * REPLACE (try_cast(事件时间 AS TIMESTAMP) AS 事件时间)
                FROM read_csv($source, all_varchar = true, header = true, delim = ',', ignore_errors = true)
                WHERE try_cast(事件时间 AS TIMESTAMP) IS NOT NULL
                QUALIFY row_number() OVER (PARTITION BY 事件ID ORDER BY 事件时间) = 1
            ) TO $target (FORMAT parquet)
            """,
            {"source": [str(path) for path in paths], "target": str(target)},
        )
        row = duck.execute("SELECT count(*) FROM read_parquet($target)", {"target": str(target)}).fetchone()
    return int(row[0]) if row else 0


#: Orders, net revenue and the day of the last order of every customer of the portrait.
PURCHASES = """
    SELECT c.customer_id,
           count(*) FILTER (WHERE s.is_purchase) AS orders_total,
           coalesce(sum(s.net_revenue) FILTER (WHERE s.is_counted), 0) AS net_revenue_total,
           max(s.ordered_at) FILTER (WHERE s.is_purchase)::DATE AS last_order_on
    FROM lake.customer c LEFT JOIN lake.sale s USING (customer_id)
    WHERE NOT coalesce(c.is_staff, false) AND NOT coalesce(c.is_test, false)
    GROUP BY 1 ORDER BY 1
"""

CROWD = """
    SELECT count(*) FROM lake.profile
    WHERE net_revenue_365d >= 500 AND orders_365d >= 2 AND days_since_last_order > 30
"""

ONE_PROFILE = "SELECT * FROM lake.profile WHERE customer_id = ?"
ONE_HISTORY = """
    SELECT ordered_at, order_no, net_revenue FROM lake.sale WHERE customer_id = ? AND ordered_at IS NOT NULL
    ORDER BY ordered_at DESC
"""
