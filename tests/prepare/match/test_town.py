"""The made-up town: what is linked beyond shared identifiers is right, and its traps are not fallen into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import huaxiang
from huaxiang.engine.interface import only
from huaxiang.maintain.matching import to_join
from huaxiang.model.identity import identity_rules
from huaxiang.model.matching import matching_rules
from huaxiang.prepare.accounts import accounts
from huaxiang.prepare.match import match_records, matches
from huaxiang.prepare.unify import unify
from huaxiang.town import build
from huaxiang.workspace import Workspace

pytestmark = pytest.mark.slow
NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
_NAMESPACES = {"会员资料": "member_no", "商城账号": "shop_account", "openid": "openid"}


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a table of the truth."""
    return list(pq.read_table(path).to_pylist())


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Path]:
    """Return a workspace with a town of 500 people over 200 days, and the folder of its truth."""
    folder = tmp_path_factory.mktemp("shop")
    town = folder / "town"
    build(town, customers=500, days=200, seed=3)
    workspace = huaxiang.init(folder / "ws", memory_limit="1GB")
    workspace.import_files([look for path in sorted((town / "raw").iterdir()) for look in workspace.look(path)], NOW)
    return workspace, town / "truth"


def pair_count(keys: Iterable[object]) -> int:
    """Return how many pairs have a key in common."""
    return sum(count * (count - 1) // 2 for count in Counter(keys).values())


def test_hardly_anybody_is_mixed_or_missed_of_those_whom_anything_connects(shop: tuple[Workspace, Path]) -> None:
    workspace, truth = shop
    rules, matching = identity_rules(), matching_rules()
    with workspace.reading() as engine:
        everybody = engine.keep("town_accounts", accounts(engine, rules))
        pairs = matches(engine, match_records(engine, everybody, rules, matching), rules, matching).pairs
        found = unify(engine, rules, "salt", likely=to_join(engine, pairs, matching))
        customers = {row["account_key"]: row["customer_id"] for row in engine.arrow(found.account).to_pylist()}
    namespaces = {**_NAMESPACES, "device": "device_id"}
    keyed = ((f"{namespaces[row['source']]}:{row['account_id']}", row) for row in rows(truth / "accounts.parquet"))
    placed = [(customers[key], row["person_id"], row["linkable"]) for key, row in keyed if key in customers]
    linkable = pair_count(group for *_, group in placed)
    assert linkable > 1_000
    assert pair_count((customer, group) for customer, _, group in placed) / linkable >= 0.97
    right = pair_count((customer, person) for customer, person, _ in placed)
    assert right / pair_count(customer for customer, *_ in placed) >= 0.995


def test_links_are_right_and_families_stay_apart(shop: tuple[Workspace, Path]) -> None:
    workspace, truth = shop
    rules, matching = identity_rules(), matching_rules()
    with workspace.reading() as engine:
        everybody = engine.keep("town_accounts", accounts(engine, rules))
        found = matches(engine, match_records(engine, everybody, rules, matching), rules, matching)
        links = only(engine.arrow(found.pairs.filter(found.pairs.band == "link")))
    owner = {
        f"{_NAMESPACES[row['source']]}:{row['account_id']}": row["person_id"]
        for row in rows(truth / "accounts.parquet")
        if row["source"] in _NAMESPACES
    }
    judged = [(owner[str(a)], owner[str(b)]) for a, b in _ends(links) if a in owner and b in owner]
    right = sum(one == other for one, other in judged)
    assert len(judged) > 150
    assert right / len(judged) >= 0.995
    family = {
        row["person_id"] for row in rows(truth / "identity_traps.parquet") if row["kind"] == "family_shared_phone"
    }
    assert family
    assert not [pair for pair in judged if pair[0] != pair[1] and family & set(pair)]


def _ends(links: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(row["account_key_a"], row["account_key_b"]) for row in links]
