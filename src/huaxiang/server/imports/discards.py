"""Giving up a row of the quarantine from a page, and which rows of the workspace were given up."""

from __future__ import annotations

from huaxiang.collect import discards
from huaxiang.collect.history import RowKey
from huaxiang.errors import InputError
from huaxiang.ledger import Ledger
from huaxiang.release.text_masks import mask_text
from huaxiang.server.accounts import audit
from huaxiang.server.data import workspace

_LONGEST_REASON = 200


def discarded() -> list[RowKey]:
    """The rows of this workspace that were given up: import and row number."""
    with Ledger.open(workspace().ledger_path) as ledger:
        return discards.discarded(ledger)


def discard(key: RowKey, reason: str, actor: str) -> None:
    """Give a row up. Numbers and addresses in the reason are masked; without a reason it is :class:`InputError`."""
    said = mask_text(reason.strip())[:_LONGEST_REASON]
    if not said:
        raise InputError("imports.discard_reason_missing")
    body = {"quarantine_id": f"{key[0]}/{key[1]}", "reason": said}
    audit.record("quarantine.discarded", actor, body)
