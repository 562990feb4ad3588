"""What refreshes found and published, kept beside the landing: it is a fact, which no rebuild computes anew.

``<folder>/<run>-<digest>`` holds the files of one refresh; the ledger names the digest before the refresh is published.
A rebuild reads them again. A kind of history says which tables it has, and under which kind of entry the ledger
vouches for them.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Self

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from huaxiang.collect.landing import PARTIAL, file_sha256
from huaxiang.errors import WorkspaceError
from huaxiang.flushing import flush
from huaxiang.ledger import Ledger
from huaxiang.model.crowd_tables import CROWD_CHANGE, CROWD_RUN
from huaxiang.model.tag_tables import CUSTOMER_CAME, TAG_CHANGE, TAG_RULE
from huaxiang.words import Message


@dataclass(frozen=True)
class HistoryKind:
    """One kind of history: its folder in the landing, and its kind of entry in the ledger.

    ``tables`` are the published tables in it, each with its file and columns; the ledger counts the rows of the first.
    """

    folder: str
    entry: str
    tables: Mapping[str, tuple[str, Mapping[str, str]]]


CROWDS = HistoryKind(
    "crowds",
    "crowds.computed",
    {"crowd_change": ("changes.parquet", CROWD_CHANGE), "crowd_run": ("runs.parquet", CROWD_RUN)},
)
TAGS = HistoryKind(
    "tags",
    "tags.compared",
    {
        "tag_change": ("changes.parquet", TAG_CHANGE),
        "customer_came": ("came.parquet", CUSTOMER_CAME),
        "tag_rule": ("rules.parquet", TAG_RULE),
    },
)


@dataclass(frozen=True)
class KeptHistory:
    """The history of one kind in a landing folder, and the ledger that vouches for it."""

    kind: HistoryKind
    landing: Path
    ledger: Ledger

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.landing / self.kind.folder

    def keep(self, run_id: str, tables: Mapping[str, Iterable[pa.Table]], at: datetime, actor: str) -> None:
        """Keep what a refresh found on disk, each table in one or more pieces, then in the ledger. The same again is no
        news; what a refresh left that was killed before it was published is superseded."""
        partial = self.folder / f"{run_id}{PARTIAL}"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        counts = {
            name: _write(partial / file, tables[name], schema_of(columns))
            for name, (file, columns) in self.kind.tables.items()
        }
        digest = self._digest(partial)
        target = self._place(run_id, digest)
        if target.exists():
            shutil.rmtree(partial)
        else:
            flush(partial)
            partial.rename(target)
            flush(self.folder)
        self._vouch(run_id, digest, next(iter(counts.values())), at, actor)

    def runs(self) -> Iterator[tuple[str, dict[str, pa.Table]]]:
        """What every published refresh found, in their order: its id, and its tables by name.

        Raises :class:`WorkspaceError` for a file that is gone or is not what the ledger says.
        """
        for run_id, digest in self._published():
            folder = self._place(run_id, digest)
            if not folder.is_dir() or self._digest(folder) != digest:
                what = Message(f"refresh.history.{self.kind.folder}")
                raise WorkspaceError("refresh.history_damaged", what=what, run_id=run_id, folder=str(folder))
            yield run_id, {name: pq.read_table(folder / file) for name, (file, _) in self.kind.tables.items()}

    def all(self) -> dict[str, pa.Table]:
        """The tables of all published refreshes, one behind the other."""
        found = {name: [schema_of(columns).empty_table()] for name, (_, columns) in self.kind.tables.items()}
        for _, tables in self.runs():
            for name, rows in tables.items():
                found[name].append(rows)
        return {name: pa.concat_tables(parts) for name, parts in found.items()}

    def sweep(self) -> None:
        """Remove what no refresh stands on: copies that a kill cut short. Only for the holder of the builder lock."""
        entries = self.ledger.entries(self.kind.entry)
        vouched = {self._place(str(entry.body["run_id"]), str(entry.body["sha256"])) for entry in entries}
        for folder in self.folder.glob("*"):
            if folder not in vouched:
                shutil.rmtree(folder)

    def _vouch(self, run_id: str, digest: str, changes: int, at: datetime, actor: str) -> None:
        kind = self.kind.entry
        told = [entry.body["sha256"] for entry in self.ledger.entries(kind, run_id=run_id)]
        if told[-1:] != [digest]:
            body = {"run_id": run_id, "sha256": digest, "changes": changes}
            # The last entry of a run holds, so what was superseded may come again.
            self.ledger.append(kind, body, at=at, actor=actor, key=f"{kind}/{run_id}/{digest}/{len(told)}")

    def _place(self, run_id: str, digest: str) -> Path:
        return self.folder / f"{run_id}-{digest[:12]}"

    def _published(self) -> Iterator[tuple[str, str]]:
        published = {str(entry.body["run_id"]) for entry in self.ledger.entries("refresh.published")}
        kept = self.ledger.entries(self.kind.entry)
        latest = {str(entry.body["run_id"]): str(entry.body["sha256"]) for entry in kept}
        yield from sorted((run, digest) for run, digest in latest.items() if run in published)

    def _digest(self, folder: Path) -> str:
        files = [folder / file for file, _ in self.kind.tables.values()]
        told = "\n".join(file_sha256(path) for path in files if path.exists())
        return hashlib.sha256(told.encode()).hexdigest()


class Histories(NamedTuple):
    """Every history of a workspace."""

    crowds: KeptHistory
    tags: KeptHistory

    @classmethod
    def of(cls, landing: Path, ledger: Ledger) -> Self:
        """Those in that landing folder."""
        return cls(*(KeptHistory(kind, landing, ledger) for kind in (CROWDS, TAGS)))

    def sweep(self) -> None:
        """Remove what no refresh stands on. Only for the holder of the builder lock."""
        for each in self:
            each.sweep()


def schema_of(columns: Mapping[str, str]) -> pa.Schema:
    """The columns in Arrow."""
    return ibis.schema(columns).to_pyarrow()


def _write(path: Path, pieces: Iterable[pa.Table], schema: pa.Schema) -> int:
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        for piece in pieces:
            file.write_table(piece.cast(schema))
            count += piece.num_rows
    flush(path)
    return count
