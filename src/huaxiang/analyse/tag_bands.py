"""How many customers have each value of every tag, numbers in bands that never move, so that runs can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine, only
from huaxiang.model.fields import NUMERIC
from huaxiang.model.tags import Tag, Tags

#: One row per tag and band: ``band`` names the value, null for unknown; a band of numbers has ``low`` (included) and
#: ``high`` (not included). ``customers`` is how many are in it.
BAND_COLUMNS = {"tag": "string", "band": "string", "low": "float64", "high": "float64", "customers": "int64"}
#: The band of numbers, of values beyond the most frequent, and of values too personal to be counted one by one.
NUMBERS, OTHERS, ANY = "#", "…", "*"
MOST_VALUES = 20
#: More tags in one query are worded slower than they are counted.
_AT_ONCE = 16


def tag_bands(engine: Engine, profile: ir.Table, tags: Tags) -> pa.Table:
    """The bands of every tag of the profile; see :data:`BAND_COLUMNS`. One pass over each column.

    Numbers are told apart by sign and leading digit (1–2, 2–3, …, 10–20, …), shares by tenths, days by their year,
    texts by value: the 20 most frequent, then the rest together. Free text that is personal is only counted.
    """
    known = [tag for key, tag in tags.items() if key in profile.columns]
    rows: list[dict[str, Any]] = []
    for some in _parts(known):
        parts = [_counted(profile, tag) for tag in some]
        rows += only(engine.arrow(ibis.union(*parts) if len(parts) > 1 else parts[0]))
    tidy = [{**row, "low": _tidy(row["low"]), "high": _tidy(row["high"])} for row in rows]
    return pa.Table.from_pylist(sorted(tidy, key=_order), schema=ibis.schema(BAND_COLUMNS).to_pyarrow())


def _counted(profile: ir.Table, tag: Tag) -> ir.Table:
    value: Any = profile[tag.key]
    low, high = _bounds(value, tag) if tag.type in NUMERIC else (ibis.null("float64"), ibis.null("float64"))
    banded = profile.select(band=_band(value, tag), low=low, high=high)
    counted = banded.group_by("band", "low", "high").aggregate(customers=banded.count())
    if tag.type in NUMERIC or tag.values:
        return _told(counted, tag)
    order = [ibis.desc("customers"), ibis.asc("band")]
    # The unknown ones have no place among the values.
    place = ibis.row_number().over(ibis.window(group_by=counted.band.isnull(), order_by=order))
    kept = counted.mutate(place=place)
    lumped = kept.mutate(band=ibis.ifelse(kept.band.isnull() | (kept.place < MOST_VALUES), kept.band, OTHERS))
    return _told(lumped.group_by("band", "low", "high").aggregate(customers=lumped.customers.sum()), tag)


def _told(counted: ir.Table, tag: Tag) -> ir.Table:
    return counted.select(
        tag=ibis.literal(tag.key),
        band=counted.band,
        low=counted.low,
        high=counted.high,
        customers=counted.customers.cast("int64"),
    )


def _band(value: Any, tag: Tag) -> ir.StringValue:
    if tag.type in NUMERIC:
        return ibis.cases((value.notnull(), NUMBERS), else_=ibis.null("string"))
    if tag.type in ("date", "timestamp"):
        return value.year().cast("string")
    if not tag.values and tag.sensitivity in ("personal", "sensitive"):
        return ibis.cases((value.notnull(), ANY), else_=ibis.null("string"))
    return value.cast("string")


def _bounds(value: Any, tag: Tag) -> tuple[ir.FloatingValue, ir.FloatingValue]:
    number = value.cast("float64")
    if tag.type == "share":
        tenth = ibis.least((number * 10).floor(), 9.0)
        return tenth / 10, (tenth + 1) / 10
    size = number.abs()
    power = size.nullif(0.0).log10().floor()
    # Small powers are exact only when they multiply.
    scale = ibis.literal(10.0) ** power.abs()
    digit = ibis.ifelse(power >= 0, size / scale, size * scale).floor()
    ends = [ibis.ifelse(power >= 0, step * scale, step / scale) for step in (digit, digit + 1)]
    near, far = (ibis.cases((number == 0, 0.0), (number < 0, -end), else_=end) for end in ends)
    return ibis.ifelse(number < 0, far, near), ibis.ifelse(number < 0, near, far)


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["tag"], row["band"] is None, row["low"] or 0.0, -row["customers"], str(row["band"])


def _tidy(end: float | None) -> float | None:
    return None if end is None else float(f"{end:.6g}") + 0.0


def _parts(tags: Sequence[Tag]) -> Iterator[list[Tag]]:
    left = iter(tags)
    while some := list(islice(left, _AT_ONCE)):
        yield some
