"""Values that people gave: what the ledger holds of them, and the table that tags read."""

from huaxiang.prepare.given.gifts import Gift, GiftBook, Gifts, Given
from huaxiang.prepare.given.table import GIVEN_COLUMNS, given_values

__all__ = ["GIVEN_COLUMNS", "Gift", "GiftBook", "Gifts", "Given", "given_values"]
