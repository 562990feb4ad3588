"""A segment as a file: for a purpose, masked, without those who did not agree to it, and written into the ledger."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.consents import AGREED, consents
from huaxiang.analyse.crowd_members import crowd_members
from huaxiang.analyse.packs import PACK
from huaxiang.errors import InputError, NotFound
from huaxiang.ledger import Ledger
from huaxiang.model.conditions import Condition, fields_named
from huaxiang.model.segments import Segment
from huaxiang.release.door import ColumnPolicy
from huaxiang.release.export import Exported, ExportRequest
from huaxiang.release.export import export as write_export
from huaxiang.release.purposes import purpose_named
from huaxiang.server.clock import now
from huaxiang.server.crowds.members import SHOWN, policies
from huaxiang.server.crowds.sight import Sight, sight_of
from huaxiang.server.crowds.split import chosen_packs, in_packs
from huaxiang.server.data import workspace
from huaxiang.server.permissions import page
from huaxiang.words import say

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_KEPT = 40
# A file of a million customers takes longer than any page.
_LONGEST_SECONDS = 600.0
_SESSION = "crowd_exports"
#: What the name of a pack leaves out of the name of its file.
_UNFIT = re.compile(r"\W+")


@page(permission="export_masked", methods=("POST",))
def export(request: HttpRequest, key: str) -> HttpResponse:
    """Write the file, or a file of each pack, and show what is in it and what was left out, with links to take it."""
    form = request.POST
    if form.get("format") not in FORMATS:
        raise InputError("crowds.unknown_format", given=form.get("format", "")[:20], expected=" / ".join(FORMATS))
    purpose = purpose_named(form.get("purpose", "")[:40]).purpose
    with sight_of(request, _LONGEST_SECONDS) as sight:
        segment = sight.segment(key)
        parts, seen = _parts(segment, sight, form)
        raw = form.get("raw") == "1"
        done = {
            pack: _write(rule, seen, _file_name(key, pack, place), purpose, form["format"], raw=raw)
            for place, (pack, rule) in enumerate(parts.items(), 1)
        }
    files = [one.file.path.name for one in done.values()]
    request.session[_SESSION] = [*request.session.get(_SESSION, []), *files][-_KEPT:]
    context = {"crowd": segment, "name": segment.name.say(sight.lang), "done": done.items(), "raw": raw}
    context["rows"] = sum(one.file.rows for one in done.values())
    context["purpose"] = say(f"release.purpose.{purpose}", sight.lang)
    return render(request, "crowds/exported.html", context)


@page(permission="export_masked")
def take(request: HttpRequest, token: str) -> HttpResponse:
    """The file of an export that this sign-in made."""
    path = workspace().folder / "exports" / Path(token).name
    if token not in request.session.get(_SESSION, []) or not path.is_file():
        raise NotFound("crowds.export_gone", file=token[:80])
    kind = FORMATS[path.suffix[1:]]
    # To Django a file that is streamed is no HttpResponse, though it is answered like one.
    return FileResponse(path.open("rb"), as_attachment=True, filename=token, content_type=kind)  # type: ignore[return-value]


def _parts(segment: Segment, sight: Sight, form: Mapping[str, str]) -> tuple[dict[str, Condition], Sight]:
    """What goes into each file, by the name of its pack (empty: all of the segment), and the sight that shows it."""
    whole: dict[str, Condition] = {"": segment.condition}
    # Packs kept with the segment are of no use to whoever exports all of it without asking for them.
    if "packs" not in form:
        return whole, sight
    packs = chosen_packs(segment, form["packs"][:2_000], form.get("seed", "")[:100])
    parts = packs.parts(segment.condition) if packs and form.get("files") == "each" else whole
    return parts, in_packs(sight, packs)


def _file_name(key: str, pack: str, place: int) -> str:
    return f"{key}-{place}-{_UNFIT.sub('_', pack)}" if pack else key


def _write(condition: Condition, sight: Sight, name: str, purpose: str, kind: str, *, raw: bool) -> Exported:
    rows = _rows(condition, sight, purpose)
    named = _named(rows, sight)
    at = now()
    path = sight.workspace.folder / "exports" / f"{name}-{at:%Y%m%d-%H%M%S-%f}.{kind}"
    with Ledger.open(sight.workspace.ledger_path) as ledger:
        return write_export(*named, sight.access, ExportRequest(path, purpose, raw=raw), ledger=ledger, at=at)


def _rows(condition: Condition, sight: Sight, purpose: str) -> pa.Table:
    columns = [key for key in dict.fromkeys((*SHOWN, *fields_named(condition))) if key in sight.fields]
    columns = [PACK, *columns] if PACK in sight.table.columns else columns
    if not purpose_named(purpose).needs_consent:
        return crowd_members(sight.population, condition, columns)
    name = f"consent_{purpose}"
    agreed = consents(sight.engine, purpose, sight.as_of).rename({name: AGREED})
    wide = sight.table.left_join(agreed, "customer_id").drop("customer_id_right")
    return crowd_members(sight.population.over(wide), condition, [*columns, name])


def _named(rows: pa.Table, sight: Sight) -> tuple[pa.Table, list[ColumnPolicy]]:
    """The rows with titles and values in words; the columns that the door asks for keep their names."""
    found = policies(rows, sight)
    if sight.access.stores is None:
        rows, found = rows.drop_columns(["stores"]), [policy for policy in found if policy.name != "stores"]
    titles = [_title(name, sight) for name in rows.column_names]
    arrays = [_worded(rows.column(name), name, sight) for name in rows.column_names]
    named = [
        ColumnPolicy(title, policy.sensitivity, policy.mask_kind) for title, policy in zip(titles, found, strict=True)
    ]
    return pa.table(arrays, names=titles), named


def _title(name: str, sight: Sight) -> str:
    if name in sight.fields:
        return sight.fields[name].name.say(sight.lang)
    if name == "stores" or name.startswith("consent_"):
        return name
    return say(f"crowds.column.{name}", sight.lang)


def _worded(column: pa.ChunkedArray, name: str, sight: Sight) -> pa.ChunkedArray:
    values = sight.fields[name].values if name in sight.fields else {}
    if not values:
        return column
    words: dict[Any, str] = {code: labels.say(sight.lang) for code, labels in values.items()}
    return pa.chunked_array([pa.array([words.get(each, each) for each in column.to_pylist()], pa.string())])
