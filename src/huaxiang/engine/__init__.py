"""The engine room: the lake of published tables and the engines that compute over it.

Everything else speaks Ibis to the small interface of :class:`~huaxiang.engine.interface.Engine`.
"""

from huaxiang.engine.builder import Builder, building
from huaxiang.engine.duck import DuckEngine
from huaxiang.engine.interface import Engine
from huaxiang.engine.lake import Lake

__all__ = ["Builder", "DuckEngine", "Engine", "Lake", "building"]
