"""Points: the rows of one refresh, memory-mapped so that one of them is found without asking an engine.

A look-up in a wide Parquet table reads a piece of every column, which is too slow for a program that wants one customer
a hundred times a second. So each refresh leaves beside its lake the same rows once more, uncompressed, with a
sorted index of their ids and one of the names that lead to them. It is a copy and never a second truth: it is made from
the published tables alone, bears the number of its run, and goes with the lake.
"""

from __future__ import annotations

import json
import shutil
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.engine.duck import DuckEngine
from huaxiang.engine.lake import Lake
from huaxiang.errors import WorkspaceError
from huaxiang.flushing import flush

FOLDER = "points"
KEY = "customer_id"
_PARTIAL = ".partial"
#: Rows of one piece of the file: few enough that all columns of a row lie close together, many enough that what a file
#: says of its pieces is small beside them.
_PIECE = 128
#: Rows that are read at once to be written, and pieces that are held open.
_READ, _OPEN = 8_192, 256
_ROWS, _IDS, _NAMES, _ABOUT = "rows.arrow", "ids.arrow", "names.arrow", "about.json"
#: Columns of the names: what somebody may say, whom it means, and what kind of name it is.
NAMES = {"name": pa.string(), KEY: pa.string(), "kind": pa.string()}


class Meant(NamedTuple):
    """Whom a name means: the customer, and the ``kind`` of the name."""

    customer_id: str
    kind: str


