"""The engines on which the tests of cleaning run."""

from tests.prepare.mostly_duck import _duck, each_engine, engine

__all__ = ["_duck", "each_engine", "engine"]
