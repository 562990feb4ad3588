"""The same shop as for the segment pages."""

from tests.server.crowds.conftest import empty_shop, kept_crowd_shop, shop

__all__ = ["empty_shop", "kept_crowd_shop", "shop"]
