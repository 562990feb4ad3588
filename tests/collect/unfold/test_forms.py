"""What each form of file tells, beyond the rows of its own table: orders of lines, refunds, uses of coupons, people."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.collect.conftest import Room

ORDERS = "订单编号,会员号,收货人,下单时间,付款时间,订单状态,实付金额,退款金额,买家留言\n"


def statuses(room: Room, *rows: str) -> dict[str, str]:
    room.bring("商城订单.csv", ORDERS + "".join(f"{row}\n" for row in rows))
    return {row["order_no"]: row["order_status"] for row in room.rows("orders")}


def test_orders_are_paid_unpaid_cancelled_returned_or_tests(room: Room) -> None:
    day = "2026-03-01 10:00:00"
    assert statuses(
        room,
        f"A1,M1,王一,{day},{day},交易成功,10,0,",
        f"A2,M1,王一,{day},,,10,0,",
        f"A3,M1,王一,{day},,交易关闭,10,0,",
        f"A4,M1,王一,{day},{day},交易成功,-10,0,",
        f"A5,M1,王一,{day},{day},交易成功,0.01,0,",
        f"A6,M1,测试,{day},{day},交易成功,10,0,",
        f"A7,M1,王一,{day},{day},交易成功,10,0,test order please ignore",
        f"A8,M1,Testa Rossi,{day},{day},交易成功,10,0,the latest model please",
        f"A9,M1,王一,{day},{day},全额退款,10,10,",
    ) == {
        "A1": "paid",
        "A2": "unpaid",
        "A3": "cancelled",
        "A4": "returned",
        "A5": "test",
        "A6": "test",
        "A7": "test",
        "A8": "paid",
        "A9": "returned",
    }
    assert [(row["order_no"], row["amount"], row["payment_kind"]) for row in room.rows("payment")] == [
        ("A9", Decimal(10), "refund")
    ]


def test_lines_tell_their_orders(room: Room) -> None:
    head = "小票号,销售时间,会员号,商品编码,数量,单价\n"
    first = "T1,2026/3/1 10:00,,P1,2,10\nT1,2026/3/1 10:01,M1,P2,1,2.5\n"
    room.bring("门店销售.csv", head + first + "T2,2026/3/2 9:00,M2,P1,-1,10\n")
    lines = [(row["order_no"], row["line_amount"]) for row in room.rows("order_line")]
    assert lines == [("T1", Decimal(20)), ("T1", Decimal("2.5")), ("T2", Decimal(-10))]
    orders = [(row["order_no"], row["account_key"], row["order_status"]) for row in room.rows("orders")]
    assert orders == [("T1", "member_no:M1", "paid"), ("T2", "member_no:M2", "returned")]


def test_lines_that_only_name_their_order_tell_no_order(room: Room) -> None:
    report = room.bring("明细.csv", "订单编号,商品编码,数量,小计\nA1,P1,1,10\n")
    assert (report.rows_kept, report.rows_without_customer) == (1, 0)
    assert room.rows("orders") == []


def test_purchases_of_one_account_on_one_day_are_one_order(room: Room) -> None:
    head = "user_id,auction_id,category_1,buy_mount,day\n"
    report = room.bring(
        "trade.csv", head + "1,P1,c,1,20140919\n1,P2,c,2,20140919\n1,P1,c,1,20140920\n2,P1,c,1,20140919\n"
    )
    assert report.form == "purchase"
    assert [row["order_no"] for row in room.rows("orders")] == [
        "user_id:1@2014-09-19",
        "user_id:1@2014-09-20",
        "user_id:2@2014-09-19",
    ]
    assert len(room.rows("order_line")) == 4


def test_refunds(room: Room) -> None:
    room.bring(
        "退款.csv",
        "退款单号,订单编号,退款时间,退款金额,退款状态\nR1,A1,2026-03-01,-5,成功\nR2,A1,2026-03-02,3,处理中\n",
    )
    found = [(row["payment_no"], row["amount"], row["payment_status"]) for row in room.rows("payment")]
    assert found == [("R1", Decimal(5), "done"), ("R2", Decimal(3), "pending")]


def test_a_used_coupon_is_a_redemption(room: Room) -> None:
    head = "券号,会员号,发放时间,面额,使用时间,使用订单号\n"
    room.bring("优惠券.csv", head + "C1,M1,2026-03-01,5,2026-03-02,A1\nC2,M1,2026-03-01,5,,\n")
    assert len(room.rows("coupon")) == 2
    assert [(row["coupon_no"], row["order_no"]) for row in room.rows("coupon_redemption")] == [("C1", "A1")]


def test_people_say_since_and_until_when_they_used_an_identifier(room: Room) -> None:
    head = "会员号,手机号,邮箱,绑定时间,解绑时间\n"
    rows = (
        "M1,13611112222,a@x.cn,2020-01-05 08:00:00,2021-06-01\nM2,13611112222,,2023-02-01,\n,13722223333,,,2022-01-01\n"
    )
    room.bring("会员.csv", head + rows, form="person")
    room.bring("会员.csv", head + "M1,13611112222,,2020-01-05 08:00:00,2021-09-01\n", form="person")
    uses = {
        (row["account_key"].split(":")[0], row["identifier_value"], row["moment"], row["occurred_at"].isoformat()[:10])
        for row in room.rows("identifier_use")
    }
    assert uses == {
        ("member_no", "13611112222", "first", "2020-01-05"),
        ("member_no", "a@x.cn", "first", "2020-01-05"),
        ("member_no", "13611112222", "last", "2021-06-01"),
        ("member_no", "a@x.cn", "last", "2021-06-01"),
        ("member_no", "13611112222", "last", "2021-09-01"),
        ("member_no", "13611112222", "first", "2023-02-01"),
        ("phone", "13722223333", "last", "2022-01-01"),
    }
    # The identifiers themselves are told once, with or without dates.
    assert len(room.rows("identifier")) == 6


def test_people_bring_identifiers_consents_and_who_invited_them(room: Room) -> None:
    head = "会员号,姓名,手机号,邮箱,生日,推荐人会员号,同意营销,同意个性化\n"
    room.bring("会员.csv", head + "M1,王一,13912345678,A@B.com,1990-05-06,M0,是,否\nM2,测试员,,,,,,\n")
    identifiers = {
        (row["account_key"], row["identifier_type"], row["identifier_value"], row["is_verified"])
        for row in room.rows("identifier")
    }
    assert identifiers == {
        ("member_no:M1", "member_no", "M1", True),
        ("member_no:M1", "phone", "13912345678", True),
        ("member_no:M1", "email", "a@b.com", True),
        ("member_no:M2", "member_no", "M2", True),
    }
    consents = {row["purpose"]: row["is_given"] for row in room.rows("consent")}
    assert consents == {"marketing": True, "personalisation": False}
    assert [row["referrer_account_key"] for row in room.rows("referral")] == ["member_no:M0"]
    assert [(row["birth_year"], row["is_test"]) for row in room.rows("person_record")] == [(1990, False), (None, True)]


@pytest.mark.parametrize(
    ("platform", "act", "family"),
    [
        ("小红书", "点赞", "social"),
        ("", "关注", "social"),
        ("iOS", "浏览", "app"),
        ("PC", "浏览", "web"),
        ("", "到店", "store"),
        ("", "咨询", "message"),
    ],
)
def test_the_family_of_an_event(room: Room, platform: str, act: str, family: str) -> None:
    room.bring("行为.csv", f"用户ID,事件时间,事件名,平台\nU1,2026-03-01,{act},{platform}\n")
    assert [row["event_family"] for row in room.rows("event")] == [family]


def test_tickets_surveys_and_reviews_are_feedback_of_their_kind(room: Room) -> None:
    room.bring("工单.csv", "工单号,创建时间,手机号,问题描述\nG1,2026-03-01,13912345678,坏了\n")
    room.bring("问卷.csv", "提交时间,会员号,满意度\n2026-03-01,M1,5\n")
    room.bring("评价.csv", "评价时间,会员号,订单编号,评分\n2026-03-01,M1,A1,4\n")
    assert [row["feedback_kind"] for row in room.rows("feedback")] == ["ticket", "survey", "review"]


def test_a_phone_alone_is_an_account_of_its_source_and_name(room: Room) -> None:
    room.bring(
        "工单.csv",
        "工单号,创建时间,手机号,客户姓名,问题描述\nG1,2026-03-01,13912345678,王一,坏了\nG2,2026-03-01,,,坏了\n",
    )
    assert [row["account_key"] for row in room.rows("feedback")] == ["phone:工单:13912345678|王一", None]


def test_registers_of_products_stores_staff_and_campaigns(room: Room) -> None:
    room.bring("商品.csv", "商品编码,商品名称,吊牌价\nP1,茶,9.90\n")
    room.bring("门店.csv", "门店编号,门店名称\nMD1,一店\n")
    room.bring("员工.csv", "工号,姓名,手机号\nY1,赵六,13912345678\n")
    room.bring("活动.csv", "活动编号,活动名称,开始日期\nH1,会员日,2026-03-01\n")
    assert [len(room.rows(name)) for name in ("product", "store", "staff", "campaign")] == [1, 1, 1, 1]
    assert room.rows("staff")[0]["staff_phone"] == "13912345678"
    assert room.rows("campaign")[0]["occurred_at"].isoformat() == "2026-03-01T00:00:00"
