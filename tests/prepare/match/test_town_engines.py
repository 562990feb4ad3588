"""A small town through matching and unification on both engines: the same customers."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.engines import open_engine

import huaxiang
from huaxiang.engine import Engine
from huaxiang.maintain.matching import to_join
from huaxiang.model.identity import identity_rules
from huaxiang.model.matching import TrainedModel, matching_rules
from huaxiang.prepare.accounts import accounts
from huaxiang.prepare.match import match_records, matches
from huaxiang.prepare.unify import unify
from huaxiang.town import build

NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
#: What tells who is who; the events and the rest only make the test slow.
FILES = ("会员资料", "商城账号", "商城订单.", "门店销售", "员工", "优惠券发放", "社交互动")
Customers = set[frozenset[str]]


def customers(engine: Engine) -> tuple[Customers, set[tuple[str, str, str]], TrainedModel | None]:
    """Return the accounts of every customer, why values are held, and the model that compared."""
    rules, matching = identity_rules(), matching_rules()
    everybody = engine.keep("town_accounts", accounts(engine, rules))
    found = matches(engine, match_records(engine, everybody, rules, matching), rules, matching)
    whole = unify(engine, rules, "salt", likely=to_join(engine, found.pairs, matching))
    members = defaultdict(set)
    rows = engine.arrow(whole.account.select("account_key", "customer_id")).to_pylist()
    for row in rows:
        members[row["customer_id"]].add(row["account_key"])
    held: set[tuple[str, str, str]] = {(one.identifier_type, one.identifier_value, one.reason) for one in whole.holds}
    return {frozenset(keys) for keys in members.values()}, held, found.model


@pytest.mark.slow
@pytest.mark.spark
def test_both_engines_find_the_same_customers(tmp_path: Path) -> None:
    build(tmp_path / "town", customers=500, days=60, seed=5)
    workspace = huaxiang.init(tmp_path / "ws", memory_limit="1GB")
    raw = [path for path in sorted((tmp_path / "town" / "raw").iterdir()) if path.name.startswith(FILES)]
    workspace.import_files([look for path in raw for look in workspace.look(path)], NOW)
    with workspace.reading() as duck:
        in_duck = customers(duck)
        spark = open_engine("spark", duck.lake)
        in_spark = customers(spark)
        spark.close()
    assert in_duck == in_spark
    assert in_duck[2] is not None
    assert len(FILES) == len(raw)
    assert 500 < len(in_duck[0]) < sum(map(len, in_duck[0]))
