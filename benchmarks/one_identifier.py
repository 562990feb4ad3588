"""A file in which everybody gives one phone: imported, refreshed, held in quarantine, and the pages' questions asked.

    python -m benchmarks.one_identifier [records]

Beside it the same number of records with a phone each, so that what the crowd costs stands out.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.matching import peak_gb
from benchmarks.measuring import timed
from huaxiang.analyse.held_values import users_of
from huaxiang.analyse.identity_report import review
from huaxiang.workspace import Workspace

NOW, DAY = datetime(2026, 7, 1, 4, 0, tzinfo=UTC), date(2026, 6, 30)
_ONE = "13711112222"
_SURNAMES = "王李张刘陈杨赵黄周吴"


def main(records: int) -> None:
    """Print seconds of import and refresh, and how many accounts were joined and held."""
    ways: dict[str, Callable[[int], str]] = {
        "a phone each": lambda place: f"1{3_000_000_000 + place}",
        "one phone for all": lambda _: _ONE,
    }
    for name, phone in ways.items():
        with tempfile.TemporaryDirectory() as folder:
            print(f"{records:,} records, {name}: {_measured(Path(folder), records, phone)}")


def _measured(folder: Path, records: int, phone: Callable[[int], str]) -> str:
    path, workspace = folder / "members.csv", Workspace.init(folder / "ws")
    with path.open("w", encoding="utf-8") as file:
        file.write("会员号,姓名,手机号\n")
        file.writelines(f"M{place},{_name(place)},{phone(place)}\n" for place in range(records))
    imported, _ = timed(lambda: workspace.import_files(workspace.look(path), NOW))
    refreshed, _ = timed(lambda: workspace.refresh(NOW, as_of=DAY))
    asked, held = timed(lambda: _held(workspace))
    found = workspace.identity_report()
    return (
        f"import {imported:.1f} s, refresh {refreshed:.1f} s, review {asked:.2f} s; {found.customers:,} customers of "
        f"{found.accounts:,} accounts, the largest of {found.largest[0]['account_count']}; {held}; "
        f"peak memory so far {peak_gb():.1f} GB"
    )


def _held(workspace: Workspace) -> str:
    """The worst held value with its reason, asked for with its accounts, as the page does."""
    with workspace.reading() as engine:
        tables = {name: engine.table(name) for name in engine.tables()}
        worst = review(engine, tables, 10)
        users_of(engine, tables, worst)
    if not worst:
        return "nothing held"
    return f"held: {worst[0]['identifier_type']} of {worst[0]['account_count']:,} accounts ({worst[0]['reason']})"


def _name(place: int) -> str:
    return _SURNAMES[place % 10] + chr(0x4E00 + place // 10 % 3_000) + chr(0x4E00 + place // 30_000 % 3_000)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
