"""How customers are called and reached: of everything that their accounts say, one name, phone, address and number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine, only

#: Identifier types that people look for, as columns.
SHOWN = ("phone", "email", "member_no")
SCHEMA = pa.schema([(name, pa.string()) for name in ("customer_id", "person_name", *SHOWN)])


def contacts(engine: Engine, tables: Mapping[str, ir.Table], customer_ids: list[str]) -> pa.Table:
    """One row per customer id, in the order given: ``customer_id, person_name, phone, email, member_no``.

    The name is that of the founding account, else of the account that came first. Of several values of a type the
    verified one that came first stands. What is not known is null. Values are unmasked: pass them through release.
    """
    best = {each: dict.fromkeys(SCHEMA.names) | {"customer_id": each} for each in customer_ids}
    for row in _names(engine, tables["account"], customer_ids):
        _keep(best[str(row["customer_id"])], "person_name", row["person_name"])
    for row in _identifiers(engine, tables["customer_identifier"], customer_ids):
        _keep(best[str(row["customer_id"])], str(row["identifier_type"]), row["identifier_value"])
    return pa.Table.from_pylist(list(best.values()), schema=SCHEMA)


def _keep(found: dict[str, Any], name: str, value: Any) -> None:
    if found[name] is None:
        found[name] = value


def _names(engine: Engine, account: ir.Table, customer_ids: list[str]) -> list[dict[str, object]]:
    own = account.filter(account.customer_id.isin(customer_ids), account.person_name.notnull())
    founder_first = (own.account_key == own.founder_account_key).ifelse(0, 1)
    order = [founder_first, own.first_import_id, own.first_source_row, own.account_key]
    return only(engine.arrow(own.order_by(order).select("customer_id", "person_name")))


def _identifiers(engine: Engine, known: ir.Table, customer_ids: list[str]) -> list[dict[str, object]]:
    own = known.filter(known.customer_id.isin(customer_ids), known.identifier_type.isin(SHOWN))
    order = [own.is_verified.desc(), own.import_id, own.source_row, own.identifier_value]
    return only(engine.arrow(own.order_by(order).select("customer_id", "identifier_type", "identifier_value")))
