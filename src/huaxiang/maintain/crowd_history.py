"""The history of crowds: who came and went at each refresh, kept beside the landing: what was published is a fact.

``landing/crowds/<run>-<digest>`` holds what one refresh found (``changes.parquet`` and ``runs.parquet``); the ledger
names the digest before the refresh is published. A rebuild reads them again and computes none of it anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from huaxiang.collect.landing import PARTIAL, file_sha256
from huaxiang.errors import WorkspaceError
from huaxiang.ledger import Ledger
from huaxiang.model.crowd_tables import CROWD_CHANGE, CROWD_MEMBER, CROWD_RUN, ENTERED

KIND = "crowds.computed"
_FILES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "crowd_change": ("changes.parquet", CROWD_CHANGE),
    "crowd_run": ("runs.parquet", CROWD_RUN),
}


@dataclass(frozen=True)
class CrowdHistory:
    """The history in ``folder``, and the ledger that vouches for it."""

    folder: Path
    ledger: Ledger

    def keep(self, run_id: str, tables: Mapping[str, pa.Table], at: datetime, actor: str) -> None:
        """Keep what a refresh found (``crowd_change``, ``crowd_run``) on disk, then in the ledger. The same again is no
        news; what a refresh left that was killed before it was published is superseded."""
        partial = self.folder / f"{run_id}{PARTIAL}"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for name, (file, _) in _FILES.items():
            pq.write_table(tables[name], partial / file, compression="zstd")
            _flush(partial / file)
        digest = _digest(partial)
        target = self.folder / f"{run_id}-{digest[:12]}"
        if target.exists():
            shutil.rmtree(partial)
        else:
            _flush(partial)
            partial.rename(target)
            _flush(self.folder)
        body = {"run_id": run_id, "sha256": digest, "changes": tables["crowd_change"].num_rows}
        self.ledger.append(KIND, body, at=at, actor=actor, key=f"{KIND}/{run_id}/{digest}")

    def all(self) -> dict[str, pa.Table]:
        """What every published refresh found, in their order: ``crowd_change`` and ``crowd_run``.

        Raises :class:`WorkspaceError` for a file that is gone or is not what the ledger says.
        """
        found: dict[str, list[pa.Table]] = {name: [] for name in _FILES}
        for run_id, digest in self._published():
            folder = self.folder / f"{run_id}-{digest[:12]}"
            if not folder.is_dir() or _digest(folder) != digest:
                raise WorkspaceError("crowds.history_damaged", run_id=run_id, folder=str(folder))
            for name, (file, _) in _FILES.items():
                found[name].append(pq.read_table(folder / file))
        return {
            name: pa.concat_tables([pa.Table.from_pylist([], schema=schema_of(columns)), *found[name]])
            for name, (_, columns) in _FILES.items()
        }

    def sweep(self) -> None:
        """Remove what no refresh stands on: copies that a kill cut short. Only for the holder of the builder lock."""
        vouched = {f"{entry.body['run_id']}-{str(entry.body['sha256'])[:12]}" for entry in self.ledger.entries(KIND)}
        for folder in self.folder.glob("*"):
            if folder.name not in vouched:
                shutil.rmtree(folder)

    def _published(self) -> Iterator[tuple[str, str]]:
        published = {str(entry.body["run_id"]) for entry in self.ledger.entries("refresh.published")}
        latest = {str(entry.body["run_id"]): str(entry.body["sha256"]) for entry in self.ledger.entries(KIND)}
        yield from sorted((run, digest) for run, digest in latest.items() if run in published)


def folded(changes: pa.Table) -> pa.Table:
    """The table ``crowd_member`` that all changes give: of each crowd and customer the last one, if it is a coming."""
    order = changes.sort_by([("crowd", "ascending"), ("customer_id", "ascending"), ("run_id", "ascending")])
    if not order.num_rows:
        return pa.Table.from_pylist([], schema=schema_of(CROWD_MEMBER))
    owners = [order.column(name).combine_chunks() for name in ("crowd", "customer_id")]
    differs = [pc.not_equal(one.slice(1), one.slice(0, len(one) - 1)) for one in owners]
    is_last = pa.concat_arrays([pc.or_(*differs), pa.array([True])])
    last = order.filter(is_last)
    inside = last.filter(pc.equal(last.column("change"), ENTERED))
    return inside.select(list(CROWD_MEMBER)).cast(schema_of(CROWD_MEMBER))


def schema_of(columns: Mapping[str, str]) -> pa.Schema:
    """The columns in Arrow."""
    return ibis.schema(columns).to_pyarrow()


def _digest(folder: Path) -> str:
    told = "\n".join(file_sha256(folder / file) for file, _ in _FILES.values() if (folder / file).exists())
    return hashlib.sha256(told.encode()).hexdigest()


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
