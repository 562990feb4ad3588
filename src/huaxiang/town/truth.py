"""The truth tables: what really is behind the raw files, as columns that the tests and benchmarks compare with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from huaxiang.town.archetypes import ARCHETYPES
from huaxiang.town.calendar import Calendar
from huaxiang.town.columns import Column, Ints, Rows, pick, repeated
from huaxiang.town.people import PLATFORMS, People


def order_truth(source: str, number: Column, person_id: Column, account: Column, ordered_at: Column, *,
                gross: Ints, refunds: Ints, not_counted: Column) -> Rows:  # fmt: skip
    """One row per order or return ticket; the net is 0 where ``not_counted`` names a reason, amounts are cents."""
    counted = np.asarray(not_counted.is_null())
    return {
        "source": repeated(source, len(gross)), "order_no": number, "person_id": person_id,
        "account": account, "ordered_at": ordered_at, "gross_cents": pa.array(gross),
        "refund_cents": pa.array(refunds), "net_cents": pa.array(np.where(counted, gross - refunds, 0)),
        "counted": pa.array(counted), "not_counted_reason": not_counted,
    }  # fmt: skip


def person_truth(people: People, calendar: Calendar) -> Rows:
    """One row per person: who they are, how they buy, when they lose interest (empty while they have not)."""
    churn = np.where(people.churn_day < calendar.days, people.churn_day, -1).astype(np.int64)
    birth = np.datetime64(calendar.first_day, "D") + people.birth_day
    return {
        "person_id": people.person_id, "archetype": pick([kind.key for kind in ARCHETYPES], people.archetype),
        "gender": pick(["male", "female"], people.female.astype(np.int64)), "name": people.name,
        "birth_date": pa.array(birth), "phone": people.phone, "own_phone": people.own_phone,
        "platform": pick(PLATFORMS, people.platform),
        "price_sensitivity": pa.array(people.price_sensitivity),
        "promotion_response": pa.array(people.promotion_response),
        "churn_date": pick(calendar.iso_day(np.maximum(churn, 0)), np.where(churn < 0, -1, np.arange(len(people)))),
        "mean_gap_days": pa.array(people.trait("gap_days")), "gap_shape": pa.array(people.trait("gap_shape")),
    }  # fmt: skip


class TruthTables:
    """The Parquet files of the truth folder, each written block by block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}
        self.rows: dict[str, int] = {}

    def add(self, table: str, rows: Rows) -> None:
        """Append rows to ``<table>.parquet``."""
        batch = pa.table(rows)
        if table not in self._writers:
            self._writers[table] = pq.ParquetWriter(self._folder / f"{table}.parquet", batch.schema)
        self._writers[table].write_table(batch)
        self.rows[table] = self.rows.get(table, 0) + batch.num_rows

    def close(self) -> None:
        """Finish every file."""
        for writer in self._writers.values():
            writer.close()


def write_json(path: Path, content: Any) -> None:
    """Plain readable JSON, the same bytes every time."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
