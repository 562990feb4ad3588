"""The made-up town: what is linked beyond shared identifiers is right, and its traps are not fallen into."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import huaxiang
from huaxiang.engine.interface import only
from huaxiang.model.identity import identity_rules
from huaxiang.model.matching import matching_rules
from huaxiang.prepare.accounts import accounts
from huaxiang.prepare.match import match_records, matches
from huaxiang.town import build

pytestmark = pytest.mark.slow
NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
_NAMESPACES = {"会员资料": "member_no", "商城账号": "shop_account", "openid": "openid"}


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a table of the truth."""
    return list(pq.read_table(path).to_pylist())


def test_links_are_right_and_families_stay_apart(tmp_path: Path) -> None:
    town = tmp_path / "town"
    build(town, customers=500, days=200, seed=3)
    workspace = huaxiang.init(tmp_path / "ws", memory_limit="1GB")
    workspace.import_files([look for path in sorted((town / "raw").iterdir()) for look in workspace.look(path)], NOW)
    rules, matching = identity_rules(), matching_rules()
    with workspace.reading() as engine:
        everybody = engine.keep("town_accounts", accounts(engine, rules))
        found = matches(engine, match_records(engine, everybody, rules, matching), rules, matching)
        links = only(engine.arrow(found.pairs.filter(found.pairs.band == "link")))
    owner = {
        f"{_NAMESPACES[row['source']]}:{row['account_id']}": row["person_id"]
        for row in rows(town / "truth" / "accounts.parquet")
        if row["source"] in _NAMESPACES
    }
    judged = [(owner[str(a)], owner[str(b)]) for a, b in _ends(links) if a in owner and b in owner]
    right = sum(one == other for one, other in judged)
    assert len(judged) > 150
    assert right / len(judged) >= 0.995
    family = {
        row["person_id"]
        for row in rows(town / "truth" / "identity_traps.parquet")
        if row["kind"] == "family_shared_phone"
    }
    assert family
    assert not [pair for pair in judged if pair[0] != pair[1] and family & set(pair)]


def _ends(links: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(row["account_key_a"], row["account_key_b"]) for row in links]
