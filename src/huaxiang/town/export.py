"""The raw files of the town and the record of their dirt, fed block by block."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import numpy as np
import pyarrow as pa

from huaxiang.town.block import Block
from huaxiang.town.columns import Rows, height, sliced
from huaxiang.town.coupons import campaign_rows
from huaxiang.town.dirt import QUARANTINED, Mark, Soiled, Stain, soil
from huaxiang.town.stains import STAINS
from huaxiang.town.truth import TruthTables
from huaxiang.town.world import World
from huaxiang.town.write import CsvFile, Dirt, ExcelFile, RawFile, dirt_rows, header_dirt

# Above this many people the members no longer fit one sheet and the events are cut by month.
_ONE_SHEET, _ONE_EVENTS_FILE = 120_000, 40_000
_BLOCKS_PER_PART = 20
_GBK = {"门店销售", "门店资料", "员工"}
_BLANKS_IN_HEADER = {"商城订单", "客服工单"}
_SUBTOTAL = Stain("subtotal_row", QUARANTINED, 0, lambda text, _: text, "销售时间")


class Exports:
    """Every raw file by name, opened when its first rows come."""

    def __init__(self, folder: Path, customers: int, world: World) -> None:
        self._raw = folder / "raw"
        self.truth = TruthTables(folder / "truth")
        self._customers, self._world = customers, world
        self._files: dict[str, RawFile] = {}

    @property
    def rows(self) -> dict[str, int]:
        """Rows written to each file, header not counted."""
        return {file.name: file.rows for file in self._files.values()}

    def registers(self) -> None:
        """Write the small clean files: products, shops, staff, campaigns."""
        world, catalogue = self._world, self._world.catalogue
        for name, rows in (("商品资料", catalogue.product_rows()), ("门店资料", catalogue.shop_rows()),
                           ("员工", catalogue.clerk_rows()),
                           ("营销活动", campaign_rows(world.calendar, self._customers, world.seed))):  # fmt: skip
            self._file(name, name, list(rows)).add(Soiled(rows))

    def add(self, block: Block) -> None:
        """Write the block's rows with their dirt, and its truth."""
        for name, rows in block.raw.items():
            for part, piece in self._parts(name, rows, block):
                self._add(name, part, piece, block.number)
        for table, rows in block.truth.items():
            self.truth.add(table, rows)

    def close(self) -> None:
        """End the till export with its subtotal and finish every file."""
        sales = self._files["门店销售"]
        if isinstance(sales, CsvFile):
            line = sales.add_line("合计,,,,,,,,,,,,,")
            self._note(dirt_rows(sales.name, [Mark(0, _SUBTOTAL, "合计", "")], np.array([line])))
        for file in self._files.values():
            file.close()
        self.truth.close()

    def _add(self, name: str, part: str, rows: Rows, block: int) -> None:
        soiled = soil(rows, STAINS[name], self._world.chance(block, part), first=part not in self._files)
        file = self._file(name, part, list(rows))
        self._note(file.add(soiled))
        tests = [mark.place for mark in soiled.marks if mark.stain.reason == "test_order"]
        if tests:
            self.truth.add("orders", _test_orders(sliced(soiled.rows, np.array(tests, dtype=np.int64))))

    def _parts(self, name: str, rows: Rows, block: Block) -> list[tuple[str, Rows]]:
        if name == "会员资料" and self._customers > _ONE_SHEET:
            return [(f"{name}_{block.number // _BLOCKS_PER_PART + 1}", rows)]
        if name == "网站与App行为" and self._customers > _ONE_EVENTS_FILE:
            return [(f"{name}_{np.datetime64(int(month), 'M')}",
                     sliced(rows, np.flatnonzero(block.event_month == month)))
                    for month in np.unique(block.event_month)]  # fmt: skip
        return [(name, rows)] if height(rows) else []

    def _file(self, name: str, part: str, header: list[str]) -> RawFile:
        if part not in self._files:
            self._files[part] = self._opened(name, part, header)
        return self._files[part]

    def _opened(self, name: str, part: str, header: list[str]) -> RawFile:
        if name == "会员资料" and self._customers <= _ONE_SHEET:
            stamp = datetime.combine(self._world.calendar.last_day, time())
            return ExcelFile(self._raw / f"{part}.xlsx", header, stamp)
        blanks = name in _BLANKS_IN_HEADER
        if blanks:
            self._note(header_dirt(f"{part}.csv"))
        encoding = "gbk" if name in _GBK else "utf-8-sig" if name == "会员资料" else "utf-8"
        return CsvFile(self._raw / f"{part}.csv", [f"{word} " for word in header] if blanks else header, encoding)

    def _note(self, dirt: Dirt) -> None:
        if dirt["file"]:
            self.truth.add("dirty_rows", {name: pa.array(cells) for name, cells in dirt.items()})


def _test_orders(rows: Rows) -> Rows:
    """Test orders in the truth: known to nobody, counted nowhere."""
    count = height(rows)
    zero, empty = pa.array(np.zeros(count, np.int64)), pa.nulls(count, pa.string())
    return {
        "source": pa.array(["web"] * count), "order_no": rows["订单编号"], "person_id": empty, "account": empty,
        "ordered_at": rows["下单时间"], "gross_cents": pa.array(np.ones(count, np.int64)), "refund_cents": zero,
        "net_cents": zero, "counted": pa.array(np.zeros(count, np.bool_)),
        "not_counted_reason": pa.array(["test"] * count),
    }  # fmt: skip
