"""The overview is tested on the same small shop as the customers' pages."""

from tests.server.customers.conftest import made, shop

__all__ = ["made", "shop"]
