"""Exhibits about people: the distribution of a tag, purchases by month, the classes of RFM, and crowds."""

from __future__ import annotations

from huaxiang.analyse.document_facts.shown_tags import ShownTag
from huaxiang.analyse.rfm_scores import classes
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tag
from huaxiang.present.charts import compared_bars, histogram, month_line, value_bars
from huaxiang.present.charts.frame import Mark
from huaxiang.present.document.material import Reader
from huaxiang.present.document.parts import Figure, Pieces, Table, Text
from huaxiang.present.document.reading import defined
from huaxiang.words import say


def tag_figure(reader: Reader, tag: Tag, shown: ShownTag) -> list[Figure]:
    """How many customers have each value of a tag, and of how many it is unknown; nothing where nobody's is known."""
    query = f"tag.{tag.key}"
    groups = reader.groups(f"{query}.value.", "customers")
    if not groups or not reader.is_told(f"{query}.known"):
        return []
    marks = [reader.mark(f"{group}.name", f"{group}.customers") for group in groups]
    unknown = reader.worded_mark(say("document.unknown", reader.lang), f"{query}.unknown")
    bars = value_bars.value_bars(marks, shown.element, unknown)
    table = _tag_table(reader, tag, groups)
    unit, base = say("document.unit.customers", reader.lang), reader.cell("tidy.customers")
    height = value_bars.height_of(len(marks) + 1)
    if shown.bands:
        wide = histogram.histogram(marks, shown.element, unknown)
        return [Figure(query, tag.name.say(reader.lang), unit, base, table, wide, histogram.HEIGHT, bars, height)]
    return [Figure(query, tag.name.say(reader.lang), unit, base, table, bars, height, bars, height)]


def _tag_table(reader: Reader, tag: Tag, groups: list[str]) -> Table:
    unknown = (Text(say("document.unknown", reader.lang)),)
    rows = [
        (_label(reader, group, tag), reader.cell(f"{group}.customers"), reader.cell(f"{group}.share"))
        for group in groups
    ]
    rows.append((unknown, reader.cell(f"tag.{tag.key}.unknown"), ()))
    names = (
        tag.name.say(reader.lang),
        *(say(f"document.header.{name}", reader.lang) for name in ("customers", "share_known")),
    )
    return Table(names, tuple(rows), (False, True, True))


def _label(reader: Reader, group: str, tag: Tag) -> Pieces:
    return defined(reader.shown(f"{group}.name"), f"tag:{tag.key}") if tag.values else reader.cell(f"{group}.name")


def months(reader: Reader) -> list[Figure]:
    """Net revenue and orders by month."""
    groups = reader.groups("month.", "net_revenue")
    if not any(reader.is_told(f"{group}.net_revenue") for group in groups):
        return []
    marks = [reader.mark(f"{group}.name", f"{group}.net_revenue") for group in groups]
    rows = tuple(
        (reader.cell(f"{group}.name"), reader.cell(f"{group}.orders"), reader.cell(f"{group}.net_revenue"))
        for group in groups
    )
    table = Table(_headers(reader, "month", "orders", "net_revenue"), rows, (False, True, True))
    line, bars = month_line.month_line(marks, "purchasing"), value_bars.value_bars(marks, "purchasing")
    return [
        Figure(
            "months",
            say("document.exhibit.months", reader.lang),
            reader.shown("standing.currency"),
            reader.cell("value.orders_365d"),
            table,
            line,
            month_line.HEIGHT,
            bars,
            value_bars.height_of(len(marks)),
        )
    ]


def rfm(reader: Reader) -> list[Figure]:
    """The eight classes: their share of revenue in colour above their share of customers in grey."""
    groups = reader.groups("rfm.", "revenue_share")
    if not groups:
        return []
    pairs = [
        compared_bars.Pair(reader.mark(f"{g}.name", f"{g}.revenue_share"), reader.mark(f"{g}.name", f"{g}.share"))
        for g in groups
    ]
    names = [say(f"document.header.{name}", reader.lang) for name in ("revenue_share", "share")]
    option = compared_bars.compared_bars(pairs, names[0], names[1], "purchasing")
    columns = ("customers", "share", "net_revenue", "revenue_share")
    rows = tuple((reader.cell(f"{g}.name"), *(reader.cell(f"{g}.{name}") for name in columns)) for g in groups)
    table = Table(_headers(reader, "rfm_class", *columns), rows, (False, True, True, True, True))
    height = compared_bars.height_of(len(pairs))
    title, unit = say("document.exhibit.rfm", reader.lang), say("document.unit.share", reader.lang)
    return [Figure("rfm", title, unit, reader.cell("value.buyers"), table, option, height, option, height)]


def rfm_advice(reader: Reader) -> list[Figure]:
    """What to do with each class."""
    groups = reader.groups("rfm.", "revenue_share")
    if not groups:
        return []
    rows = tuple(
        (
            reader.cell(f"{g}.name"),
            reader.cell(f"{g}.customers"),
            defined(classes()[g.removeprefix("rfm.")].advice.say(reader.lang), g),
        )
        for g in groups
    )
    table = Table(_headers(reader, "rfm_class", "customers", "advice"), rows, (False, True, False))
    title = say("document.exhibit.rfm_advice", reader.lang)
    return [Figure("rfm_advice", title, "", reader.cell("value.buyers"), table)]


def crowds(reader: Reader, segments: Segments) -> list[Figure]:
    """All segments side by side: their share of revenue in colour above their share of customers in grey."""
    groups = [f"crowd.{key}" for key in segments if f"crowd.{key}.customers" in reader.facts]
    if not groups:
        return []
    pairs = [
        compared_bars.Pair(_named(reader, g, "revenue_share", segments), _named(reader, g, "share", segments))
        for g in groups
    ]
    names = [say(f"document.header.{name}", reader.lang) for name in ("revenue_share_365d", "share_all")]
    option = compared_bars.compared_bars(pairs, names[0], names[1])
    columns = ("customers", "share", "net_revenue_365d", "revenue_share")
    rows = tuple(
        (
            defined(segments[g.removeprefix("crowd.")].name.say(reader.lang), g),
            *(reader.cell(f"{g}.{name}") for name in columns),
        )
        for g in groups
    )
    table = Table(
        _headers(reader, "segment", "customers", "share_all", "net_revenue_365d", "revenue_share_365d"),
        rows,
        (False, True, True, True, True),
    )
    height = compared_bars.height_of(len(pairs))
    title, unit = say("document.exhibit.crowds", reader.lang), say("document.unit.share", reader.lang)
    return [Figure("crowds", title, unit, reader.cell("tidy.customers"), table, option, height, option, height)]


def _named(reader: Reader, group: str, name: str, segments: Segments) -> Mark:
    return reader.worded_mark(segments[group.removeprefix("crowd.")].name.say(reader.lang), f"{group}.{name}")


def _headers(reader: Reader, *names: str) -> tuple[str, ...]:
    return tuple(say(f"document.header.{name}", reader.lang) for name in names)
