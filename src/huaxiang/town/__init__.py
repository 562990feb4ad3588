"""The synthetic town: the raw files of an invented omni-channel retailer, and the truth behind them."""

from huaxiang.town.build import TownReport, build

__all__ = ["TownReport", "build"]
