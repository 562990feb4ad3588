"""Drift: what lies between two refreshes in the ledger belongs to the later one."""

from datetime import UTC, date, datetime
from pathlib import Path

from huaxiang.analyse.identity_drift import Drift, drift
from huaxiang.ledger import Ledger, NewEntry

AT = datetime(2026, 7, 1, tzinfo=UTC)
HASH = "0" * 32


def test_every_refresh_has_the_links_and_holds_that_came_and_went_since_the_one_before(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite3") as ledger:

        def write(kind: str, count: int = 1, **body: object) -> None:
            ledger.append_many(NewEntry(kind, {**body, "number": number}, AT, "kim") for number in range(count))

        pair = {"left": HASH, "right": HASH}
        for number, (links, gone, held) in enumerate([(3, 0, 1), (0, 0, 0), (2, 4, 0)]):
            write("identity.link", links, **pair)
            write("identity.unlink", gone, **pair)
            write("identity.hold", held, **pair)
            write("refresh.published", run_id=f"run-{number}", as_of="2026-06-30", customer_count=10 + number)
        write("identity.link", 9, **pair)
        day = date(2026, 6, 30)
        assert drift(ledger, 9) == [
            Drift("run-2", day, 12, 2, 4, 0),
            Drift("run-1", day, 11, 0, 0, 0),
            Drift("run-0", day, 10, 3, 0, 1),
        ]
        assert [one.run_id for one in drift(ledger, 2)] == ["run-2", "run-1"]
        assert ledger.counts(0, 4) == {"identity.link": 3, "identity.hold": 1}


def test_before_the_first_refresh_there_is_none(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite3") as ledger:
        assert drift(ledger, 5) == []
