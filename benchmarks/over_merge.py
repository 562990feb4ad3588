"""Dirty keys and what they join: without protection, with the list of placeholders alone, and by Huaxiang.

    python -m benchmarks.over_merge [people]

Precision and recall count pairs of accounts of one person. A blob is a customer of more than five people.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.dirty_people import People, dirty_people, put
from benchmarks.measuring import timed
from huaxiang.engine import DuckEngine, Engine, Lake
from huaxiang.maintain.matching import to_join
from huaxiang.model.identity import identity_rules
from huaxiang.model.matching import matching_rules
from huaxiang.prepare.accounts import accounts
from huaxiang.prepare.match import match_records, matches
from huaxiang.prepare.unify import Likely, unify
from huaxiang.prepare.unify.components import Forest
from huaxiang.prepare.unify.placeholders import is_placeholder

_BLOB = 5


class Judged(NamedTuple):
    """Customers beside the truth: accounts of the largest, people in blobs, and shares of right pairs."""

    largest: int
    people_in_blobs: int
    precision: float
    recall: float


def judged(customers: Iterable[str], people: People) -> Judged:
    """``customers`` in the order of the accounts."""
    placed = list(zip(customers, people.owners.tolist(), strict=True))
    sizes, members = Counter(customer for customer, _ in placed), defaultdict[str, set[int]](set)
    for customer, owner in placed:
        members[customer].add(owner)
    both, joined, same = (
        _pairs(counts)
        for counts in (
            Counter[object](placed),
            Counter[object](customer for customer, _ in placed),
            Counter[object](people.owners.tolist()),
        )
    )
    blobs = sum(len(several) for several in members.values() if len(several) > _BLOB)
    return Judged(max(sizes.values()), blobs, both / max(joined, 1), both / same)


def _pairs(counts: Mapping[object, int]) -> int:
    return sum(count * (count - 1) // 2 for count in counts.values())


def naive(people: People, counts: Callable[[str, str], bool]) -> list[str]:
    """Everybody who shares a value that ``counts`` is one customer."""
    forest, first = Forest(), dict[tuple[str, str], str]()
    for kind, values in (("phone", people.phones), ("email", people.mails)):
        for key, value in zip(people.keys, values, strict=True):
            if value is not None and counts(kind, value):
                forest.join((first.setdefault((kind, value), key), key))
    return [forest.root(key) for key in people.keys]


def ours(engine: Engine, people: People, likely: Iterable[Likely] = ()) -> list[str]:
    """The customers that unification finds."""
    found = unify(engine, identity_rules(), "benchmark", likely=likely)
    rows = engine.arrow(found.account.select("account_key", "customer_id"))
    placed = dict(zip(rows["account_key"].to_pylist(), rows["customer_id"].to_pylist(), strict=True))
    return [placed[key] for key in people.keys]


def alike(engine: Engine) -> tuple[Likely, ...]:
    """The pairs that matching links."""
    rules, matching = identity_rules(), matching_rules()
    records = match_records(engine, engine.keep("dirty_accounts", accounts(engine, rules)), rules, matching)
    return to_join(engine, matches(engine, records, rules, matching).pairs, matching)


def main(count: int) -> None:
    """Measure all ways on the same people, and print."""
    people, rules = dirty_people(count), identity_rules()
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder) / "lake", Path(folder) / "tmp")
        lake.create()
        engine = DuckEngine(lake)
        put(engine, people)
        ways: dict[str, Callable[[], list[str]]] = {
            "no protection": lambda: naive(people, lambda *_: True),
            "placeholders listed": lambda: naive(people, lambda kind, value: not is_placeholder(kind, value, rules)),
            "huaxiang, sure links": lambda: ours(engine, people),
            "huaxiang, with look-alikes": lambda: ours(engine, people, alike(engine)),
        }
        for name, way in ways.items():
            seconds, customers = timed(way)
            told = judged(customers, people)
            print(
                f"{name}: largest {told.largest} accounts, {told.people_in_blobs} people in blobs, "
                f"precision {told.precision:.4f}, recall {told.recall:.4f}, {seconds:.1f} s"
            )
        engine.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
