"""The engines of the room above."""

from tests.analyse.conftest import duck, engine, lake

__all__ = ["duck", "engine", "lake"]
