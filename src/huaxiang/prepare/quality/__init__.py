"""Cleaning made visible: rows judged by declared checks, statements that contradict each other, missing values."""

from huaxiang.prepare.quality.tables import QUALITY_TABLES, quality_tables

__all__ = ["QUALITY_TABLES", "quality_tables"]
