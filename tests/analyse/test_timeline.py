"""The timeline against the same rows put in order by hand, on both engines."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa
import pytest
from tests.analyse import made

from huaxiang.analyse.timeline import Wanted, timeline
from huaxiang.engine.interface import Engine
from huaxiang.errors import NotFound
from huaxiang.model.tables import canonical_table
from huaxiang.prepare.history import COLUMNS, KINDS, history

Row = dict[str, Any]


def bring(engine: Engine, given: dict[str, list[Row]]) -> dict[str, Any]:
    """Fact tables by name, empty where nothing is given."""
    names = ("account", "sale", "act", "feedback_fact")
    return {name: engine.bring(f"line_{name}", made.arrow(name, given.get(name, []))) for name in names}


def lines(
    engine: Engine,
    tables: dict[str, Any],
    customer_id: str,
    as_of: date,
    kinds: tuple[str, ...],
    before: Any,
    days: int,
) -> pa.Table:
    """The timeline over the history of these tables."""
    kept = engine.keep("line_history", history(engine, tables, as_of))
    return timeline(engine, kept, customer_id, Wanted(kinds, before=before, days=days))


def publish(engine: Engine, name: str, rows: list[Row]) -> None:
    """Make these the rows of a canonical table."""
    schema = ibis.schema(canonical_table(name).ibis_schema).to_pyarrow()
    engine.publish({name: engine.bring(f"new_{name}", pa.Table.from_pylist(rows, schema=schema))})


def lineage(key: str, at: datetime, known: datetime, row: int) -> Row:
    return {
        "account_key": "a1", "occurred_at": at, "known_at": known, "row_key": key, "row_hash": f"{key}{row}",
        "source": "s", "import_id": "i1", "source_row": row,
    }  # fmt: skip


def at(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute)


def told(rows: pa.Table) -> list[tuple[Any, ...]]:
    return [(row["kind"], row["at"], row["what"], row["number"], row["count"]) for row in rows.to_pylist()]


def test_all_kinds_newest_first_and_acts_counted_by_day(engine: Engine) -> None:
    act = {"customer_id": "c1", "platform": "Web", "import_id": "i1"}
    views = [
        {**act, "event_name": "view", "occurred_at": at(9, 8, minute), "row_key": f"v{minute}", "source_row": minute}
        for minute in (5, 10, 15)
    ]
    said = {**act, "event_name": "comment", "occurred_at": at(9, 9), "text": "好", "row_key": "w", "source_row": 9}
    tables = bring(
        engine,
        {
            "account": [{"account_key": "a1", "customer_id": "c1"}, {"account_key": "a2", "customer_id": "c2"}],
            "sale": made.numbered([made.sale("c1", at(10)), made.sale("c1", at(9), 50), made.sale("c2", at(10))]),
            "act": [*views, said, {**views[0], "customer_id": "c2"}],
            "feedback_fact": [
                {"customer_id": "c1", "feedback_kind": "review", "occurred_at": at(8), "satisfaction_1_5": 4}
            ],
        },
    )
    coupon = {"coupon_no": "K1", "face_amount": Decimal(50), "campaign_name": "旧名"}
    publish(
        engine,
        "coupon",
        [
            {**coupon, **lineage("k1", at(7), at(7), 1)},
            {**coupon, "campaign_name": "新名", **lineage("k1", at(7), at(8), 2)},
            {**coupon, **lineage("k2", at(7), at(7), 3), "account_key": "a2"},
        ],
    )
    publish(engine, "consent", [{"purpose": "marketing", "is_given": False, **lineage("p", at(6), at(6), 1)}])
    rows = lines(engine, tables, "c1", date(2026, 6, 30), (), None, 10)
    assert told(rows) == [
        ("order", at(10), "paid", "o1", None),
        ("order", at(9), "paid", "o2", None),
        ("act", at(9, 9), "comment", None, 1),
        ("act", at(9, 8, 15), "view", None, 3),
        ("feedback", at(8), "review", None, None),
        ("coupon", at(7), "granted", "K1", None),
        ("consent", at(6), "withdrawn", "marketing", None),
    ]
    assert [row["words"] for row in rows.to_pylist()] == [None, None, "好", None, None, "新名", None]


def test_pages_of_days_hold_everything_once(duck: Engine) -> None:
    sales = made.numbered([made.sale("c1", at(10) - timedelta(hours=7 * place)) for place in range(60)])
    tables = bring(duck, {"account": [{"account_key": "a1", "customer_id": "c1"}], "sale": sales})
    seen: list[str] = []
    before: date | None = None
    for _ in range(20):
        rows = lines(duck, tables, "c1", date(2026, 6, 30), ("order",), before, 3).to_pylist()
        if not rows:
            break
        assert len({row["day"] for row in rows}) <= 3
        seen += [row["number"] for row in rows]
        before = rows[-1]["day"]
    assert seen == [sale["order_no"] for sale in sales]


def test_nothing_after_the_day_and_nothing_without_a_time(duck: Engine) -> None:
    sales = made.numbered([made.sale("c1", at(10, 23, 59)), made.sale("c1", None)])
    publish(duck, "coupon", [{"coupon_no": "K1", **lineage("k1", at(11, 0), at(11), 1)}])
    tables = bring(duck, {"account": [{"account_key": "a1", "customer_id": "c1"}], "sale": sales})
    rows = lines(duck, tables, "c1", date(2026, 6, 10), ("order", "coupon"), None, 10)
    assert rows.column("number").to_pylist() == ["o1"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_alone_is_empty_for_a_stranger(kind: str, duck: Engine) -> None:
    tables = bring(duck, {"account": [{"account_key": "a1", "customer_id": "c1"}]})
    assert lines(duck, tables, "c9", date(2026, 6, 10), (kind,), None, 10).num_rows == 0


def test_an_unknown_kind_names_those_there_are(duck: Engine) -> None:
    with pytest.raises(NotFound, match="coupon"):
        timeline(duck, ibis.table(COLUMNS, name="history"), "c1", Wanted(("cupon",)))