class Points:
    """The rows of one run. Safe for several threads; the file may be removed while it is open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.about: Mapping[str, Any] = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        self._file = pa.ipc.open_file(pa.memory_map(str(folder / _ROWS)))
        self._ids = _mapped(folder / _IDS)
        self._names = _mapped(folder / _NAMES)
        self._columns = {name: place for place, name in enumerate(self._file.schema.names)}
        # All pieces but the last are of one size, which another version of the program may have chosen otherwise.
        self._size = self._file.get_batch(0).num_rows if self._file.num_record_batches else 1
        self._pieces: dict[int, pa.RecordBatch] = {}
        self._lock = Lock()

    @property
    def run_id(self) -> str:
        """The refresh whose rows these are."""
        return self.folder.name

    @property
    def schema(self) -> pa.Schema:
        """The columns of a row."""
        return self._file.schema

    def __len__(self) -> int:
        return len(self._ids)

    def row(self, customer_id: str, names: Iterable[str] | None = None) -> dict[str, Any] | None:
        """The row of that customer, of the columns called ``names`` (by default all) those that there are.

        None when there is no such customer.
        """
        place = _place(self._ids.column(KEY), customer_id)
        if place is None:
            return None
        number: int = self._ids.column("place")[place].as_py()
        piece, at = self._piece(number // self._size), number % self._size
        wanted = self._columns if names is None else (name for name in names if name in self._columns)
        return {name: piece.column(self._columns[name])[at].as_py() for name in wanted}

    def meant(self, name: str) -> list[Meant]:
        """Whom a name means, sorted by customer id: one of today, a former one, or several who share the name.

        ``name`` is a customer id or any of the names that the rows were published with, spelled the same way.
        """
        if _place(self._ids.column(KEY), name) is not None:
            return [Meant(name, "id")]
        names = self._names.column("name")
        first = bisect_left(_Texts(names), name)
        found = []
        while first < len(names) and names[first].as_py() == name:
            found.append(Meant(*(self._names.column(column)[first].as_py() for column in (KEY, "kind"))))
            first += 1
        return found

    def _piece(self, number: int) -> pa.RecordBatch:
        with self._lock:
            if number not in self._pieces:
                if len(self._pieces) >= _OPEN:
                    self._pieces.pop(next(iter(self._pieces)))
                self._pieces[number] = self._file.get_batch(number)
            return self._pieces[number]


@dataclass(frozen=True)
class Making:
    """What points are made of: the ``rows`` with one customer each, the ``names`` (columns of :data:`NAMES`), and
    ``about`` them what JSON can say."""

    rows: ir.Table
    names: ir.Table
    about: Mapping[str, Any]


def latest_points(lake: Lake) -> Points | None:
    """The points of the newest refresh that has them whole; None before the first one."""
    whole = _whole(lake)
    while whole:
        try:
            return _opened(whole[-1])
        except FileNotFoundError:
            whole.pop()  # swept between looking and opening
    return None


def make_points(engine: DuckEngine, run_id: str, making: Callable[[], Making], keep: int = 2) -> None:
    """Leave the points of a published run beside its lake, unless they are there; older ones but the last ``keep`` go.

    They appear whole or not at all. Only for the holder of the builder lock. Raises :class:`WorkspaceError` when they
    cannot be written; whoever reads then finds those of the run before, and the next build makes them.
    """
    root = engine.lake.folder / FOLDER
    target = root / run_id
    if not target.exists():
        root.mkdir(exist_ok=True)
        for left in root.glob(f"*{_PARTIAL}"):
            shutil.rmtree(left)
        partial = root / f"{run_id}{_PARTIAL}"
        partial.mkdir(mode=0o700)
        try:
            _write(engine, making(), partial)
        except OSError as problem:
            shutil.rmtree(partial, ignore_errors=True)
            raise WorkspaceError("engine.points_not_written", folder=str(root), reason=str(problem)) from problem
        partial.rename(target)
        flush(root)
    for old in _whole(engine.lake)[:-keep]:
        shutil.rmtree(old)


def _write(engine: DuckEngine, making: Making, folder: Path) -> None:
    ids = _write_rows(engine.batches(making.rows, _READ), folder / _ROWS)
    order = pc.sort_indices(ids)
    _write_table(pa.table({KEY: ids.take(order), "place": order.cast(pa.int64())}), folder / _IDS)
    names = engine.arrow(making.names.select(*NAMES).distinct().order_by(["name", KEY, "kind"]))
    _write_table(names.cast(pa.schema(list(NAMES.items()))), folder / _NAMES)
    (folder / _ABOUT).write_text(json.dumps(making.about, ensure_ascii=False), encoding="utf-8")
    for path in folder.iterdir():
        flush(path)
    flush(folder)


def _write_rows(reader: pa.RecordBatchReader, path: Path) -> pa.Array:
    """Write the rows in pieces of one size and give their ids in that order."""
    ids: list[pa.Array] = []
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, reader.schema) as writer:
        for piece in _pieces(reader):
            writer.write_batch(piece)
            ids.append(piece.column(piece.schema.get_field_index(KEY)))
    return pa.concat_arrays(ids).cast(pa.string()) if ids else pa.array([], pa.string())


def _pieces(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in reader:
        waiting.append(batch)
        count += batch.num_rows
        if count < _PIECE:
            continue
        whole = pa.Table.from_batches(waiting).combine_chunks()
        cut = count - count % _PIECE
        yield from whole.slice(0, cut).to_batches(max_chunksize=_PIECE)
        waiting, count = whole.slice(cut).to_batches(), count - cut
    if count:
        yield from pa.Table.from_batches(waiting).combine_chunks().to_batches(max_chunksize=_PIECE)


def _write_table(table: pa.Table, path: Path) -> None:
    whole = table.combine_chunks()
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, whole.schema) as writer:
        writer.write_table(whole)


@lru_cache(maxsize=4)
def _opened(folder: Path) -> Points:
    return Points(folder)


def _whole(lake: Lake) -> list[Path]:
    root = lake.folder / FOLDER
    return sorted(path for path in root.glob("*") if path.suffix != _PARTIAL)


def _mapped(path: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def _place(texts: pa.ChunkedArray, wanted: str) -> int | None:
    place = bisect_left(_Texts(texts), wanted)
    return place if place < len(texts) and texts[place].as_py() == wanted else None


class _Texts:
    """A sorted column as :func:`bisect.bisect_left` wants it. Text orders by code point, as its UTF-8 bytes do."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        self._column = column

    def __len__(self) -> int:
        return len(self._column)

    def __getitem__(self, place: int) -> str:
        text: str = self._column[place].as_py()
        return text
