"""The engines that the conformance tests run on."""

from tests import engines

engine = engines.engine
lake = engines.lake
