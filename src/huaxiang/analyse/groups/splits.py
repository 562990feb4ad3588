"""How the tags of a portrait are cut into bars, decided on a sample; what the bars count is always everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import numpy as np

from huaxiang.analyse.groups.bars import Bar, Edge, is_list
from huaxiang.analyse.groups.cuts import day_cuts, day_number, has_zero_band, number_cuts, single_values
from huaxiang.engine.interface import Engine, count_of, only
from huaxiang.model.fields import NUMERIC, Field, Fields

#: Customers on whom the limits of bands are decided; their quantiles lie within a hundredth of everybody's.
SAMPLE = 8_000
_BUCKETS = 16**4


@dataclass(frozen=True)
class Split:
    """How one tag is cut: by its ``values`` (texts, yes and no, few whole numbers, members of a list) or into bands.

    ``cuts`` are the limits between bands; with ``zero`` the first band is 0 and the next one what is above it.
    """

    field: Field
    kind: Literal["values", "bands"]
    cuts: tuple[Edge, ...] = ()
    zero: bool = False

    @property
    def bands(self) -> tuple[Bar, ...]:
        """The bands from the lowest to the highest; none for a tag cut by its values."""
        if self.kind == "values":
            return ()
        whole = self.field.type == "int"
        first: Edge | None = None if not self.zero else 1 if whole else 0
        pairs = zip([first, *self.cuts], [*self.cuts, None], strict=True)
        above = [
            Bar("band", low=low, high=high, above=self.zero and place == 0 and not whole)
            for place, (low, high) in enumerate(pairs)
        ]
        return (*([Bar("band", high=0, upto=True)] if self.zero else []), *above)

    def place(self, column: Any) -> ir.Value:
        """The place of each customer's band (from 0), or their value; null where nothing is known."""
        if self.kind == "values":
            return column
        number = comparable(column, self.field)
        limits = [(number <= 0, 0)] if self.zero else []
        limits += [(number < _engine_edge(cut), place) for place, cut in enumerate(self.cuts, len(limits))]
        return ibis.cases((number.isnull(), ibis.null("int64")), *limits, else_=len(limits))


def splits_of(engine: Engine, rows: ir.Table, fields: Fields, keys: Sequence[str]) -> dict[str, Split]:
    """How each of these tags is cut over the customers of ``rows``; tags that the rows lack are left out.

    The same customers give the same cuts on every engine.
    """
    told = [key for key in dict.fromkeys(keys) if key in rows.columns and key in fields]
    counted = [key for key in told if fields[key].type in NUMERIC or fields[key].type in ("date", "timestamp")]
    sampled = _sample(engine, rows, counted) if counted else []
    return {
        key: _split(fields[key], [row[key] for row in sampled if row[key] is not None])
        if key in counted
        else Split(fields[key], "values")
        for key in told
    }


def one_of_each(rows: ir.Table, split: Split) -> ir.Table:
    """The rows with a column ``place``; one row for each member where the tag is a list, none for a list without."""
    column = rows[split.field.key]
    if not is_list(split.field):
        return rows.mutate(place=split.place(column))
    kept = rows.filter(column.notnull())
    unknown = rows.filter(column.isnull()).mutate(place=ibis.null("string"))
    members = kept.mutate(place=kept[split.field.key].unique().unnest()).filter(lambda row: row.place.notnull())
    return members.union(unknown.select(members.columns))


def comparable(column: Any, field: Field) -> Any:
    """The column as numbers that compare as conditions do: days since 1970 for days."""
    if field.type in ("date", "timestamp"):
        return column.cast("date").delta(ibis.date(1970, 1, 1), unit="day")
    return column.cast("float64")


def sampled_rows(rows: ir.Table, customers: int, wanted: int) -> ir.Table:
    """About ``wanted`` of the customers, chosen by the MD5 of their id: the same ones every time and everywhere."""
    if customers <= wanted:
        return rows
    limit = format(max(round(wanted / customers * _BUCKETS), 1), "04x")
    return rows.filter(rows.customer_id.hexdigest("md5")[:4] < limit)


def _sample(engine: Engine, rows: ir.Table, keys: Sequence[str]) -> list[dict[str, Any]]:
    some = sampled_rows(rows.select("customer_id", *keys), count_of(engine, rows), SAMPLE)
    # Decimals and numbers alike come as floats.
    numbers = {key: some[key].cast("float64") for key in keys if some[key].type().is_numeric()}
    return list(only(engine.arrow(some.select(*keys).mutate(**numbers) if numbers else some.select(*keys))))


def _split(field: Field, known: list[Any]) -> Split:
    if field.type in ("date", "timestamp"):
        days = [value.date() if isinstance(value, datetime) else value for value in known]
        return Split(field, "bands", day_cuts(days))
    numbers = np.asarray(known, dtype=np.float64)
    if field.type == "int" and single_values(numbers) is not None:
        return Split(field, "values")
    zero = has_zero_band(numbers)
    cuts = number_cuts(numbers, whole=field.type == "int")
    ends = tuple(int(cut) if field.type == "int" else cut for cut in cuts)
    return Split(field, "bands", ends, zero=zero)


def _engine_edge(cut: Edge) -> float:
    return float(day_number(cut)) if isinstance(cut, date) else float(cut)
