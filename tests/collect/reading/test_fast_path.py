"""The fast path gives exactly what the row-by-row path gives, whatever the bytes and wherever blocks are cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from huaxiang.collect.reading import blocks
from huaxiang.collect.reading.blocks import TextTable
from huaxiang.collect.reading.encoding import Encoding
from huaxiang.collect.reading.limits import Limits
from huaxiang.collect.reading.reading import Account
from huaxiang.collect.reading.source import ByteSource
from huaxiang.collect.reading.splitter import Dialect

PIECES = st.sampled_from(
    ["a", "b", "é", "姓", " ", ",", ",", ",", '"', '"', '""', ',"', '",', "\n", "\n", "\r\n", "\r", "\0"]
)
CLEAN_CELLS = st.sampled_from(["", "x", "姓 名", '"q"', '"a,b"', '"a\nb"', '"say ""hi"""', '""', '"\r\n"', " "])
CLEAN = st.lists(st.tuples(CLEAN_CELLS, CLEAN_CELLS, CLEAN_CELLS), min_size=1, max_size=12).map(
    lambda rows: "\n".join(",".join(row) for row in rows)
)
DIRTY = st.lists(PIECES, max_size=60).map("".join)


def outcome(table: TextTable) -> tuple[list[dict[str, Any]], int, int, list[Any]]:
    account = Account(Limits())
    kept = [row for batch in table.batches(account) for row in batch.to_pylist()]
    assert account.read == len(kept) + len(account.rejected) + account.blank
    return kept, account.read, account.blank, account.rejected


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], ByteSource]:
    path: Path = tmp_path_factory.mktemp("fast") / "file.csv"

    def written(content: bytes) -> ByteSource:
        path.write_bytes(content)
        return ByteSource(path, False, Limits())

    return written


@given(
    text=st.one_of(CLEAN, DIRTY, st.tuples(CLEAN, DIRTY, CLEAN).map("\n".join)),
    cut=st.integers(1, 40),
    piece=st.integers(1, 40),
)
@example(text='1,"a\nb",3\n"c","d","e"\n', cut=7, piece=3)
@example(text='1,"x,2\n3,y,4\n5,z",6\n', cut=9, piece=5)
@example(text="a,b,c\n,,\n , ,\n1,2,3", cut=4, piece=2)
def test_fast_and_slow_agree(scratch: Callable[[bytes], ByteSource], text: str, cut: int, piece: int) -> None:
    source = scratch(text.encode("utf-8"))
    fast = TextTable(source, Encoding("utf-8", "UTF-8"), Dialect(","), ("a", "b", "c"), 0)
    whole = outcome(fast)
    assert outcome(replace(fast, fast=False)) == whole
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_BYTES", cut)
        patch.setattr(blocks, "PIECE_BYTES", piece)
        assert outcome(fast) == whole


@given(text=CLEAN, quote=st.sampled_from(['"', None]), delimiter=st.sampled_from([",", "\t", "|"]))
def test_agreement_in_other_dialects(
    scratch: Callable[[bytes], ByteSource], text: str, quote: str | None, delimiter: str
) -> None:
    source = scratch(text.replace(",", delimiter).encode("utf-8"))
    fast = TextTable(source, Encoding("utf-8", "UTF-8"), Dialect(delimiter, quote), ("a", "b", "c"), 0)
    assert outcome(fast) == outcome(replace(fast, fast=False))


def test_a_clean_block_does_take_the_fast_path(
    scratch: Callable[[bytes], ByteSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "rows_batch", None)
    source = scratch(b'1,2,3\n"4",5,"a\nb"\r\n7,8,9')
    kept, read, _, _ = outcome(TextTable(source, Encoding("utf-8", "UTF-8"), Dialect(","), ("a", "b", "c"), 0))
    assert (read, [row["source_row"] for row in kept]) == (3, [1, 2, 4])
