"""Exhibits about the data: the way of the rows, the sources, what was mended, what waits, what was joined."""

from __future__ import annotations

from huaxiang.present.charts.flow_funnel import flow_funnel
from huaxiang.present.charts.value_bars import height_of, value_bars
from huaxiang.present.document.material import Reader
from huaxiang.present.document.parts import Figure, Pieces, Table, Text
from huaxiang.words import say

_SOURCE_COLUMNS = (
    "form",
    "files",
    "rows_read",
    "rows_usable",
    "rows_quarantined",
    "rows_already_there",
    "first_day",
    "last_day",
)


def flow(reader: Reader) -> list[Figure]:
    """How many of the rows read are usable, and how many of these say who the customer is."""
    keys = [f"collect.{name}" for name in ("rows_read", "rows_usable", "rows_with_customer")]
    if not reader.is_told(keys[0]):
        return []
    marks = [reader.worded_mark(say(f"document.step.{key}", reader.lang), key) for key in keys]
    shares = ("collect.usable_share", "collect.with_customer_share")
    option = flow_funnel(marks, ["", *(reader.shown(key) for key in shares)])
    cells: list[Pieces] = [(), *(reader.cell(key) for key in shares)]
    rows = tuple(
        (_words(f"document.step.{key}", reader), reader.cell(key), cell) for key, cell in zip(keys, cells, strict=True)
    )
    headers = tuple(say(f"document.header.{name}", reader.lang) for name in ("step", "count", "share_read"))
    table = Table(headers, rows, (False, True, True))
    return [_figure(reader, "flow", table, "rows", reader.cell(keys[0]), option, len(keys))]


def sources(reader: Reader) -> list[Figure]:
    """One row per source and content."""
    groups = reader.groups("source.", "name")
    if not groups:
        return []
    headers = [say(f"document.header.source.{name}", reader.lang) for name in ("name", *_SOURCE_COLUMNS)]
    rows = tuple(
        (reader.cell(f"{key}.name"), *(reader.cell(f"{key}.{name}") for name in _SOURCE_COLUMNS)) for key in groups
    )
    table = Table(tuple(headers), rows, (False, False, *([True] * (len(headers) - 2))))
    return [_figure(reader, "sources", table, "rows", reader.cell("collect.rows_read"))]


def repairs(reader: Reader) -> list[Figure]:
    """What was mended and what was left empty, by reason."""
    return [
        *_by_reason(reader, "repaired", "tidy.cells_repaired"),
        *_by_reason(reader, "set_aside", "tidy.cells_set_aside"),
    ]


def waiting(reader: Reader) -> list[Figure]:
    """The rows that wait, by reason."""
    return _by_reason(reader, "waiting", "tidy.rows_waiting")


def links(reader: Reader) -> list[Figure]:
    """What joined accounts, by identifier."""
    return _by_reason(reader, "links", "tidy.links", "identifier_type")


def holds(reader: Reader) -> list[Figure]:
    """On what nothing was joined, by reason."""
    return _by_reason(reader, "holds", "tidy.holds")


def _by_reason(reader: Reader, key: str, total: str, by: str = "reason") -> list[Figure]:
    groups = reader.groups(f"{total}_by_{by}.", "name")
    if not groups:
        return []
    option = value_bars([reader.mark(f"{group}.name", f"{group}.count") for group in groups])
    named = [(reader.cell(f"{group}.name"), f"{group}.count") for group in groups]
    table = _named_counts(reader, named, f"document.header.{by}")
    return [_figure(reader, key, table, f"unit_{key}", reader.cell(total), option, len(groups))]


def _named_counts(reader: Reader, named: list[tuple[Pieces, str]], header: str) -> Table:
    headers = (say(header, reader.lang), say("document.header.count", reader.lang))
    return Table(headers, tuple((name, reader.cell(key)) for name, key in named), (False, True))


def _figure(
    reader: Reader,
    key: str,
    table: Table,
    unit: str,
    base: Pieces,
    option: dict[str, object] | None = None,
    marks: int = 0,
) -> Figure:
    title = say(f"document.exhibit.{key}", reader.lang)
    height = height_of(marks)
    return Figure(key, title, say(f"document.unit.{unit}", reader.lang), base, table, option, height, option, height)


def _words(code: str, reader: Reader) -> Pieces:
    return (Text(say(code, reader.lang)),)
