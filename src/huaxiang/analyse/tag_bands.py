"""How many customers have each value of every tag, numbers in bands that never move, so that runs can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from math import floor, log10
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine, only
from huaxiang.model.fields import NUMERIC
from huaxiang.model.tags import Tag, Tags

#: One row per tag and band: ``band`` names the value, null for unknown; a band of numbers has ``low`` (the end nearer
#: to zero, included) and ``high`` (not included). ``customers`` is how many are in it. Of a list the band
#: :data:`LISTED` has everybody with a value; the other ones say who has which, and who has several is in several.
BAND_COLUMNS = {"tag": "string", "band": "string", "low": "float64", "high": "float64", "customers": "int64"}
#: The band of numbers, of values beyond the most frequent, and of values too personal to be counted one by one.
NUMBERS, OTHERS, ANY = "#", "…", "*"
#: The band of all who have a value of a list; no cell keeps a blank without width, so that no value is called so.
LISTED = "\u200b*"
MOST_VALUES = 20
Band = Mapping[str, Any]
Row = dict[str, Any]
#: More tags in one query are worded slower than they are counted.
_AT_ONCE = 16
#: Added before a number is cut to its leading digit, so that 0.3 is three tenths and not 2.9999 of them.
_NEARLY = 1e-12


def tag_bands(engine: Engine, profile: ir.Table, tags: Tags) -> pa.Table:
    """The bands of every tag of the profile; see :data:`BAND_COLUMNS`. One pass over each column.

    Numbers are told apart by sign and leading digit (1–2, 2–3, …, 10–20, …), shares by tenths, days by their year,
    texts and members of lists by value: the 20 most frequent, then the rest together. Free text that is personal is
    only counted.
    """
    known = [tag for key, tag in tags.items() if key in profile.columns]
    everyone = int(str(only(engine.arrow(profile.aggregate(n=profile.count())))[0]["n"]))
    rows: list[dict[str, Any]] = []
    for some in _parts(known):
        parts = [_counted(profile, tag) for tag in some]
        counted = only(engine.arrow(ibis.union(*parts) if len(parts) > 1 else parts[0]))
        for tag in some:
            own = [row for row in counted if row["tag"] == tag.key]
            rows += _members(engine, profile, tag, own) if _has_members(tag) else _bands(tag, own, everyone)
    return pa.Table.from_pylist(sorted(rows, key=_order), schema=ibis.schema(BAND_COLUMNS).to_pyarrow())


def _counted(profile: ir.Table, tag: Tag) -> ir.Table:
    """How many customers have each value, or each low end of numbers; of free values the most frequent only."""
    value: Any = profile[tag.key]
    if tag.type in NUMERIC:
        # Step by step, so that no step is worded twice.
        banded = _low(profile.select(number=value.cast("float64")), tag)
        counted = banded.group_by("low").aggregate(customers=banded.count())
        return counted.select(tag=ibis.literal(tag.key), band=ibis.null("string"), low="low", customers="customers")
    counted = _by_name(profile.select(band=_name(value, tag)), tag)
    if _has_members(tag):
        members = profile.select(band=value.unique().unnest()).filter(lambda row: row.band.notnull())
        counted = ibis.union(counted, _by_name(members, tag))
    return counted.select(tag=ibis.literal(tag.key), band="band", low=ibis.null("float64"), customers="customers")


def _by_name(named: ir.Table, tag: Tag) -> ir.Table:
    counted = named.group_by("band").aggregate(customers=named.count())
    if tag.values or is_only_counted(tag):
        return counted
    first = [counted.band.isnull().desc(), counted.customers.desc(), counted.band]
    return counted.order_by(first).limit(MOST_VALUES + 1)


def _low(rows: ir.Table, tag: Tag) -> ir.Table:
    if tag.type == "share":
        tenth = (rows.number * 10 + _NEARLY).floor()
        # Not least(), which takes the other side for the least where a share is not known.
        return rows.select(low=(tenth > 9).ifelse(9.0, tenth) / 10)
    sized = rows.mutate(size=rows.number.abs())
    scaled = sized.mutate(scale=ibis.literal(10.0) ** sized["size"].nullif(0.0).log10().floor())
    # The logarithm of a number of sixteen nines is that of the round number above it.
    digit = ibis.greatest((scaled["size"] / scaled["scale"] + _NEARLY).floor(), 1.0)
    return scaled.select(low=(digit * scaled["scale"] * scaled.number.sign()).coalesce(scaled.number))


def _name(value: Any, tag: Tag) -> ir.StringValue:
    if tag.type in ("date", "timestamp"):
        return value.year().cast("string")
    if _has_members(tag):
        return value.isnull().ifelse(ibis.null("string"), LISTED)
    if is_only_counted(tag):
        return value.isnull().ifelse(ibis.null("string"), ANY)
    return value.cast("string")


def is_only_counted(tag: Tag) -> bool:
    """Whether its values are not told apart: free text that is personal."""
    return not tag.values and tag.sensitivity in ("personal", "sensitive")


def whole(bands: Iterable[Band]) -> list[Band]:
    """The bands of one tag that have everybody once: of a list those with a value and those without."""
    found = list(bands)
    return [band for band in found if band["band"] in (None, LISTED)] if is_list(found) else found


def by_value(bands: Iterable[Band]) -> list[Band]:
    """The bands of one tag that say who has which value; who has several values of a list is in several of them."""
    return [band for band in bands if band["band"] not in (None, LISTED)]


def is_list(bands: Iterable[Band]) -> bool:
    """Whether they are the bands of a list whose members were told apart."""
    return any(band["band"] == LISTED for band in bands)


def _has_members(tag: Tag) -> bool:
    return tag.type == "list" and not is_only_counted(tag)


def _members(engine: Engine, profile: ir.Table, tag: Tag, counted: Sequence[dict[str, Any]]) -> Iterator[Row]:
    """Everybody once, then who has each of the most frequent members, then who has any other one."""
    told = sorted((row for row in counted if row["band"] not in (None, LISTED, OTHERS)), key=_order)
    shown = told if tag.values else told[:MOST_VALUES]
    for row in (*(row for row in counted if row["band"] in (None, LISTED)), *shown):
        yield {"tag": tag.key, "band": row["band"], "low": None, "high": None, "customers": int(row["customers"])}
    if len(shown) < len(told) or any(row["band"] == OTHERS for row in counted):
        others = _with_other_members(engine, profile, tag, [row["band"] for row in shown])
        yield {"tag": tag.key, "band": OTHERS, "low": None, "high": None, "customers": others}


def _with_other_members(engine: Engine, profile: ir.Table, tag: Tag, shown: Sequence[str]) -> int:
    each = profile.select("customer_id", member=profile[tag.key].unique().unnest())
    others = each.filter(each.member.notnull() & ~each.member.isin(list(shown)))
    return int(str(only(engine.arrow(others.aggregate(n=others.customer_id.nunique())))[0]["n"]))


def _bands(tag: Tag, counted: Sequence[dict[str, Any]], everyone: int) -> Iterator[dict[str, Any]]:
    left = everyone
    for row in counted:
        customers = int(row["customers"])
        left -= customers
        low = None if row["low"] is None else float(f"{row['low']:.6g}") + 0.0
        band = row["band"] if low is None else NUMBERS
        yield {"tag": tag.key, "band": band, "low": low, "high": _high(low, tag), "customers": customers}
    if left:
        yield {"tag": tag.key, "band": OTHERS, "low": None, "high": None, "customers": left}


def _high(low: float | None, tag: Tag) -> float | None:
    """The other end of a band of numbers, away from zero."""
    if low is None or low == 0:
        return low if low is None or tag.type != "share" else 0.1
    step = 0.1 if tag.type == "share" else 10.0 ** floor(log10(abs(low)) + _NEARLY)
    return float(f"{low + (step if low > 0 else -step):.6g}")


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["tag"], row["band"] is None, row["low"] or 0.0, -int(row["customers"]), str(row["band"])


def _parts(tags: Sequence[Tag]) -> Iterator[list[Tag]]:
    left = iter(tags)
    while some := list(islice(left, _AT_ONCE)):
        yield some
