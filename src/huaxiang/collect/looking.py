"""What a file looks like before it is imported: its sheets, how each would be read, and the first rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from huaxiang.collect.day_order import settle_day_order
from huaxiang.collect.match import propose
from huaxiang.collect.reading import Reading, open_file
from huaxiang.collect.saved_mappings import source_of
from huaxiang.errors import InputError
from huaxiang.model.mapping import Mapping, forms, source_fields
from huaxiang.words import Message

_SAMPLE_ROWS = 500
_SHOWN_ROWS = 20

#: The mapping that a person saved for a source and header, if there is one.
Saved = Callable[[str, tuple[str, ...]], Mapping | None]


@dataclass(frozen=True)
class Look:
    """What a sheet looks like before it is imported: its mapping, and the first rows as a person sees them."""

    path: Path
    sheet: str | None
    mapping: Mapping
    header: tuple[str, ...]
    rows: list[dict[str, str]]
    messages: tuple[Message, ...]


def look_at_file(path: Path, saved: Saved, form: str | None, mapping: Mapping | None) -> list[Look]:
    """How each sheet of a file would be read. A sheet that is not understood is left out, and the look of the first one
    that is says so; raises :class:`InputError` for a file that cannot be read or of which no sheet is understood."""
    looks, problems, messages = [], [], []
    for reading in open_file(path):
        try:
            looks.append(_look_at(path, reading, saved, form, mapping))
        except InputError as problem:
            if reading.sheet is None:
                raise
            problems.append(problem)
            said = {"file": path.name, "sheet": reading.sheet, "header": ", ".join(reading.header)}
            messages.append(Message("collect.sheet_not_understood", said))
    if not looks:
        raise problems[0]
    return [replace(looks[0], messages=(*looks[0].messages, *messages)), *looks[1:]]


def _look_at(path: Path, reading: Reading, saved: Saved, form: str | None, mapping: Mapping | None) -> Look:
    first = _first_rows(reading)
    chosen = mapping or saved(source_of(path, reading.sheet), reading.header)
    messages: tuple[Message, ...] = ()
    if chosen is None:
        sample = {name: [str(value) for value in first.column(name).to_pylist()] for name in reading.header}
        proposed = propose(reading.header, sample, source_of(path, reading.sheet), form)
        chosen, messages = settle_day_order(proposed, reading)
    _check(path, reading, chosen)
    return Look(
        path,
        reading.sheet,
        chosen,
        reading.header,
        first.slice(0, _SHOWN_ROWS).to_pylist(),
        (*reading.messages, *messages),
    )


def _check(path: Path, reading: Reading, mapping: Mapping) -> None:
    """Raise when the file lacks columns that the mapping names, or the mapping fields that its form needs."""
    header = ", ".join(reading.header)
    missing = [match.header for match in mapping.columns.values() if match.header not in reading.header]
    if missing:
        raise InputError("mapping.header_missing", file=path.name, missing=", ".join(missing), header=header)
    lacking = [group for group in forms()[mapping.form].needs if not set(group) & set(mapping.columns)]
    if lacking:
        needed = ", ".join(" / ".join(f"{name} {source_fields()[name].zh}" for name in group) for group in lacking)
        raise InputError("mapping.need_missing", file=path.name, form=mapping.form, needed=needed, header=header)


def _first_rows(reading: Reading) -> pa.Table:
    for batch in reading.batches(_SAMPLE_ROWS):
        return pa.Table.from_batches([batch]).select(list(reading.header))
    return pa.table({name: pa.array([], pa.string()) for name in reading.header})
