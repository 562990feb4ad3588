"""What people decided and what must outlive every rebuild: an append-only, hash-chained log, for audit too."""

from huaxiang.ledger.entries import Appended, Entry, NewEntry
from huaxiang.ledger.kinds import KINDS, Kind, kind_named
from huaxiang.ledger.ledger import Ledger
from huaxiang.ledger.pseudonym import Pseudonym
from huaxiang.ledger.vault import Vault
from huaxiang.ledger.verify import VerifyReport

__all__ = [
    "KINDS", "Appended", "Entry", "Kind", "Ledger", "NewEntry", "Pseudonym", "Vault", "VerifyReport", "kind_named",
]  # fmt: skip
