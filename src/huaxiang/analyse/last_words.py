"""What every account said last about every purpose."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir


def last_words(consent: ir.Table) -> ir.Table:
    """Of rows as ``consent`` has them the last one of each account and purpose: by when it was said, one without a time
    first of all, then by when it was known and where it stands in its file."""
    newest = [
        ibis.desc(consent.occurred_at, nulls_first=False),
        *(consent[name].desc() for name in ("known_at", "import_id", "source_row")),
    ]
    place = ibis.row_number().over(group_by=["purpose", "account_key"], order_by=newest)
    words = consent.mutate(place=place)
    return words.filter(words.place == 0).drop("place")
