"""Which dirt each raw file carries, how often, and what a careful reader does with it."""

from __future__ import annotations

import re
from datetime import date

import numpy as np

from huaxiang.town.dirt import KEPT, QUARANTINED, REPAIRED, SKIPPED, Change, Stain

_WIDE = str.maketrans("0123456789.-", "０１２３４５６７８９．－")
_MISSING = ("无", "不详", "未知", "NULL", "NA", "-", "/")
_UNREADABLE = ("见备注", "待定", "##########", "另议")


def _one_of(*words: str) -> Change:
    return lambda _, rng: str(rng.choice(words))


def _other_date_form(text: str, rng: np.random.Generator) -> str:
    """The same instant in another form that loses nothing the cell holds."""
    written, _, clock = text.partition(" ")
    day = date(*(int(part) for part in re.split("[-/]", written)))
    forms = [f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}", f"{day:%Y.%m.%d}", _serial(day, clock)]
    form = str(rng.choice(forms))
    return f"{form} {clock}" if clock and form != forms[-1] else form


def _serial(day: date, clock: str) -> str:
    """The number by which a spreadsheet stores the instant."""
    number = (day - date(1899, 12, 30)).days
    hour, minute, second = (int(part) for part in [*clock.split(":"), "0"][:3]) if clock else (0, 0, 0)
    return f"{number + (hour * 3_600 + minute * 60 + second) / 86_400:.8f}" if clock else str(number)


def _impossible_date(text: str, rng: np.random.Generator) -> str:
    clock = text[text.index(" ") :] if " " in text else ""
    return str(rng.choice(["2026-02-30", "2025/13/05", "2026-06-31", "0000-00-00"])) + clock


def _decorated(text: str, rng: np.random.Generator) -> str:
    grouped = f"{float(text):,.2f}"
    forms = [f"￥{grouped}", f"￥{text}", f"{text}元", text.translate(_WIDE), f" {text} ", f"RMB {text}"]
    return str(rng.choice(forms if grouped == text else [*forms, grouped]))


def _phone_form(text: str, rng: np.random.Generator) -> str:
    return str(rng.choice([f"+86{text}", f"+86 {text}", f"86-{text}", f"{text[:3]} {text[3:7]} {text[7:]}",
                           f"{text[:3]}-{text[3:7]}-{text[7:]}", text.translate(_WIDE), f"{text} "]))  # fmt: skip


def _wrong_length(text: str, rng: np.random.Generator) -> str:
    return text[:-1] if rng.random() < 0.5 else text + str(rng.integers(0, 10))


def _as_it_is(text: str, _: np.random.Generator) -> str:
    """For stains that spoil the written line, not a cell."""
    return text


def dates(column: str, rate: float = 0.01) -> Stain:
    """The right instant in another form."""
    return Stain("date_form", REPAIRED, rate, _other_date_form, column)


def no_such_day(column: str, fresh: str, rate: float = 0.001) -> Stain:
    """A day that no calendar has, on an added row."""
    return Stain("impossible_date", QUARANTINED, rate, _impossible_date, column, fresh)


def amounts(column: str, rate: float = 0.015) -> Stain:
    """The right amount with currency signs, commas, full-width digits or spaces."""
    return Stain("amount_form", REPAIRED, rate, _decorated, column)


def no_amount(column: str, fresh: str, rate: float = 0.001) -> Stain:
    """Words where an amount belongs, on an added row."""
    return Stain("unparsable_amount", QUARANTINED, rate, _one_of(*_UNREADABLE), column, fresh)


def phones(column: str = "手机号", rate: float = 0.02) -> tuple[Stain, ...]:
    """The right phone in another form, phones of a wrong length, and numbers that stand for none."""
    return (
        Stain("phone_form", REPAIRED, rate, _phone_form, column),
        Stain("phone_length", KEPT, rate / 5, _wrong_length, column),
        Stain("placeholder_phone", KEPT, rate / 5,
              _one_of("13800000000", "13800138000", "11111111111", "00000000000"), column),
    )  # fmt: skip


def missing(column: str, rate: float = 0.01) -> Stain:
    """A word for 'unknown' where the cell should be empty."""
    return Stain("missing_word", REPAIRED, rate, _one_of(*_MISSING), column, missing=True)


def birthdays(column: str = "生日", rate: float = 0.006) -> Stain:
    """A birthday that nobody alive has; the row is good, the birthday is not."""
    return Stain("implausible_birthday", KEPT, rate, _one_of("1893-05-20", "1900-01-01", "1899-12-31"), column)


def no_key(column: str, rate: float = 0.0008) -> Stain:
    """An added row without its order number."""
    return Stain("missing_key", QUARANTINED, rate, lambda _, __: "", column, added=True)


TWICE = Stain("duplicate_row", QUARANTINED, 0.002, _as_it_is, added=True)
OVERLAP = Stain("duplicate_row", QUARANTINED, 0, _as_it_is, added=True, run=12)
BLANK = Stain("blank_row", SKIPPED, 0.0008, _as_it_is, added=True)
TOO_FEW = Stain("too_few_fields", QUARANTINED, 0.0006, _as_it_is, added=True)
TOO_MANY = Stain("too_many_fields", QUARANTINED, 0.0006, _as_it_is, added=True)
TEST_ORDER = Stain(
    "test_order", KEPT, 0.001, _one_of("测试", "测试账号", "test测试"), "收货人", fresh="订单编号",
    also=(("商品总额", "0.01"), ("优惠金额", "0.00"), ("实付金额", "0.01"), ("买家留言", "测试订单，请勿发货"),
          ("优惠券号", "")),
)  # fmt: skip
_ROWS = (OVERLAP, TWICE, BLANK, TOO_FEW, TOO_MANY)

STAINS: dict[str, tuple[Stain, ...]] = {
    "会员资料": (OVERLAP, *phones(), birthdays(), dates("生日", 0.03), dates("注册时间", 0.03), missing("职业"),
              missing("学历"), missing("邮箱"), TWICE, BLANK),
    "门店销售": (*_ROWS, *phones(rate=0.01), dates("销售时间"), amounts("实收金额", 0.03), amounts("吊牌价"),
              no_amount("实收金额", "小票号"), no_such_day("销售时间", "小票号"), missing("会员号", 0.004),
              no_key("小票号")),
    "商城订单": (TEST_ORDER, *_ROWS, *phones(rate=0.01), dates("下单时间"), amounts("实付金额"),
              no_amount("实付金额", "订单编号"), no_such_day("下单时间", "订单编号"), no_key("订单编号")),
    "商城订单明细": (*_ROWS, amounts("小计", 0.005), no_key("订单编号")),
    "退款": (TWICE, BLANK, amounts("退款金额", 0.03), dates("退款时间", 0.02), no_amount("退款金额", "退款单号"),
           no_key("退款单号")),
    "商城账号": (*phones("绑定手机号", 0.01), dates("注册时间"), missing("昵称"), TWICE, BLANK),
    "网站与App行为": (*_ROWS, dates("事件时间", 0.002), no_such_day("事件时间", "事件ID", 0.0003)),
    "社交互动": (TWICE, BLANK, dates("互动时间")),
    "满意度问卷": (TWICE, BLANK, *phones(rate=0.02), dates("提交时间", 0.02)),
    "客服工单": (TWICE, BLANK, *phones(rate=0.02), dates("创建时间", 0.02), no_such_day("创建时间", "工单号")),
    "优惠券发放": (TWICE, BLANK, TOO_FEW, dates("发放时间", 0.005)),
}  # fmt: skip
