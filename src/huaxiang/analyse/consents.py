"""Who agreed to what: the latest statements of each customer's accounts about one purpose; one no among them is no."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import ibis.expr.types as ir

from huaxiang.analyse.profile import profile
from huaxiang.engine.interface import Engine
from huaxiang.model.conditions import Test, record_of
from huaxiang.model.tags import tags_from

AGREED = "agreed"


def consents(engine: Engine, purpose: str, as_of: date, customer_ids: Collection[str] | None = None) -> ir.Table:
    """One row per customer of the portrait: ``customer_id`` and ``agreed``, null where nothing was ever said.

    What was said by the end of the ``as_of`` day counts, also by files that came after the last refresh. With
    ``customer_ids`` only these customers are looked at.
    """
    body = {
        "element": "basic",
        "type": "bool",
        "zh": "同意",
        "en": "Agreed",
        "meaning_zh": "各账号最近一次表态是否都同意。",
        "meaning_en": "Whether the latest statements of all accounts were yes.",
        "rule": {
            "kind": "golden",
            "fact": "consent",
            "column": "is_given",
            "policy": "strictest",
            "where": record_of(Test(field="purpose", op="=", value=purpose)),
        },
    }
    return profile(engine, tags_from({AGREED: body}), as_of, _of(engine, customer_ids))


def _of(engine: Engine, customer_ids: Collection[str] | None) -> dict[str, ir.Table]:
    if customer_ids is None:
        return {}
    tables = {name: engine.table(name) for name in ("customer", "account")}
    return {name: rows.filter(rows.customer_id.isin(sorted(customer_ids))) for name, rows in tables.items()}
