"""From the staged rows of a file to canonical rows: the main table of its form, and what else the rows tell."""

from huaxiang.collect.unfold.unfolding import main_rows, side_rows, tells_who

__all__ = ["main_rows", "side_rows", "tells_who"]
