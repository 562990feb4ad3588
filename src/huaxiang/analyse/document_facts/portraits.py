"""Facts about who the customers are: the distribution of chosen tags, with what is unknown counted on its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.document_facts.book import FactBook, both, safe
from huaxiang.analyse.document_facts.labels import value_label
from huaxiang.analyse.document_facts.shown_tags import ShownTag, band_label
from huaxiang.analyse.document_facts.state import State
from huaxiang.model.fields import Labels
from huaxiang.model.tags import Tag
from huaxiang.words import Message

#: Values listed one by one; the others are put together.
MOST_VALUES = 8
REST = "\u2026"


def portraits(book: FactBook, state: State, shown: Sequence[ShownTag]) -> None:
    """Enter, for each tag, how many customers have each value, how many are known, and the most common value."""
    profile = state.engine.table("profile")
    for one in shown:
        if one.tag in profile.columns and one.tag in state.tags:
            rows = book.ask(state.engine, f"tag.{one.tag}", distribution(profile, one))
            _enter(book, state, one, rows)


def distribution(profile: ir.Table, one: ShownTag) -> ir.Table:
    """One row per value or band (null: unknown): customers, and their share of those known."""
    column = profile[one.tag]
    value = _banded(column, one.bands) if one.bands else column.cast("string")
    counted = profile.select(value=value).group_by("value").aggregate(customers=lambda rows: rows.count())
    place = ibis.row_number().over(
        ibis.window(order_by=[counted.value.isnull(), counted.customers.desc(), counted.value])
    )
    ranked = counted.mutate(place=place)
    most = len(one.bands) + 1 if one.bands else MOST_VALUES
    listed = ranked.mutate(value=ibis.cases((ranked.value.isnull() | (ranked.place < most), ranked.value), else_=REST))
    summed = listed.group_by("value").aggregate(customers=listed.customers.sum(), place=listed.place.min())
    known = summed.customers.sum(where=summed.value.notnull()).over(ibis.window())
    everyone = summed.customers.sum().over(ibis.window())
    shares = summed.mutate(known=known, everyone=everyone).mutate(
        share=lambda rows: rows.customers / rows.known.nullif(0),
        known_share=lambda rows: rows.known / rows.everyone.nullif(0),
    )
    return shares.order_by("place", "value")


def _banded(column: Any, bands: Sequence[float]) -> ir.Value:
    figure = column.cast("float64")
    cases = [(figure < above, str(number)) for number, above in enumerate(bands)]
    return ibis.cases((figure.isnull(), ibis.null("string")), *cases, else_=str(len(bands)))


def _enter(book: FactBook, state: State, one: ShownTag, rows: list[dict[str, Any]]) -> None:
    tag, query = state.tags[one.tag], f"tag.{one.tag}"
    everyone = int(rows[0]["everyone"]) if rows else 0
    known = int(rows[0]["known"] or 0) if rows else 0
    open_ = safe([int(row["customers"]) for row in rows], state.smallest_cell)
    may = dict(zip([row["value"] for row in rows], open_, strict=True))
    said = {"tag": tag.name.message}
    few = not may.get(None, True) or not all(safe([known, everyone - known], state.smallest_cell))
    for name, value in (("known", known), ("unknown", everyone - known)):
        means = Message(f"document.fact.tag.{name}", said)
        book.add(f"{query}.{name}", value, "count", means, query, name, n=everyone, is_hidden=few)
    share = rows[0]["known_share"] if rows else None
    means = Message("document.fact.tag.known_share", said)
    book.add(f"{query}.known_share", share, "share", means, query, "known_share", n=everyone, is_hidden=few)
    listed = [row for row in rows if row["value"] is not None]
    for row in _ordered(tag, one, listed):
        named = _label(tag, one, row["value"])
        _value(book, f"{query}.value.{row['value']}", row, named, tag, known, is_hidden=not may[row["value"]])
    _top(book, query, tag, [row for row in listed if may[row["value"]] and row["value"] != REST], one)


def _value(
    book: FactBook, key: str, row: dict[str, Any], named: Labels, tag: Tag, known: int, *, is_hidden: bool
) -> None:
    query, said = f"tag.{tag.key}", {"tag": tag.name.message, "value": named.message}
    more = {"n": known, "is_hidden": is_hidden}
    book.add(f"{key}.name", row["value"], "text", Message("document.fact.tag.value", said), query, "value", label=named)
    book.add(
        f"{key}.customers",
        int(row["customers"]),
        "count",
        Message("document.fact.tag.customers", said),
        query,
        "customers",
        **more,
    )
    book.add(f"{key}.share", row["share"], "share", Message("document.fact.tag.share", said), query, "share", **more)


def _top(book: FactBook, query: str, tag: Tag, listed: list[dict[str, Any]], one: ShownTag) -> None:
    top = max(listed, key=lambda row: (row["customers"], -row["place"])) if listed else None
    said = {"tag": tag.name.message}
    label = _label(tag, one, top["value"]) if top else None
    value, share = (top["value"], top["share"]) if top else (None, None)
    known = int(top["known"]) if top else 0
    book.add(f"{query}.top", value, "text", Message("document.fact.tag.top", said), query, "value", label=label)
    book.add(
        f"{query}.top_share", share, "share", Message("document.fact.tag.top_share", said), query, "share", n=known
    )


def _ordered(tag: Tag, one: ShownTag, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if one.bands:
        return sorted(rows, key=lambda row: int(row["value"]))
    places = {value: place for place, value in enumerate(tag.values)}
    return sorted(rows, key=lambda row: (row["value"] == REST, places.get(row["value"], len(places)), row["place"]))


def _label(tag: Tag, one: ShownTag, value: str) -> Labels:
    if value == REST:
        return both(Message("document.rest"))
    if tag.type == "bool":
        return value_label(tag, value.lower() == "true")
    if one.bands:
        return band_label(one.bands, int(value), whole=tag.type == "int")
    return value_label(tag, value)
