"""The engines of the tests of single links."""

from tests.prepare.mostly_duck import _duck, each_engine, engine

__all__ = ["_duck", "each_engine", "engine"]
