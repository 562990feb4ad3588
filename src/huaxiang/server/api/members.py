"""The customers of a crowd for a program: a page at a time, or all of them as a file that is whole or not there."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import pyarrow as pa

from huaxiang.analyse.consents import AGREED, consents
from huaxiang.analyse.crowd_members import crowd_page
from huaxiang.analyse.population import Population
from huaxiang.ledger import Ledger
from huaxiang.model.segments import Segment
from huaxiang.release.door import ColumnPolicy, Released, pass_through
from huaxiang.release.export import Exported, ExportRequest, export
from huaxiang.release.purposes import purpose_named
from huaxiang.release.roles import require
from huaxiang.server.api.problems import Problem
from huaxiang.server.crowds.members import policies
from huaxiang.server.crowds.sight import Sight

MOST = 1_000
FORMATS = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}


@dataclass(frozen=True)
class Page:
    """One page: the rows as they may be seen, what was left out, the entry of the ledger, where the next one begins."""

    released: Released
    export_id: str
    next: str | None


def page_of(sight: Sight, segment: Segment, columns: Sequence[str], purpose: str, place: Place, at: datetime) -> Page:
    """One page of a crowd's customers, in the ledger as an export before it is given."""
    require(sight.access, "export_masked")
    rows = _rows(sight, segment, columns, purpose, after=place.after, limit=place.limit + 1)
    more = rows.num_rows > place.limit
    rows = rows.slice(0, place.limit)
    released = pass_through(rows, _policies(rows, sight), sight.access, purpose=purpose, raw=False)
    export_id = logged(sight, segment, purpose, released, place, at)
    last = rows.column("customer_id")[-1].as_py() if more else None
    return Page(released, export_id, None if last is None else cursor(sight, segment, last))


@dataclass(frozen=True)
class Place:
    """Where a page begins (behind the customer ``after``; empty: at the first one) and how many rows it has."""

    after: str
    limit: int


def place_of(text: str, limit: int, sight: Sight, segment: Segment, of: str = "") -> Place:
    """The place that a cursor names in the list ``of`` a crowd. Raises a 400 for one that is none, a 409 for one of
    another refresh, version or list."""
    if not text:
        return Place("", limit)
    try:
        told = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=="))
        stamp, after = str(told["of"]), str(told["after"])
    except (ValueError, KeyError, TypeError):
        raise Problem(400, "api.no_cursor") from None
    if stamp != _stamp(sight, segment, of):
        raise Problem(409, "api.old_cursor", name=segment.name.message)
    return Place(after, limit)


def cursor(sight: Sight, segment: Segment, after: str, of: str = "") -> str:
    """The text that stands for the place behind that customer in the list ``of`` a crowd; its members without it."""
    told = json.dumps({"of": _stamp(sight, segment, of), "after": after}, ensure_ascii=False)
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def all_of(
    sight: Sight, segment: Segment, columns: Sequence[str], purpose: str, kind: str, at: datetime, *, raw: bool
) -> Exported:
    """Every customer of a crowd as a file of the workspace, written and in the ledger when this returns."""
    rows = _rows(sight, segment, columns, purpose)
    path = sight.workspace.folder / "exports" / f"{segment.key}-{at:%Y%m%d-%H%M%S-%f}.{kind}"
    request = ExportRequest(path, purpose, raw=raw, machine=True)
    with Ledger.open(sight.workspace.ledger_path) as ledger:
        return export(rows, _policies(rows, sight), sight.access, request, ledger=ledger, at=at)


def _rows(
    sight: Sight, segment: Segment, columns: Sequence[str], purpose: str, *, after: str = "", limit: int | None = None
) -> pa.Table:
    if not purpose_named(purpose).needs_consent:
        return crowd_page(sight.population, segment.condition, columns, after=after, limit=limit)
    name = f"consent_{purpose}"
    agreed = consents(sight.engine, purpose, sight.as_of).rename({name: AGREED})
    wide = sight.table.left_join(agreed, "customer_id").drop("customer_id_right")
    # A page holds as many as were asked for; a file says how many were left out, so there the door counts them.
    asked: Population = sight.population.over(wide.filter(wide[name]) if limit else wide)
    return crowd_page(asked, segment.condition, [*columns, name], after=after, limit=limit)


def _policies(rows: pa.Table, sight: Sight) -> list[ColumnPolicy]:
    return policies(rows, sight)


def logged(
    sight: Sight, segment: Segment, purpose: str, released: Released, place: Place, at: datetime, run_id: str = ""
) -> str:
    """Write one page into the ledger as an export, of those who came and went at ``run_id`` where there is one; gives
    the id of the export."""
    digest = sha256(f"{segment.key} {run_id} {place}".encode()).hexdigest()[:12]
    export_id = f"{at:%Y%m%dT%H%M%S%f}-{digest}"
    body = {
        "export_id": export_id,
        "purpose": purpose,
        "crowd": segment.key,
        "version": segment.version,
        "rows": released.table.num_rows,
        "columns": released.table.column_names,
        "masked_columns": released.masked_columns,
        "outside_scope": released.outside_scope,
        "without_consent": released.without_consent,
        "raw": False,
        "behind": place.after,
        **({"changes_of": run_id} if run_id else {}),
    }
    with Ledger.open(sight.workspace.ledger_path) as ledger:
        ledger.append("export.created", body, at=at, actor=sight.access.user)
    return export_id


def _stamp(sight: Sight, segment: Segment, of: str) -> str:
    told = f"{sight.as_of} {sight.refreshed_at} {segment.key} {segment.version} {of}"
    return sha256(told.encode()).hexdigest()[:16]
