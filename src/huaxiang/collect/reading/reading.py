"""One table of one file: its columns, its rows as text, and an account of every row that was not taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.collect.reading.limits import Limits
from huaxiang.collect.reading.splitter import Dialect
from huaxiang.errors import InputError
from huaxiang.words import Message

_RAW_TEXT_CHARACTERS = 10_000


@dataclass(frozen=True)
class RejectedRow:
    """A row that could not be read: where it starts, why (a code of words with its values), and what it said.

    ``raw_text`` holds at most 10,000 characters and ends in ``…[+n]`` where n more were cut; bytes that are no text
    stand as ``\\xhh``.
    """

    source_row: int
    reason: str
    params: dict[str, Any]
    raw_text: str


@dataclass
class Account:
    """What became of the rows read so far. ``read`` is counted from the file, apart from what was kept."""

    limits: Limits
    read: int = 0
    kept: int = 0
    blank: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)

    def reject(self, source_row: int, reason: str, raw_text: str, **params: Any) -> None:
        """Note a row as unreadable. Raises :class:`InputError` when there are more of them than the limit."""
        if len(self.rejected) >= self.limits.max_rejected_rows:
            raise InputError("reading.too_many_rejected", limit=self.limits.max_rejected_rows, row=source_row)
        self.rejected.append(RejectedRow(source_row, reason, params, cut(raw_text)))


Produce = Callable[[Account], Iterator[pa.RecordBatch]]


@dataclass
class Reading:
    """One non-empty table of a file.

    ``header`` is trimmed, NFKC and unique; ``original_header`` is what the file says (shorter or empty where it names
    fewer columns). ``sheet`` is None outside workbooks; ``encoding`` and ``dialect`` are None outside text files.
    """

    name: str
    sheet: str | None
    header: tuple[str, ...]
    original_header: tuple[str, ...]
    has_header: bool
    encoding: str | None
    dialect: Dialect | None
    messages: tuple[Message, ...]
    limits: Limits
    produce: Produce = field(repr=False)
    _account: Account | None = field(default=None, repr=False)

    def batches(self, rows: int = 65536) -> Iterator[pa.RecordBatch]:
        """The data rows from the first, at most ``rows`` a batch; each call reads the file anew.

        One column of text per name in ``header``, never null (an empty cell is an empty text), and ``source_row``
        (int64): the row as a person sees it in a spreadsheet or editor, 1 being the file's first line. For JSON lists
        and Parquet, which show no lines, 1 is the first record.
        Raises :class:`InputError` when the file cannot be read on, or when a row is neither kept, rejected nor blank.
        """
        account = self._account = Account(self.limits)
        for batch in self.produce(account):
            account.kept += batch.num_rows
            for start in range(0, batch.num_rows, rows):
                yield batch.slice(start, rows)
        if account.read != account.kept + len(account.rejected) + account.blank:
            raise InputError("reading.rows_unaccounted", file=self.name, read=account.read, kept=account.kept)

    @property
    def rejected(self) -> list[RejectedRow]:
        """The unreadable rows met by the last call of :meth:`batches`; complete once that is exhausted."""
        return self._account.rejected if self._account else []

    @property
    def blank_rows(self) -> int:
        """Rows without any text below the header; complete once :meth:`batches` is exhausted."""
        return self._account.blank if self._account else 0

    @property
    def rows_read(self) -> int:
        """Rows below the header: those in the batches, the rejected and the blank; a quoted line break starts none."""
        return self._account.read if self._account else 0


def text_batch(header: tuple[str, ...], columns: list[pa.Array], source_rows: pa.Array) -> pa.RecordBatch:
    """A batch of text columns and their row numbers."""
    fields = [pa.field(name, pa.string(), nullable=False) for name in header]
    schema = pa.schema([*fields, pa.field("source_row", pa.int64(), nullable=False)])
    return pa.RecordBatch.from_arrays([*columns, source_rows], schema=schema)


def rows_batch(header: tuple[str, ...], rows: list[list[str]], source_rows: list[int]) -> pa.RecordBatch:
    """A batch from rows of exactly as many texts as the header has names."""
    columns = (
        [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
        if rows
        else [pa.array([], pa.string()) for _ in header]
    )
    return text_batch(header, columns, pa.array(source_rows, pa.int64()))


def without_blank(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch without rows in which every text is empty or spaces; the last column, the row number, is no text."""
    blank = None
    for column in batch.columns[:-1]:
        empty = pc.equal(pc.utf8_trim_whitespace(column), "")
        blank = empty if blank is None else pc.and_(blank, empty)
        if not pc.any(blank).as_py():
            return batch
    return batch.filter(pc.invert(blank))


def cut(text: str) -> str:
    """The text, or its first 10,000 characters and a mark that says how many were cut."""
    over = len(text) - _RAW_TEXT_CHARACTERS
    return text if over <= 0 else f"{text[:_RAW_TEXT_CHARACTERS]}…[+{over}]"
