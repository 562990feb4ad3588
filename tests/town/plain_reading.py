"""A second reading of the raw files, by nothing but the standard library: what a careful clerk would do by hand."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

ENCODINGS = {"门店销售.csv": "gbk", "门店资料.csv": "gbk", "员工.csv": "gbk"}


@dataclass(frozen=True)
class Line:
    """One record of a CSV file: the number of its first line, and its fields."""

    number: int
    fields: list[str]


def records(path: Path) -> Iterator[Line]:
    """Every record of the file with the line it begins at, header included; blank lines come as no fields."""
    with path.open(encoding=ENCODINGS.get(path.name, "utf-8-sig"), newline="") as file:
        reader = csv.reader(file)
        before = 0
        for fields in reader:
            yield Line(before + 1, fields)
            before = reader.line_num


def good_rows(path: Path) -> Iterator[dict[str, str]]:
    """Records with as many fields as the header, each once, by header word."""
    lines = records(path)
    header = [word.strip() for word in next(lines).fields]
    seen = set()
    for line in lines:
        if len(line.fields) == len(header) and tuple(line.fields) not in seen:
            seen.add(tuple(line.fields))
            yield dict(zip(header, line.fields, strict=True))


def cents(text: str) -> int | None:
    """The amount, however decorated; None for words."""
    plain = re.sub(r"RMB|[￥¥,元\s]", "", unicodedata.normalize("NFKC", text))
    try:
        return int(Decimal(plain) * 100)
    except InvalidOperation:
        return None


def instant(text: str) -> datetime | None:
    """The instant, in whichever form it is written; None for a day that does not exist."""
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return datetime(1899, 12, 30) + timedelta(seconds=round(float(text) * 86_400))
    plain = re.sub(r"[年月/.]", "-", text).replace("日", "")
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y%m%d %H:%M:%S", "%Y%m%d %H:%M", "%Y%m%d"):
        try:
            return datetime.strptime(plain, form)
        except ValueError:
            continue
    return None


def store_net(folder: Path) -> dict[str, int]:
    """Net cents of every ticket."""
    net: dict[str, int] = {}
    for row in good_rows(folder / "门店销售.csv"):
        amount = cents(row["实收金额"])
        if row["小票号"] and row["小票号"] != "合计" and amount is not None and instant(row["销售时间"]):
            net[row["小票号"]] = net.get(row["小票号"], 0) + amount
    return net


def web_net(folder: Path) -> dict[str, int]:
    """Net cents of every order that was paid and stands, refunds taken off."""
    net: dict[str, int] = {}
    for row in good_rows(folder / "商城订单.csv"):
        amount = cents(row["实付金额"])
        stands = row["订单状态"] in {"交易成功", "已发货"} and "测试" not in row["收货人"]
        if row["订单编号"] and amount is not None and instant(row["下单时间"]) and stands:
            net[row["订单编号"]] = amount
    for row in good_rows(folder / "退款.csv"):
        amount = cents(row["退款金额"])
        if row["退款单号"] and amount is not None and row["退款状态"] == "成功":
            net[row["订单编号"]] -= amount
    return net
