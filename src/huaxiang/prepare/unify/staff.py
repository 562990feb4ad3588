"""Phones of the staff, and the accounts that are staff: a cashier's phone stands on the tickets of many customers."""

from __future__ import annotations

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.current import current
from huaxiang.prepare.names import with_comparable_name


def staff_phones(engine: Engine, rules: IdentityRules) -> ir.Table:
    """One row per phone and name of a member of staff: ``staff_phone, staff_name`` (comparable form, may be null)."""
    rows = current(engine, "staff")
    named = with_comparable_name(
        engine, rows.filter(rows.staff_phone.notnull()), "staff_name", rules.names, "names_of_staff"
    )
    return named.select("staff_phone", staff_name=named.comparable).distinct()


def with_is_staff(engine: Engine, accounts: ir.Table, phones: ir.Table, rules: IdentityRules) -> ir.Table:
    """``accounts`` with ``is_staff``: all phones of the account are staff phones, and it is nothing but the phone, or
    has no name, or the name of the one whose phone it is. And with ``makes_staff``: whatever customer it belongs to is
    a member of staff. An account that is nothing but the phone makes nobody staff unless it has that name, too: a
    customer's ticket may be written down under the phone of the shop.
    """
    names = _names_on_phones(engine, phones)
    joined = accounts.left_join(names, accounts.account_key == names.phone_user)
    only_staff = (joined.phone_count == joined.staff_phone_count).fill_null(False)
    is_value = joined.namespace.isin(sorted(rules.value_namespaces))
    own_name = ((joined.person_name == joined.first_name) | (joined.person_name == joined.last_name)).fill_null(False)
    no_name = joined.person_name.isnull()
    return joined.mutate(
        is_staff=only_staff & (is_value | no_name | own_name),
        makes_staff=only_staff & (own_name | (no_name & ~is_value)),
    ).select(*accounts.columns, "is_staff", "makes_staff")


def _names_on_phones(engine: Engine, phones: ir.Table) -> ir.Table:
    rows = engine.table("identifier")
    used = rows.filter(rows.identifier_type == "phone").select("account_key", "identifier_value").distinct()
    known = phones.group_by("staff_phone").agg(first_name=phones.staff_name.min(), last_name=phones.staff_name.max())
    joined = used.left_join(known, used.identifier_value == known.staff_phone)
    return joined.group_by(phone_user=joined.account_key).agg(
        phone_count=joined.count(),
        staff_phone_count=joined.staff_phone.count(),
        first_name=joined.first_name.min(),
        last_name=joined.last_name.max(),
    )
