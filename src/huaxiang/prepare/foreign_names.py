"""Names that stand in an account's rows and are not its own: whoever a present was sent to."""

from __future__ import annotations

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine


def names_of_others(engine: Engine) -> ir.Table:
    """Rows whose unverified phone is not that of the account, which has a verified one: so is the name beside it.

    One row per ``account_key, import_id, source_row``.
    """
    rows = engine.table("identifier")
    phones = rows.filter(rows.identifier_type == "phone")
    verified = phones.filter(phones.is_verified).select("account_key", "identifier_value").distinct()
    of_known = phones.filter(~phones.is_verified).semi_join(verified, "account_key")
    foreign = of_known.anti_join(verified, ["account_key", "identifier_value"])
    return foreign.select("account_key", "import_id", "source_row").distinct()
