"""Records numbered for a run, with what they say about each other."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine


def numbered(engine: Engine, records: ir.Table, name: str) -> ir.Table:
    """``records`` with ``record_id``, from 0 in the order of the account keys, and ``phone_names``: under how many
    names the phone is used, null without a phone.
    """
    used = records.filter(records.phone.notnull())
    names = ibis.greatest(used.name_pair.nunique(), used.surname.nunique())
    users = used.group_by("phone").agg(phone_names=names)
    number = ibis.row_number().over(order_by=records.account_key)
    joined = records.mutate(record_id=number).left_join(users.rename(used_phone="phone"), records.phone == users.phone)
    return engine.keep(name, joined.drop("used_phone"))
