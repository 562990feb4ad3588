"""What each kind of job does. Adding a kind is adding a row to :data:`KINDS` and its words."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from huaxiang.collect.importing import Progress
from huaxiang.collect.looking import Look
from huaxiang.collect.report import ImportReport
from huaxiang.errors import InputError
from huaxiang.model.mapping import Mapping as FileMapping
from huaxiang.workspace import Workspace

Work = Callable[[Workspace, Mapping[str, Any], datetime, str, Progress], dict[str, Any]]


def preview(
    workspace: Workspace, order: Mapping[str, Any], now: datetime, actor: str, progress: Progress
) -> dict[str, Any]:
    """Count what an import would do; nothing is kept."""
    reports = workspace.import_files(_looks(workspace, order), now, actor=actor, dry_run=True, progress=progress)
    return _told(reports)


def bring_in(
    workspace: Workspace, order: Mapping[str, Any], now: datetime, actor: str, progress: Progress
) -> dict[str, Any]:
    """Import the files and wipe the uploaded copies: the originals are in the landing then."""
    reports = workspace.import_files(_looks(workspace, order), now, actor=actor, progress=progress)
    shutil.rmtree(_upload_folder(workspace, order))
    return _told(reports)


def replay(
    workspace: Workspace, order: Mapping[str, Any], now: datetime, actor: str, progress: Progress
) -> dict[str, Any]:
    """Read rows again that a person mended."""
    progress("", 0, 1)  # the last moment at which it can be cancelled
    fixes = {int(row): cells for row, cells in order["fixes"].items()}
    return _told([workspace.replay(order["import_id"], fixes, now, actor=actor)])


def refresh(
    workspace: Workspace, order: Mapping[str, Any], now: datetime, actor: str, progress: Progress
) -> dict[str, Any]:
    """Compute the profiles anew for a day."""
    day = date.fromisoformat(order["as_of"]) if order["as_of"] else None
    done = workspace.refresh(now, day, actor=actor, progress=progress)
    return {
        "run_id": done.run_id,
        "as_of": done.as_of.isoformat(),
        "snapshot": done.snapshot,
        "customer_count": done.customer_count,
    }


def edition(
    workspace: Workspace, order: Mapping[str, Any], now: datetime, actor: str, progress: Progress
) -> dict[str, Any]:
    """Publish the document of the latest refresh; the same numbers give the edition that is there already."""
    progress("", 0, 1)  # the last moment at which it can be cancelled
    done = workspace.document(now, actor=actor)
    return {"number": done.number, "is_new": done.edition_id not in order["known"]}


def train(
    workspace: Workspace, _order: Mapping[str, Any], now: datetime, actor: str, progress: Progress
) -> dict[str, Any]:
    """Learn how records are compared; somebody has to approve it before it is used."""
    return {"version": workspace.train(now, actor=actor, progress=progress).version}


KINDS: dict[str, Work] = {
    "preview": preview,
    "import": bring_in,
    "replay": replay,
    "refresh": refresh,
    "edition": edition,
    "train": train,
}


def _looks(workspace: Workspace, order: Mapping[str, Any]) -> list[Look]:
    folder = _upload_folder(workspace, order)
    return [
        Look(folder / one["path"], one["sheet"], FileMapping.model_validate(one["mapping"]), (), [], ())
        for one in order["sheets"]
    ]


def _upload_folder(workspace: Workspace, order: Mapping[str, Any]) -> Path:
    folder: Path = workspace.folder / "tmp" / "uploads" / order["upload"]
    if not folder.is_dir():
        raise InputError("imports.upload_gone")
    return folder


def _told(reports: list[ImportReport]) -> dict[str, Any]:
    return {"reports": [report.to_dict() for report in reports]}
