"""What a person mended in rows that wait: written on the command line, or in the file that was made for it."""

from __future__ import annotations

import re
from pathlib import Path

from huaxiang.cli.waiting import waiting_rows
from huaxiang.collect.load import sheet_of
from huaxiang.collect.reading import open_file
from huaxiang.engine.interface import only
from huaxiang.errors import InputError, NotFound, nearest
from huaxiang.workspace import Workspace

#: Import to row number to header to the new text.
Fixes = dict[str, dict[int, dict[str, str]]]
_CHANGE = re.compile(r"(\d+):([^=]+)=(.*)", re.DOTALL)
_NEEDED = ("import_id", "row", "header", "new_value")


def fixes_from_words(workspace: Workspace, import_id: str, changes: list[str]) -> Fixes:
    """Changes written as ``ROW:HEADER=VALUE``.

    Raises :class:`InputError` for one written otherwise, :class:`NotFound` for a row or header that is not there.
    """
    found: Fixes = {import_id: {}}
    for change in changes:
        match = _CHANGE.fullmatch(change)
        if match is None:
            raise InputError("cli.quarantine.change_unreadable", given=change)
        found[import_id].setdefault(int(match[1]), {})[match[2].strip()] = match[3]
    return _checked(workspace, found)


def fixes_from_file(workspace: Workspace, path: Path) -> Fixes:
    """Changes from an edited file: the lines whose ``new_value`` is filled in. Whatever import reads is read."""
    found: Fixes = {}
    for row in _lines(path):
        if not row["new_value"].strip():
            continue
        if not row["row"].strip().isdecimal():
            raise InputError("cli.quarantine.row_unreadable", file=path.name, given=row["row"])
        number = int(row["row"])
        found.setdefault(row["import_id"].strip(), {}).setdefault(number, {})[row["header"].strip()] = row["new_value"]
    if not found:
        raise InputError("cli.quarantine.nothing_filled_in", file=path.name)
    return _checked(workspace, found)


def _lines(path: Path) -> list[dict[str, str]]:
    reading = open_file(path)[0]
    missing = [name for name in _NEEDED if name not in reading.header]
    if missing:
        raise InputError("cli.quarantine.not_made_for_this", file=path.name, missing=", ".join(missing))
    rows = [row for batch in reading.batches() for row in batch.to_pylist()]
    return [{name: str(row[name] or "") for name in _NEEDED} for row in rows]


def _checked(workspace: Workspace, fixes: Fixes) -> Fixes:
    """The same, once every import, row and header is known to exist: a slip of the pen must not pass unnoticed."""
    imports = [str(row["import_id"]) for row in only(workspace.imports())]
    for import_id, rows in fixes.items():
        if import_id not in imports:
            raise NotFound("collect.no_such_import", given=import_id, nearest=nearest(import_id, imports))
        waiting = {row.source_row for row in waiting_rows(workspace, import_id, None)}
        headers = _headers(workspace, import_id)
        for number, cells in rows.items():
            if number not in waiting:
                raise NotFound("cli.no_such_waiting_row", given=f"{import_id}/{number}")
            for header in cells:
                if header not in headers:
                    raise NotFound("cli.quarantine.no_such_header", given=header, nearest=nearest(header, headers))
    return fixes


def _headers(workspace: Workspace, import_id: str) -> tuple[str, ...]:
    operation = next(one for one in workspace.landing.operations() if one.import_id == import_id)
    return sheet_of(workspace.landing.file_of(operation), operation.sheet, operation.file_name).header
