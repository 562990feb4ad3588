"""Tables of the same customers side by side: everybody once, with whatever each part knows."""

from __future__ import annotations

import pyarrow as pa

from huaxiang.analyse.side_by_side import side_by_side
from huaxiang.engine.interface import Engine


def test_who_a_part_lacks_is_unknown_there_and_strangers_stay_away(engine: Engine) -> None:
    """As a loop over dictionaries puts them together."""
    parts: list[dict[str, dict[str, object]]] = [
        {"a": {"x": 1, "y": "p"}, "c": {"x": 3, "y": None}},
        {"b": {"z": 2.5}, "stranger": {"z": 9.0}},
        {},
    ]
    columns = [{"x": pa.int64(), "y": pa.string()}, {"z": pa.float64()}, {"w": pa.bool_()}]
    brought = [
        engine.bring(f"part_{n}", _table(rows, kinds))
        for n, (rows, kinds) in enumerate(zip(parts, columns, strict=True))
    ]
    everybody = engine.bring("everybody", pa.table({"customer_id": ["a", "b", "c"], "own": [True, None, False]}))
    found = {row.pop("customer_id"): row for row in engine.arrow(side_by_side(engine, everybody, brought)).to_pylist()}
    blank = {name: None for kinds in columns for name in kinds}
    own = {"a": True, "b": None, "c": False}
    assert found == {who: {"own": own[who], **blank, **parts[0].get(who, {}), **parts[1].get(who, {})} for who in own}


def _table(rows: dict[str, dict[str, object]], kinds: dict[str, pa.DataType]) -> pa.Table:
    listed = [{"customer_id": who, **said} for who, said in rows.items()]
    return pa.Table.from_pylist(listed, schema=pa.schema([("customer_id", pa.string()), *kinds.items()]))
