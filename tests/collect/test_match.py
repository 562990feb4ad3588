"""Headers as people write them find their fields, and files their forms, by words and by what the values look like."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.collect.conftest import Room

from huaxiang.collect.match import match_columns, plain_header, propose
from huaxiang.errors import InputError, NotFound
from huaxiang.model.mapping import forms, source_fields
from huaxiang.town import build

#: Header words and the field that each is, in a form that has it.
WORDS: list[tuple[str, str, str]] = [
    *[
        ("person", header, "member_no")
        for header in ("会员号", "会员编号", "会员卡号", "Member No", "member_id", "Membership ID")
    ],
    *[
        ("person", header, "phone")
        for header in ("手机号", "手机号码", "联系电话", "绑定手机号", "Phone Number", "mobile", "TEL")
    ],
    *[("person", header, "email") for header in ("邮箱", "电子邮箱", "E-mail", "Email Address")],
    *[("person", header, "person_name") for header in ("姓名", "客户姓名", "真实姓名", "Full Name", "customer name")],
    *[("person", header, "gender") for header in ("性别", "Gender", "sex", "2. Your Gender")],
    *[("person", header, "birth_date") for header in ("生日", "出生日期", "Date of Birth", "birthday")],
    *[("person", header, "birth_year") for header in ("出生年份", "Year_Birth")],
    *[
        ("person", header, "registered_at")
        for header in ("注册时间", "入会日期", "Dt_Customer", "became_member_on", "Join Date")
    ],
    *[("person", header, "province") for header in ("省份", "省/自治区", "省", "state")],
    *[("person", header, "city") for header in ("城市", "所在城市", "City")],
    *[("person", header, "consent_marketing") for header in ("同意营销", "marketing opt-in")],
    *[
        ("orders", header, "order_no")
        for header in ("订单编号", "订单号 ", "小票号", "单号", "InvoiceNo", "order_id", "Transaction ID", "订单 ID")
    ],
    *[
        ("orders", header, "ordered_at")
        for header in ("下单时间", "订单创建时间", "销售日期", "InvoiceDate", "Order Date", "order_purchase_timestamp")
    ],
    *[("orders", header, "paid_at") for header in ("付款时间", "订单付款时间 ", "order_approved_at")],
    *[("orders", header, "paid_amount") for header in ("实付金额", "买家实际支付金额", "实收金额", "Amount Paid")],
    *[("orders", header, "gross_amount") for header in ("商品总额", "总金额", "Order Total")],
    *[("orders", header, "refund_amount") for header in ("退款金额", "Refund")],
    *[("orders", header, "order_status") for header in ("订单状态", "交易状态", "Order Status")],
    *[
        ("order_line", header, "product_no")
        for header in ("商品编码", "货号", "SKU", "StockCode", "产品 ID", "auction_id")
    ],
    *[("order_line", header, "product_name") for header in ("商品名称", "品名", "Description", "产品名称")],
    *[("order_line", header, "quantity") for header in ("数量", "购买数量", "Quantity", "qty", "buy_mount")],
    *[("order_line", header, "unit_price") for header in ("单价", "售价", "UnitPrice", "price")],
    *[("order_line", header, "line_amount") for header in ("小计", "销售额", "Line Total")],
    *[("refund", header, "refunded_at") for header in ("退款时间", "退款完成时间", "refund date")],
    *[("event", header, "event_at") for header in ("事件时间", "互动时间", "时间戳", "timestamp")],
    *[("event", header, "event_name") for header in ("事件名", "行为类型", "动作", "behavior_type")],
    *[("survey", header, "recommend_0_10") for header in ("推荐意愿", "推荐意愿（0-10）", "NPS")],
    *[("survey", header, "satisfaction_1_5") for header in ("满意度", "星级", "rating", "review_score")],
    *[("ticket", header, "ticket_no") for header in ("工单号", "Ticket ID")],
]


@pytest.mark.parametrize(("form", "header", "field"), WORDS)
def test_a_header_finds_its_field(form: str, header: str, field: str) -> None:
    found = match_columns(forms()[form], [header], {})
    assert {name: (match.header, match.ground) for name, match in found.items()} == {field: (header, "word")}
    assert found[field].confidence > 0.9


def test_no_field_of_a_form_shares_its_first_word_with_another() -> None:
    for form in forms().values():
        first = [plain_header(source_fields()[name].words[0]) for name in form.all_fields if form.name != "staff"]
        assert len(set(first)) == len(first)


def test_values_outweigh_a_header_that_lies() -> None:
    sample = {"手机号": ["苹果", "香蕉", "梨", "桃", "杏", "枣"]}
    assert match_columns(forms()["person"], ["手机号"], sample) == {}


def test_a_phone_is_known_by_its_look() -> None:
    sample = {"x": [f"1380013800{digit}" for digit in range(6)]}
    found = match_columns(forms()["person"], ["x"], sample)
    assert {name: match.ground for name, match in found.items()} == {"phone": "values"}


DAYS = [f"2024-05-{day:02d}" for day in range(1, 9)]


def test_the_only_times_of_a_file_are_its_time() -> None:
    found = match_columns(forms()["orders"], ["订单号", "录入"], {"录入": DAYS})
    assert (found["ordered_at"].header, found["ordered_at"].ground) == ("录入", "values")


@pytest.mark.parametrize(
    "sample",
    [
        {"录入": DAYS, "审核": DAYS},
        {"生日": DAYS},
        {"录入": ["45413"] * 8},
        {"录入": DAYS[:4]},
        {"录入": [*DAYS[:4], *"甲乙丙丁"]},
    ],
)
def test_times_that_may_be_something_else_are_left_to_a_person(sample: dict[str, list[str]]) -> None:
    assert "ordered_at" not in match_columns(forms()["orders"], ["订单号", *sample], sample)


def test_a_column_with_values_comes_before_an_empty_one() -> None:
    header = ["order_number", "order_id"]
    found = match_columns(forms()["orders"], header, {"order_number": [], "order_id": ["1", "2"]})
    assert found["order_no"].header == "order_id"


def test_an_empty_column_is_taken_when_no_other_wants_the_field() -> None:
    assert match_columns(forms()["orders"], ["优惠券号"], {"优惠券号": []})["coupon_no"].header == "优惠券号"


TOWN = {
    "会员资料.xlsx": (
        "person",
        {
            "member_no",
            "openid",
            "phone",
            "email",
            "person_name",
            "gender",
            "birth_date",
            "registered_at",
            "consent_marketing",
        },
    ),
    "门店销售.csv": (
        "order_line",
        {
            "member_no",
            "phone",
            "order_no",
            "ordered_at",
            "product_no",
            "quantity",
            "list_price",
            "line_amount",
            "store_no",
            "staff_no",
        },
    ),
    "商城订单.csv": (
        "orders",
        {
            "shop_account",
            "phone",
            "person_name",
            "order_no",
            "ordered_at",
            "paid_at",
            "order_status",
            "gross_amount",
            "paid_amount",
        },
    ),
    "商城订单明细.csv": ("order_line", {"order_no", "product_no", "unit_price", "quantity", "line_amount", "is_gift"}),
    "退款.csv": ("refund", {"refund_no", "order_no", "refunded_at", "refund_amount", "refund_status", "reason"}),
    "商城账号.csv": ("person", {"shop_account", "phone", "phone_verified", "registered_at", "openid", "nickname"}),
    "网站与App行为.csv": (
        "event",
        {"event_no", "event_at", "event_name", "device_id", "shop_account", "session_no", "dwell_seconds"},
    ),
    "社交互动.csv": ("event", {"event_at", "platform", "openid", "event_name", "content", "event_text"}),
    "满意度问卷.csv": (
        "survey",
        {"feedback_at", "member_no", "phone", "recommend_0_10", "satisfaction_1_5", "feedback_text"},
    ),
    "客服工单.csv": (
        "ticket",
        {"ticket_no", "feedback_at", "phone", "person_name", "topic", "feedback_text", "answer", "closed_at"},
    ),
    "优惠券发放.csv": (
        "coupon",
        {
            "coupon_no",
            "member_no",
            "granted_at",
            "expires_at",
            "face_amount",
            "minimum_spend",
            "used_at",
            "used_order_no",
        },
    ),
    "营销活动.csv": ("campaign", {"campaign_no", "campaign_name", "starts_on", "ends_on", "channel", "cost_amount"}),
    "商品资料.csv": ("product", {"product_no", "product_name", "category", "brand", "list_price", "cost_price"}),
    "门店资料.csv": ("store", {"store_no", "store_name", "store_kind", "province", "city"}),
    "员工.csv": ("staff", {"staff_no", "staff_name", "phone", "store_no", "staff_role"}),
}


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a very small town."""
    folder = tmp_path_factory.mktemp("town")
    build(folder, customers=500, days=60, seed=2)
    return folder / "raw"


