"""Appends to the ledger at argv[1] until stopped (or argv[3] times) and prints each entry once it is acknowledged."""

import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from huaxiang.ledger import Ledger


def main() -> None:
    """Write ``seq key hash`` of every acknowledged entry to standard output."""
    path, name = Path(sys.argv[1]), sys.argv[2]
    numbers = range(int(sys.argv[3])) if len(sys.argv) > 3 else count()
    with Ledger.open(path) as ledger:
        for number in numbers:
            key = f"{name}-{number}"
            at = datetime(2026, 1, 1, tzinfo=UTC)
            entry = ledger.append("import.accepted", {"import_id": key}, at=at, actor=name, key=key)
            print(entry.seq, entry.key, entry.hash, flush=True)


if __name__ == "__main__":
    main()
