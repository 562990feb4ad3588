"""Which rows are news, against a plain model in Python: rows by key, rows by content and count, facts told once."""

from __future__ import annotations

from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.collect.conftest import Room

FEW = settings(max_examples=10)

Line = tuple[str, str, int]
LINES = st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("PQ"), st.integers(1, 2)), max_size=8)
ORDERS = st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 2)), max_size=8)


def lines_file(lines: list[Line], note: int) -> str:
    # The number of the export stands in a name, not in the rows: the files differ, their rows do not.
    return (
        "订单编号,商品编码,数量,小计\n"
        + "".join(f"{order},{product},{count},{count}\n" for order, product, count in lines)
        + "\n" * note
    )


def most_beside_each_other(lines: list[Line]) -> dict[Line, int]:
    """How many equal lines an export holds within one run of neighbours of one order."""
    most: dict[Line, int] = {}
    for _, run in groupby(lines, key=lambda line: line[0]):
        counts: dict[Line, int] = {}
        for line in run:
            counts[line] = counts.get(line, 0) + 1
        for line, count in counts.items():
            most[line] = max(most.get(line, 0), count)
    return most


@FEW
@given(exports=st.lists(LINES, min_size=1, max_size=3))
def test_lines_without_a_key_are_told_apart_by_content_and_count(shared_room: Room, exports: list[list[Line]]) -> None:
    room, source, known = shared_room, shared_room.new_source(), dict[Line, int]()
    for number, lines in enumerate(exports):
        report = room.bring(f"{source}.csv", lines_file(lines, number), form="order_line")
        before = sum(known.values())
        for line, count in most_beside_each_other(lines).items():
            known[line] = max(known.get(line, 0), count)
        if report.rows_read:
            assert report.rows_kept + report.rows_repaired == sum(known.values()) - before
    rows = [
        (row["order_no"], row["product_no"], int(row["quantity"])) for row in room.rows("order_line", source=source)
    ]
    assert {line: rows.count(line) for line in set(rows)} == known


@FEW
@given(exports=st.lists(ORDERS, min_size=1, max_size=3))
def test_rows_with_a_key_become_versions_when_they_change(
    shared_room: Room, exports: list[list[tuple[str, int]]]
) -> None:
    room, source = shared_room, shared_room.new_source()
    latest, versions = dict[str, int](), list[tuple[str, int]]()
    for number, orders in enumerate(exports):
        text = (
            "订单编号,会员号,下单时间,实付金额\n"
            + "".join(f"{key},M1,2026-03-01,{amount}\n" for key, amount in orders)
            + "\n" * number
        )
        room.bring(f"{source}.csv", text, form="orders")
        for key, amount in orders:
            if latest.get(key) != amount:
                latest[key] = amount
                versions.append((key, amount))
    assert [(row["order_no"], int(row["paid_amount"])) for row in room.rows("orders", source=source)] == versions


@FEW
@given(exports=st.lists(ORDERS, min_size=1, max_size=3))
def test_what_never_changes_is_told_once(shared_room: Room, exports: list[list[tuple[str, int]]]) -> None:
    room, source, first, waiting = shared_room, shared_room.new_source(), dict[str, int](), 0
    before_all = len(room.rows("quarantine"))
    for number, events in enumerate(exports):
        text = (
            "事件ID,用户ID,事件时间,事件名,停留秒数\n"
            + "".join(f"{key},U1,2026-03-01,浏览,{seconds}\n" for key, seconds in events)
            + "\n" * number
        )
        before = room.importer.landing.next_number()
        room.bring(f"{source}.csv", text, form="event")
        if room.importer.landing.next_number() == before:
            continue
        waiting += sum(first.setdefault(key, seconds) != seconds for key, seconds in events)
    assert {row["event_no"]: int(row["dwell_seconds"]) for row in room.rows("event", source=source)} == first
    assert len(room.rows("event", source=source)) == len(first)
    assert len(room.rows("quarantine")) - before_all == waiting


def test_acts_without_a_number_are_kept_side_by_side_and_dropped_when_exported_again(room: Room) -> None:
    tap = "U1,2026-03-01 10:00:00,点赞\n"
    other = "U2,2026-03-01 10:05:00,点赞\n"
    report = room.bring("社交.csv", "用户ID,事件时间,事件名\n" + tap + tap + other + tap)
    assert (report.rows_kept, report.rows_already_there) == (3, 1)


def test_feedback_without_a_number_is_known_by_who_and_when(room: Room) -> None:
    head = "提交时间,会员号,满意度,意见建议\n"
    assert room.bring("问卷.csv", head + "2026-03-01 10:00:00,M1,5,好\n").rows_kept == 1
    assert (
        room.bring(
            "问卷_2.csv", head + "2026-03-01 10:00:00,M1,5,好\n2026-03-02 10:00:00,M1,4,还行\n"
        ).rows_already_there
        == 1
    )
    changed = room.bring("问卷_3.csv", head + "2026-03-01 10:00:00,M1,3,改主意了\n")
    assert changed.rows_kept == 1
    assert len({row["row_key"] for row in room.rows("feedback")}) == 2
