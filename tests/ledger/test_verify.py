"""Tampering: whatever is edited, removed, added, moved or cut off is found, and found where it is."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection, connect

import pytest

from huaxiang.errors import WorkspaceError
from huaxiang.ledger import Ledger
from huaxiang.ledger.entries import Row

NOW = datetime(2026, 3, 1, tzinfo=UTC)
COUNT = 6


@pytest.fixture
def written(path: Path) -> Path:
    """A closed ledger with six entries."""
    with Ledger.open(path) as ledger:
        for number in range(1, COUNT + 1):
            body = {"import_id": str(number), "rows": number}
            ledger.append("import.accepted", body, at=NOW, actor="li", key=f"k{number}")
    return path


def tamper(path: Path, *statements: str, seq: int = 0) -> None:
    """Change the file behind the ledger's back, as somebody with access to the disk would."""
    connection = connect(path)
    connection.executescript("DROP TRIGGER entry_keeps; DROP TRIGGER entry_stays;")
    for statement in statements:
        connection.execute(statement, {"seq": seq} if ":seq" in statement else {})
    connection.commit()
    connection.close()


def problem(path: Path) -> tuple[str | None, int | None]:
    """What verification says: the code and the place."""
    with Ledger.open(path) as ledger:
        report = ledger.verify()
    assert report.ok == (report.problem is None)
    if report.problem is not None:
        assert report.problem.say("zh") != report.problem.say("en")
    return (report.problem.code if report.problem else None, report.first_bad_seq)


def test_an_honest_ledger_verifies(written: Path) -> None:
    assert problem(written) == (None, None)


@pytest.mark.parametrize("field", [field for field in Row._fields if field != "seq"])
@pytest.mark.parametrize("seq", [1, 3, COUNT])
def test_an_edit_of_any_field_is_found_where_it_is(written: Path, field: str, seq: int) -> None:
    tamper(written, "UPDATE entry SET FIELD = FIELD || ' ' WHERE seq = :seq".replace("FIELD", field), seq=seq)
    assert problem(written) == ("ledger.row_edited", seq)


def test_a_key_taken_away_is_found(written: Path) -> None:
    tamper(written, "UPDATE entry SET key = NULL WHERE seq = 2")
    assert problem(written) == ("ledger.row_edited", 2)


def test_a_renumbered_row_is_found(written: Path) -> None:
    tamper(written, "UPDATE entry SET seq = 99 WHERE seq = 4")
    assert problem(written) == ("ledger.row_missing", 4)


@pytest.mark.parametrize("seq", [1, 3])
def test_a_removed_row_is_found(written: Path, seq: int) -> None:
    tamper(written, "DELETE FROM entry WHERE seq = :seq", seq=seq)
    assert problem(written) == ("ledger.row_missing", seq)


def test_a_removed_row_is_found_also_when_the_rest_moved_up(written: Path) -> None:
    tamper(written, "DELETE FROM entry WHERE seq = 3", "UPDATE entry SET seq = seq - 1 WHERE seq > 3")
    assert problem(written) == ("ledger.row_edited", 3)


def test_swapped_rows_are_found(written: Path) -> None:
    swap = ("UPDATE entry SET seq = -1 WHERE seq = 2", "UPDATE entry SET seq = 2 WHERE seq = 5")
    tamper(written, *swap, "UPDATE entry SET seq = 5 WHERE seq = -1")
    assert problem(written) == ("ledger.row_edited", 2)


def _forge(connection: Connection, seq: int) -> None:
    row = Row._make(connection.execute("SELECT * FROM entry WHERE seq = ?", (seq,)).fetchone())
    forged = row._replace(actor="mallory")
    values = ("mallory", forged.digest(), seq)
    connection.execute("UPDATE entry SET actor = ?, hash = ? WHERE seq = ?", values)


def test_an_edit_with_a_recomputed_hash_breaks_the_chain_at_the_next_row(written: Path) -> None:
    tamper(written)
    connection = connect(written)
    _forge(connection, 3)
    connection.commit()
    connection.close()
    assert problem(written) == ("ledger.chain_broken", 4)


def test_an_edited_last_row_with_a_recomputed_hash_differs_from_the_head_file(written: Path) -> None:
    tamper(written)
    connection = connect(written)
    _forge(connection, COUNT)
    connection.commit()
    connection.close()
    assert problem(written) == ("ledger.head_differs", COUNT)


@pytest.mark.parametrize("kept", [0, 1, 4])
def test_cutting_off_the_end_is_found_and_nothing_more_is_written(written: Path, kept: int) -> None:
    tamper(written, "DELETE FROM entry WHERE seq > :seq", seq=kept)
    assert problem(written) == ("ledger.cut_off", kept + 1)
    with Ledger.open(written) as ledger, pytest.raises(WorkspaceError) as refused:
        ledger.append("import.accepted", {"import_id": "x"}, at=NOW, actor="li")
    assert refused.value.code == "ledger.truncated"


def test_a_ledger_replaced_by_an_empty_one_is_found(written: Path) -> None:
    written.unlink()
    assert problem(written) == ("ledger.cut_off", 1)


@pytest.mark.parametrize("damage", [Path.unlink, lambda head: head.write_bytes(b"x" * 86)], ids=["gone", "garbage"])
def test_a_missing_head_file_is_told_and_not_silently_made_again(
    written: Path, damage: Callable[[Path], object]
) -> None:
    damage(written.with_suffix(".head"))
    assert problem(written)[0] == "ledger.head_missing"
    with Ledger.open(written) as ledger:
        ledger.append("import.accepted", {"import_id": "x"}, at=NOW, actor="li")
    assert problem(written)[0] == "ledger.head_missing"


def test_a_head_file_that_lags_after_a_crash_is_no_problem(written: Path) -> None:
    head = written.with_suffix(".head")
    before = head.read_bytes()
    with Ledger.open(written) as ledger:
        ledger.append("import.accepted", {"import_id": "x"}, at=NOW, actor="li")
    assert head.read_bytes() != before
    head.write_bytes(before)
    assert problem(written) == (None, None)


@pytest.mark.parametrize("statement", ["UPDATE entry SET actor = 'x'", "DELETE FROM entry"])
def test_the_file_itself_refuses_changes(written: Path, statement: str) -> None:
    connection = connect(written)
    with pytest.raises(Exception, match="append-only"):
        connection.execute(statement)
    connection.close()


def test_random_bit_flips_are_never_silently_accepted(written: Path) -> None:
    clean = written.read_bytes()
    with Ledger.open(written) as ledger:
        honest = list(ledger.entries())
    for number in range(0, len(clean) * 8, 997):
        _flip(written, clean, number)
        try:
            with Ledger.open(written) as ledger:
                accepted = list(ledger.entries()) if ledger.verify().ok else honest
        except WorkspaceError:
            accepted = honest
        assert accepted == honest, f"bit {number}"


def _flip(path: Path, clean: bytes, number: int) -> None:
    for leftover in ("-wal", "-shm"):
        path.with_name(path.name + leftover).unlink(missing_ok=True)
    damaged = bytearray(clean)
    damaged[number // 8] ^= 1 << (number % 8)
    path.write_bytes(damaged)
