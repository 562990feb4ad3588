"""One personal value in full, for somebody who says why; the ledger knows before the person does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from huaxiang.errors import Denied, InputError
from huaxiang.ledger import Ledger
from huaxiang.release.roles import Access, require
from huaxiang.release.text_masks import mask_text

T = TypeVar("T")


def reveal(
    fetch: Callable[[], T],
    access: Access,
    *,
    customer_id: str,
    field: str,
    stores: Iterable[str] | None,
    reason: str,
    ledger: Ledger,
    at: datetime,
) -> T:
    """One field of one customer in full. The ledger entry is on disk before ``fetch`` is called.

    ``stores`` are the stores that the customer belongs to. Needs ``reveal_personal``, scope, and a reason in words;
    long numbers and addresses in the reason are masked before it is kept.
    """
    require(access, "reveal_personal")
    if not access.sees_any(stores):
        raise Denied("release.outside_scope", user=access.user, customer_id=customer_id)
    said = mask_text(reason.strip())
    if not said:
        raise InputError("release.reason_missing", field=field)
    body = {"customer_id": customer_id, "field": field, "reason": said}
    ledger.append("reveal.shown", body, at=at, actor=access.user)
    return fetch()
