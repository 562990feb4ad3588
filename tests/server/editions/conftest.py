"""The same shop as for the segment pages."""

from tests.server.crowds.conftest import empty_shop, kept_crowd_shop, shop
from tests.server.jobs.shop import at_once

__all__ = ["at_once", "empty_shop", "kept_crowd_shop", "shop"]