def test_every_file_of_the_town_is_understood(raw: Path, room: Room) -> None:
    assert {path.name for path in raw.iterdir()} == set(TOWN)
    for name, (form, fields) in TOWN.items():
        [look] = room.importer.look(raw / name)
        assert look.mapping.form == form, name
        assert fields <= set(look.mapping.columns), name
        assert min(match.confidence for match in look.mapping.columns.values()) >= 0.9, name
        assert not look.mapping.month_first, name


REAL = {
    "cn_orders/tmall_order_report.csv": (
        "orders",
        {"order_no", "ordered_at", "paid_at", "gross_amount", "paid_amount", "refund_amount"},
    ),
    "cn_orders/meal_order_info.csv": ("orders", {"order_no", "ordered_at", "paid_amount", "phone", "person_name"}),
    "cn_orders/meal_order_detail.csv": (
        "order_line",
        {"order_no", "line_no", "product_no", "product_name", "quantity", "unit_price"},
    ),
    "cn_orders/sam_tianchi_mum_baby_trade_history.csv": (
        "purchase",
        {"user_id", "ordered_at", "product_no", "category", "quantity"},
    ),
    "cn_orders/sam_tianchi_mum_baby.csv": ("person", {"user_id", "birth_date"}),
    "marketing_campaign/marketing_campaign.csv": (
        "person",
        {"customer_no", "birth_year", "education", "marital_status", "income_yearly", "registered_at"},
    ),
    "starbucks/Starbucks satisfactory survey.csv": ("survey", {"feedback_at", "satisfaction_1_5"}),
    "starbucks/profile.json": (
        "person",
        {"customer_no", "gender", "age_years_stated", "income_yearly", "registered_at"},
    ),
    "olist/olist_orders_dataset.csv": ("orders", {"order_no", "customer_no", "order_status", "ordered_at", "paid_at"}),
    "events/ecom.csv.gz": ("event", {"user_id", "session_no", "event_name", "event_at"}),
    "cn_reviews/waimai_10k.csv": ("survey", {"stated_sentiment", "feedback_text"}),
}


@pytest.mark.parametrize("name", REAL)
def test_real_files_are_understood(name: str, shared_data: Path, room: Room) -> None:
    form, fields = REAL[name]
    [look] = room.importer.look(shared_data / name)
    assert look.mapping.form == form
    assert fields <= set(look.mapping.columns)
    assert "gender" not in look.mapping.columns or form == "person"


def test_what_fits_no_form_is_said_in_words() -> None:
    with pytest.raises(InputError) as caught:
        propose(["foo", "bar"], {"foo": ["1"], "bar": ["2"]}, "x")
    assert caught.value.code == "mapping.no_form"
    assert "foo" in str(caught.value.params["header"])


def test_an_unknown_form_names_the_nearest() -> None:
    with pytest.raises(NotFound) as caught:
        propose(["a"], {"a": ["1"]}, "x", "order")
    assert "orders" in str(caught.value.params["nearest"])


def test_a_form_that_lacks_what_it_needs_is_refused(room: Room) -> None:
    path = room.file("x.csv", "订单编号,备注\nA1,好\n")
    with pytest.raises(InputError) as caught:
        room.importer.look(path, form="orders")
    assert caught.value.code == "mapping.need_missing"
    assert "ordered_at" in str(caught.value.params["needed"])
