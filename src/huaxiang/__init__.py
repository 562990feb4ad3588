"""Huaxiang 画像: customer portraits from the data that a company already holds.

>>> import huaxiang
>>> workspace = huaxiang.open("shop")  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

__all__ = ["Workspace", "init", "open"]

if TYPE_CHECKING:
    from huaxiang.workspace import Workspace

    init = Workspace.init
    open = Workspace.open  # noqa: A001 - huaxiang.open() is what a notebook says
else:

    def __getattr__(name: str) -> Any:
        """A workspace brings every room with it, so it comes when it is asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from huaxiang.workspace import Workspace

        return Workspace if name == "Workspace" else getattr(Workspace, name)

    def __dir__() -> list[str]:
        return [*__all__, *globals()]
