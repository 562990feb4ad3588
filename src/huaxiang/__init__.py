"""Huaxiang 画像: customer portraits from the data that a company already holds.

>>> import huaxiang
>>> workspace = huaxiang.open("shop")  # doctest: +SKIP
"""

from huaxiang.workspace import Workspace

__all__ = ["Workspace", "init", "open"]

init = Workspace.init
open = Workspace.open  # noqa: A001 - huaxiang.open() is what a notebook says
