"""The engines on which the tests of matching run."""

from tests.prepare.mostly_duck import _duck, each_engine, engine

__all__ = ["_duck", "each_engine", "engine"]
