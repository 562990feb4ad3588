"""Turning the text of a column into values: what was repaired on the way, and what cannot be read."""

from huaxiang.collect.convert.column import Converted, Reader, convert_column

__all__ = ["Converted", "Reader", "convert_column"]
