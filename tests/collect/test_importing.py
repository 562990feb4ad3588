"""An import keeps account of every row: read is kept, repaired, waiting or already there, whatever the file holds."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.collect.conftest import Room

from huaxiang.errors import HuaxiangError, InputError, NotFound
from huaxiang.model.mapping import Mapping, Match
from huaxiang.model.own_quality import own_quality_rules
from huaxiang.words import say

ORDERS = "订单编号,会员号,下单时间,实付金额,订单状态\n"
GOOD = ORDERS + "A1,M1,2026-03-01 10:00:00,10.00,交易成功\nA2,M2,2026-03-02 10:00:00,20.00,交易成功\n"

CELL = st.one_of(
    st.sampled_from(
        [
            "",
            "A1",
            "A2",
            "M1",
            "2026-03-01 10:00:00",
            "2026-02-30",
            "3.50",
            "￥4",
            "见备注",
            "交易成功",
            "怪",
            "NA",
            "合计",
            "1.38E+10",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=6),
)
ROWS = st.lists(st.lists(CELL, min_size=5, max_size=5), max_size=12)


FIELDS = ("order_no", "member_no", "ordered_at", "paid_amount", "order_status")


def written(rows: list[list[str]], header: str = ORDERS) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return header + stream.getvalue()


@settings(max_examples=20)
@given(rows=ROWS)
def test_the_report_adds_up_whatever_the_cells(shared_room: Room, rows: list[list[str]]) -> None:
    source = shared_room.new_source()
    columns = {field: Match(header=header) for field, header in zip(FIELDS, ORDERS.strip().split(","), strict=True)}
    mapping = Mapping(form="orders", source=source, columns=columns)
    report = shared_room.bring(f"{source}.csv", written(rows), mapping=mapping)
    kept = shared_room.rows("orders", import_id=report.import_id)
    waiting = shared_room.rows("quarantine", import_id=report.import_id)
    assert report.rows_read + report.rows_blank <= len(rows)
    assert len(kept) == report.rows_kept + report.rows_repaired
    assert len(waiting) == report.rows_quarantined
    assert {row["source_row"] for row in kept}.isdisjoint(row["source_row"] for row in waiting)
    for row in waiting:
        assert say(f"reason.{row['reason']}", "zh") != f"reason.{row['reason']}" or row["reason"].startswith("reading.")


def test_the_same_file_twice_adds_nothing(room: Room) -> None:
    first = room.bring("商城订单.csv", GOOD)
    again = room.bring("商城订单.csv", GOOD)
    renamed = room.bring("商城订单_副本2.csv", GOOD)
    assert first.rows_kept == 2
    for report in (again, renamed):
        assert report.rows_read == 0
        assert [message.code for message in report.messages] == ["collect.same_file"]
    assert len(room.rows("orders")) == len({row["order_no"] for row in room.rows("orders")}) == 2
    assert len(room.rows("import")) == 1


def test_an_overlapping_export_adds_only_what_is_new(room: Room) -> None:
    room.bring("商城订单.csv", GOOD)
    report = room.bring("商城订单_2.csv", GOOD + "A3,M1,2026-03-03 10:00:00,30.00,交易成功\n")
    assert (report.rows_read, report.rows_kept, report.rows_already_there) == (3, 1, 2)


def test_a_changed_order_is_a_new_version(room: Room) -> None:
    room.bring("商城订单.csv", GOOD)
    report = room.bring(
        "商城订单_2.csv",
        GOOD.replace("A1,M1,2026-03-01 10:00:00,10.00,交易成功", "A1,M1,2026-03-01 10:00:00,10.00,已退款"),
    )
    assert (report.rows_kept, report.rows_already_there) == (1, 1)
    assert [row["order_status"] for row in room.rows("orders") if row["order_no"] == "A1"] == ["paid", "returned"]


def test_an_event_told_otherwise_waits(room: Room) -> None:
    head = "事件ID,用户ID,事件时间,事件名\n"
    events = head + "E1,U1,2026-03-01 10:00:00,浏览\nE1,U1,2026-03-01 10:00:00,支付\nE1,U1,2026-03-01 10:00:00,浏览\n"
    report = room.bring("行为.csv", events)
    assert (report.rows_kept, report.rows_already_there, report.reasons) == (1, 1, {"told_otherwise_before": 1})


def test_a_dry_run_leaves_no_trace(room: Room) -> None:
    before = {name: room.rows(name) for name in room.importer.loader.engine.tables()}
    [report] = room.run(room.file("商城订单.csv", GOOD), dry_run=True)
    assert (report.rows_kept, report.dry_run) == (2, True)
    assert {name: room.rows(name) for name in room.importer.loader.engine.tables()} == before
    assert not [path for path in room.importer.landing.folder.rglob("*") if path.is_file()]
    assert not list(room.importer.loader.scratch.glob("import-*"))


def test_lines_find_the_orders_that_come_after_them_in_the_same_import(room: Room) -> None:
    lines = "订单编号,下单时间,商品编码,数量,单价\nA1,2026-03-01 10:00:00,P1,1,10\nA2,2026-03-02 10:00:00,P2,2,10\n"
    told, orders = room.run(room.file("明细.csv", lines), room.file("商城订单.csv", GOOD))
    assert (told.form, orders.form) == ("order_line", "orders")
    assert "collect.lines_of_known_orders" in [message.code for message in told.messages]
    assert [row["source"] for row in room.rows("orders")] == ["商城订单", "商城订单"]


def test_lines_of_a_till_without_members_make_orders_and_say_what_it_costs(room: Room) -> None:
    lines = "小票号,销售时间,商品编码,数量,实收金额\nT1,2026-03-01 10:00:00,P1,1,10\nT1,2026-03-01 10:00:00,P2,1,5.5\n"
    report = room.bring("门店销售.csv", lines)
    [message] = [one for one in report.messages if one.code == "collect.no_customer_key"]
    assert message.params == {"count": 2, "share": 100.0, "amount": "15.5"}
    assert [row["order_no"] for row in room.rows("orders")] == ["T1"]


def test_a_file_that_breaks_off_does_not_block_the_next(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    path = room.file("商城订单.csv", GOOD)
    looks = room.importer.look(path)
    with monkeypatch.context() as patch:
        patch.setattr("huaxiang.collect.staging.row_faults", broken)
        with pytest.raises(InputError):
            room.importer.run(looks, room.now())
    assert not list(room.importer.landing.operations())
    assert room.bring("会员.csv", "会员号,姓名\nM1,王一\n").rows_kept == 1
    assert room.importer.finish_pending() == []
    [report] = room.importer.run(looks, room.now())
    assert report.rows_kept == 2


def broken(*_: object) -> None:
    raise InputError("reading.file_empty", file="商城订单.csv")


HOSTILE = [
    "=cmd|' .csv",
    "..%2f..%2fetc.csv",
    "a'; DROP TABLE orders;--.csv",
    "<script>.csv",
    "名 字\u202e.csv",
    "con.csv",
    "．．／x.csv",
    "a" * 200 + ".csv",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_names(room: Room, name: str) -> None:
    report = room.bring(name, GOOD.replace("A1", "x'; DROP TABLE orders;--"))
    assert report.file_name == name
    assert report.rows_kept == 2
    [look] = room.importer.look(room.folder / name)
    saved = room.importer.save_mapping(look, look.mapping)
    assert saved.parent == room.importer.saved_mappings
    files = [path for path in room.importer.landing.folder.rglob("*") if path.is_file()]
    assert all(path.name.split(".")[0].replace("-", "").isalnum() for path in files)


# --- reading again what a person mended


def waiting_room(room: Room) -> str:
    report = room.bring("商城订单.csv", GOOD + "A3,M3,2026-03-03 10:00:00,见备注,交易成功\nA4,M4\n")
    assert report.reasons == {"amount_unreadable": 1, "reading.too_few_fields": 1}
    return report.import_id


def test_a_mended_row_is_kept_and_counted(room: Room) -> None:
    key = waiting_room(room)
    report = room.importer.replay(key, {4: {"实付金额": "30.00"}}, room.now())
    assert (report.rows_read, report.rows_kept, report.rows_quarantined) == (1, 1, 0)
    assert [str(row["paid_amount"]) for row in room.rows("orders") if row["order_no"] == "A3"] == ["30.0000"]
    assert [row["source_row"] for row in room.rows("quarantine")] == [5]
    [row] = room.rows("import")
    assert (row["rows_read"], row["rows_kept"], row["rows_quarantined"]) == (4, 3, 1)


def test_a_row_that_was_too_short_can_be_filled_in(room: Room) -> None:
    key = waiting_room(room)
    cells = {
        "订单编号": "A4",
        "会员号": "M4",
        "下单时间": "2026-03-04 10:00:00",
        "实付金额": "5",
        "订单状态": "交易成功",
    }
    assert room.importer.replay(key, {5: cells}, room.now()).rows_kept == 1


def test_a_row_that_is_still_bad_waits_on(room: Room) -> None:
    key = waiting_room(room)
    report = room.importer.replay(key, {4: {"实付金额": "还是不知道"}}, room.now())
    assert (report.rows_kept, report.rows_quarantined) == (0, 1)
    [row] = [one for one in room.rows("quarantine") if one["source_row"] == 4]
    assert json.loads(row["raw_text"])["实付金额"] == "还是不知道"
    assert room.importer.replay(key, {4: {"实付金额": "30"}}, room.now()).rows_kept == 1


def test_the_same_mending_twice_is_refused_the_second_time(room: Room) -> None:
    key = waiting_room(room)
    room.importer.replay(key, {4: {"实付金额": "30.00"}}, room.now())
    orders = room.rows("orders")
    with pytest.raises(NotFound):
        room.importer.replay(key, {4: {"实付金额": "30.00"}}, room.now())
    assert room.rows("orders") == orders


@pytest.mark.parametrize(
    ("key", "fixes"),
    [
        ("nothing", {4: {"实付金额": "1"}}),
        (None, {2: {"实付金额": "1"}}),
        (None, {4: {"实付金": "1"}}),
        (None, {}),
        (None, {4: {}}),
    ],
)
def test_a_slip_of_the_pen_is_said(room: Room, key: str | None, fixes: dict[int, dict[str, str]]) -> None:
    known = waiting_room(room)
    count = len(list(room.importer.landing.operations()))
    with pytest.raises(HuaxiangError) as caught:
        room.importer.replay(key or known, fixes, room.now())
    for lang in ("zh", "en"):
        assert caught.value.code not in say(caught.value.code, lang, **caught.value.params)
    assert len(list(room.importer.landing.operations())) == count


def test_a_mapping_is_corrected_and_used_again(room: Room) -> None:
    content = "单子,谁,哪天,多少\nA1,M1,2026-03-01,10\n"
    text = (
        "form: orders\nsource: 老系统\ncolumns: {order_no: 单子, member_no: 谁, ordered_at: 哪天, paid_amount: 多少}\n"
    )
    path = room.file("老系统.csv", content)
    with pytest.raises(InputError):
        room.importer.look(path)
    mapping = Mapping.from_yaml(text, "老系统.yaml")
    [look] = room.importer.look(path, mapping=mapping)
    room.importer.save_mapping(look, mapping)
    later = room.bring("别的名字.csv", content.replace("A1", "A2"))
    assert (later.source, later.rows_kept) == ("老系统", 1)
    assert [row["account_key"] for row in room.rows("orders")] == ["member_no:M1"]


def test_cells_stay_as_written_in_the_columns_that_a_workspace_does_not_mend(room: Room) -> None:
    own = {"place_reworded": {"columns": ["city"]}, "width_folded": {"columns": ["person_name"]}}
    quality = own_quality_rules({"repairs": {**own, "phone_reworded": {"run": False}}})
    chosen = Room(replace(room.importer, loader=replace(room.importer.loader, quality=quality)), room.folder)
    head = "会员号,姓名,手机号,省份,城市\n"
    row = "Ｍ１,Ａnna,+86 139 1234 5678,广东,广州\n"
    report = chosen.bring("会员.csv", head + row, form="person")
    assert report.repairs == {"person_name/width_folded": 1}
    (person,) = room.rows("person_record")
    assert [person[name] for name in ("account_key", "person_name", "province", "city")] == [
        "member_no:Ｍ１",
        "Anna",
        "广东",
        "广州市",
    ]
    assert "+86 139 1234 5678" in [row["identifier_value"] for row in room.rows("identifier")]
    assert {"member_no/width_folded", "phone/phone_reworded"} < room.bring(
        "又.csv", head + row, form="person"
    ).repairs.keys()
