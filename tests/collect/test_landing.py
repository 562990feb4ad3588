"""Originals are kept once by content, and an operation counts from the moment that its file has its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from huaxiang.collect.landing import Landing, Operation, file_sha256
from huaxiang.model.mapping import Mapping

MAPPING = Mapping(form="orders", source="s", columns={})


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    """An empty landing."""
    made = Landing(tmp_path / "landing")
    made.create()
    return made


def operation(landing: Landing, digest: str, sheet: str | None = None) -> Operation:
    name = f"{landing.next_number():06d}-{digest[:8]}"
    return Operation(
        name, "import", name, digest, "a.csv", sheet, "2026-07-01T12:00:00", MAPPING.model_dump(mode="json")
    )


def test_the_same_content_is_stored_once(landing: Landing, tmp_path: Path) -> None:
    for name in ("a.csv", "b.CSV"):
        (tmp_path / name).write_text("x")
    digests = {landing.store(tmp_path / name) for name in ("a.csv", "b.CSV")}
    assert digests == {file_sha256(tmp_path / "a.csv")}
    [stored] = [path for path in landing.objects.rglob("*") if path.is_file()]
    assert stored.read_text() == "x"


def test_operations_come_in_the_order_of_acceptance(landing: Landing) -> None:
    made = []
    for digest in ("ff" * 32, "00" * 32, "aa" * 32):
        made.append(operation(landing, digest))
        landing.accept(made[-1])
    assert list(landing.operations()) == made
    assert landing.next_number() == 4


def test_what_a_kill_cut_short_is_no_operation(landing: Landing) -> None:
    landing.accept(operation(landing, "ff" * 32))
    (landing.log / "000002-dead.partial").write_text('{"name"')
    assert len(list(landing.operations())) == 1
    landing.sweep()
    assert not list(landing.folder.rglob("*.partial"))


def test_an_import_is_known_by_content_sheet_form_and_source(landing: Landing) -> None:
    known = operation(landing, "ff" * 32, "一月")
    landing.accept(known)
    assert landing.import_operation("ff" * 32, "一月", MAPPING) == known
    assert landing.import_operation("ff" * 32, "二月", MAPPING) is None
    assert landing.import_operation("00" * 32, "一月", MAPPING) is None
    assert landing.import_operation("ff" * 32, "一月", MAPPING.model_copy(update={"source": "t"})) is None
    landing.withdraw(known)
    assert landing.import_operation("ff" * 32, "一月", MAPPING) is None
