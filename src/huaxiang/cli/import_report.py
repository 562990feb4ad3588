"""The answer of an import: how columns were understood, and a report that adds up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import RenderableType

from huaxiang.cli.desk import Desk
from huaxiang.cli.output import heading, table
from huaxiang.cli.reasons import reason_words
from huaxiang.collect.importing import Look
from huaxiang.collect.report import ImportReport
from huaxiang.model.mapping import forms, source_fields
from huaxiang.number_words import percent

#: From this confidence on a column needs no second look.
_SURE = 0.9
#: How the file was read is said beside its mapping.
_ON_READING = "reading."


def look_document(look: Look) -> dict[str, Any]:
    """How a sheet is understood, for machines."""
    return {
        "file": str(look.path),
        "sheet": look.sheet,
        "mapping": look.mapping.model_dump(mode="json"),
        "unused_headers": unused(look),
    }


def unused(look: Look) -> list[str]:
    """Headers that no field took; their cells are kept with the rows as further columns."""
    taken = {match.header for match in look.mapping.columns.values()}
    return [header for header in look.header if header not in taken]


def show_looks(desk: Desk, looks: Sequence[Look]) -> None:
    """The mapping of each sheet: in full for a single one, else the columns that deserve a second look."""
    for look in looks:
        form = getattr(forms()[look.mapping.form], desk.lang)
        desk.tell("cli.import.read_as", file=_name(look), form=form, source=look.mapping.source)
        rows = [row for row in _columns(desk, look) if len(looks) == 1 or row[1] < _SURE]
        if rows:
            headers = [desk.say(f"cli.column.{name}") for name in ("header", "field", "confidence", "ground")]
            desk.show(table(headers, [row[0] for row in rows], right=[2]))
        if unused(look):
            desk.tell("cli.import.unused", headers=", ".join(unused(look)))
        for message in look.messages:
            desk.show(f"  {desk.say(message.code, **message.params)}")


def _columns(desk: Desk, look: Look) -> list[tuple[tuple[str, ...], float]]:
    found: list[tuple[tuple[str, ...], float]] = []
    for name, match in look.mapping.columns.items():
        words = getattr(source_fields()[name], desk.lang)
        ground = desk.say(f"cli.ground.{match.ground}")
        found.append(
            ((match.header, f"{words} ({name})", percent(match.confidence, desk.lang), ground), match.confidence)
        )
    return found


def report_parts(desk: Desk, reports: Sequence[ImportReport]) -> list[RenderableType]:
    """The table of rows by file, then what was set aside and why, then advice."""
    return [heading(desk.say("cli.import.report")), _rows(desk, reports), *_details(desk, reports)]


def _rows(desk: Desk, reports: Sequence[ImportReport]) -> RenderableType:
    names = ("rows_read", "rows_kept", "rows_repaired", "rows_quarantined", "rows_already_there")
    lines = [
        (report.file_name, report.import_id, *(f"{getattr(report, name):,}" for name in names)) for report in reports
    ]
    if len(reports) > 1:
        sums = (f"{sum(getattr(report, name) for report in reports):,}" for name in names)
        lines.append((desk.say("cli.total"), "", *sums))
    headers = [desk.say(f"cli.column.{name}") for name in ("file", "import_id", *names)]
    return table(headers, lines, right=range(2, 7))


def _details(desk: Desk, reports: Sequence[ImportReport]) -> list[RenderableType]:
    found: list[RenderableType] = []
    for report in reports:
        said = [
            desk.say("cli.import.waiting", count=count, reason=reason_words(desk, code))
            for code, count in sorted(report.reasons.items())
        ]
        said += [_repair(desk, key, count) for key, count in sorted(report.repairs.items())]
        said += [
            desk.say(message.code, **message.params)
            for message in report.messages
            if not message.code.startswith(_ON_READING)
        ]
        if said:
            found += [heading(report.file_name), *(f"  {line}" for line in said)]
    return found


def _repair(desk: Desk, key: str, count: int) -> str:
    field, reason = key.split("/", 1)
    known = source_fields().get(field)
    return desk.say(
        "cli.import.cells",
        count=count,
        field=getattr(known, desk.lang) if known else field,
        reason=reason_words(desk, reason),
    )


def _name(look: Look) -> str:
    return f"{look.path.name} / {look.sheet}" if look.sheet else look.path.name
