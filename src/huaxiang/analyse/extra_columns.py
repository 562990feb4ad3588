"""Which further columns the rows of events have, and what their values look like."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.evaluate import column_of
from huaxiang.analyse.events import Events
from huaxiang.model.extra_columns import PREFIX, extra_field, looks_like
from huaxiang.model.fields import Field, Fields
from huaxiang.model.measured import fact_meant

#: Rows that are looked at, beside the one of each import that says most.
MOST_ROWS = 2_000
MOST_COLUMNS = 200
#: Gives what a function gives, kept under a key where somebody keeps it.
Once = Callable[[Hashable, Callable[[], Any]], Any]


def remembering() -> Once:
    """One that keeps what was asked for as long as it lives."""
    held: dict[Hashable, Any] = {}

    def once(key: Hashable, make: Callable[[], Any]) -> Any:
        if key not in held:
            held[key] = make()
        return held[key]

    return once


@dataclass(frozen=True)
class ExtraColumns:
    """The further columns of the rows of events."""

    events: Events
    once: Once

    def of(self, fact: str) -> Fields:
        """Those of the first rows and of the fullest row of each import, by key, with the type of their values."""
        found: dict[str, Field] = self.once(("extra_columns", fact), lambda: self._of(fact))
        return found

    def has(self, fact: str, key: str) -> bool:
        """Whether any row has the column."""
        is_there: bool = self.once(("extra_column", fact, key), lambda: self._has(fact, key))
        return is_there

    def _rows(self, fact: str) -> ir.Table | None:
        rows = self.events.rows(fact)
        return rows.filter(rows.extra.notnull()) if rows is not None and "extra" in rows.columns else None

    def _of(self, fact: str) -> Fields:
        texts: dict[str, list[str]] = {}
        for record in self._records(fact):
            for name, text in json.loads(record).items():
                texts.setdefault(name, []).append(str(text))
        names = sorted(texts)[:MOST_COLUMNS]
        return {PREFIX + name: extra_field(PREFIX + name, looks_like(texts[name])) for name in names}

    def _records(self, fact: str) -> list[str]:
        rows = self._rows(fact)
        if rows is None:
            return []
        # Of equally full ones the last in order, and always the same first rows: nothing is offered by chance.
        fullness = ibis.struct({"length": rows.extra.length(), "text": rows.extra})
        fullest = rows.group_by("import_id").aggregate(extra=rows.extra.argmax(fullness))
        order = [name for name in (*fact_meant(fact).evidence, "extra") if name in rows.columns]
        parts = (fullest.select("extra"), rows.order_by(order).select("extra").limit(MOST_ROWS))
        return [text for part in parts for text in self.events.engine.arrow(part).column("extra").to_pylist()]

    def _has(self, fact: str, key: str) -> bool:
        rows = self._rows(fact)
        column = None if rows is None else column_of(fact_meant(fact).columns[key], rows)
        if rows is None or column is None:
            return False
        found = self.events.engine.arrow(rows.filter(column.notnull()).select("extra").limit(1))
        return bool(found.num_rows)
