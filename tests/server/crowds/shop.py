"""A shop of forty members for the segment pages: values that spreadsheets would run, two stores, consents both ways."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from huaxiang.workspace import Workspace

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
AS_OF = date(2026, 6, 30)
CITIES = ("上海市", "北京市", "广州市")
LEVELS = ("金卡", "银卡", "普通会员")
FORMULA = '=HYPERLINK("http://evil.example";"x")'
ATTACK = "<img src=x onerror=window.__xss=1>"


def member(number: int) -> dict[str, Any]:
    """What the files say of member ``number`` (1 to 40)."""
    return {
        "member_no": f"M{number:04d}",
        "person_name": ATTACK if number == 2 else f"王小{chr(0x4E00 + number)}",
        "phone": f"136{number:08d}",
        "city": CITIES[number % 3],
        "member_level": {1: FORMULA, 2: ATTACK}.get(number, LEVELS[number % 3 if number % 4 else 0]),
        "consent": ("是", "否", "")[number % 3],
        "orders": [] if number % 10 == 0 else [(number, order) for order in range(1 + number % 4)],
        "store": f"S{1 + number % 2}",
    }


def made_shop(folder: Path) -> Workspace:
    """The workspace in ``folder / "ws"``, refreshed as of :data:`AS_OF`."""
    people = [member(number) for number in range(1, 41)]
    workspace = Workspace.init(folder / "ws", name="小店", memory_limit="1GB", threads=1)
    for name, text in (("会员.csv", _members(people)), ("订单.csv", _orders(people))):
        path = folder / name
        path.write_text(text, encoding="utf-8")
        workspace.import_files(workspace.look(path), NOW)
    workspace.refresh(NOW, as_of=AS_OF)
    return workspace


def _members(people: list[dict[str, Any]]) -> str:
    lines = ["会员号,姓名,手机号,城市,会员等级,注册时间,同意营销"]
    for one in people:
        level = '"' + one["member_level"].replace('"', '""') + '"'
        fields = (one["member_no"], one["person_name"], one["phone"], one["city"], level, "2025-01-05", one["consent"])
        lines.append(",".join(fields))
    return "\n".join(lines) + "\n"


def _orders(people: list[dict[str, Any]]) -> str:
    lines = ["订单号,会员号,手机号,下单时间,门店编号,商品总额,优惠金额,实付金额,订单状态"]
    for one in people:
        for number, order in one["orders"]:
            paid = 100 * number + order
            day = f"2026-{1 + (number + order * 2) % 6:02d}-{1 + number % 27:02d} 10:00:00"
            code = f"D{number:03d}{order}"
            lines.append(f"{code},{one['member_no']},{one['phone']},{day},{one['store']},{paid},0,{paid},已付款")
    return "\n".join(lines) + "\n"
