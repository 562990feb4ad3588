"""A shop of six hundred members: those of 广东 hold gold cards and buy more, in two spellings of the province."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from tests.server.crowds.shop import AS_OF, NOW

from huaxiang.maintain.definitions import body_of
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.segments import Segment
from huaxiang.workspace import Workspace

COUNT = 600
PROVINCES = ("广东", "广东省", "上海市", "云南省", "Queensland", "")
CITIES = ("广州市", "深圳市", "上海市", "昆明市", "Brisbane", "")
CROWDS = {"gold": "member_level = 金卡", "buyers": "orders_total >= 2", "yunnan": "province = 云南省"}


def member(number: int) -> dict[str, Any]:
    """What the files say of member ``number`` (1 to 600)."""
    place = number % 6
    gold = place < 2 and number % 5 > 0
    return {
        "number": number,
        "written": PROVINCES[place],
        "province": "广东省" if place < 2 else PROVINCES[place],
        "level": "金卡" if gold else "普通会员" if number % 7 else "",
        "orders": (3 if gold else 1) if number % 4 else 0,
        "first": f"202{5 if number % 3 else 6}-0{1 + number % 6}-11",
    }


PEOPLE = [member(number) for number in range(1, COUNT + 1)]


def made_many(folder: Path) -> Workspace:
    """The workspace in ``folder / "ws"``, refreshed, with three segments of its own."""
    workspace = Workspace.init(folder / "ws", name="大店", memory_limit="1GB", threads=1)
    for name, text in (("会员.csv", _members()), ("订单.csv", _orders())):
        path = folder / name
        path.write_text(text, encoding="utf-8")
        workspace.import_files(workspace.look(path), NOW)
    for key, rule in CROWDS.items():
        words: Any = {"zh": f"人群 {key}", "en": f"Segment {key}", "meaning_zh": "说明", "meaning_en": "Meaning"}
        segment = Segment(key=key, condition=condition_from_text(rule), owner="the-analyst", **words)
        path = workspace.folder / "definitions" / "segments" / f"{key}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump({key: body_of(segment)}), encoding="utf-8")
    workspace.refresh(NOW, as_of=AS_OF)
    return Workspace.open(workspace.folder)


def _members() -> str:
    lines = ["会员号,姓名,手机号,省份,城市,会员等级,注册时间"]
    for one in PEOPLE:
        n = one["number"]
        fields = (
            f"G{n:05d}",
            f"李{chr(0x4E00 + n)}",
            f"137{n:08d}",
            one["written"],
            CITIES[n % 6],
            one["level"],
            one["first"],
        )
        lines.append(",".join(fields))
    return "\n".join(lines) + "\n"


def _orders() -> str:
    lines = ["订单号,会员号,手机号,下单时间,商品总额,优惠金额,实付金额,订单状态"]
    for one in PEOPLE:
        n = one["number"]
        for order in range(one["orders"]):
            paid = 80 + n % 50 + 40 * order
            lines.append(
                f"E{n:05d}{order},G{n:05d},137{n:08d},2026-0{1 + (n + order) % 6}-15 10:00:00,{paid},0,{paid},已付款"
            )
    return "\n".join(lines) + "\n"
