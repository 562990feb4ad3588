"""Phones, e-mail addresses and identity cards of an account, as far as they say something about one person."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.model.identity import IdentityRules
from huaxiang.model.matching import MatchingRules
from huaxiang.prepare.distinct import with_worked_out
from huaxiang.prepare.unify.placeholders import is_placeholder
from huaxiang.prepare.unify.staff import staff_phones

_TYPES = ("phone", "email", "id_card")


def told_values(engine: Engine, named: ir.Table, rules: IdentityRules, matching: MatchingRules) -> ir.Table:
    """One row per account with such a value: ``value_key, phone, phones, email, id_card``.

    Left out are placeholders, phones of the staff, values that too many names use, and unverified values of an account
    that has verified ones: the phone on a parcel is often that of somebody else. ``named`` are accounts with their
    ``surname`` and ``given_name``.
    """
    rows = engine.table("identifier")
    listed = rows.filter(rows.identifier_type.isin(_TYPES))
    keys = ["account_key", "identifier_type", "identifier_value"]
    uses = listed.group_by(keys).agg(is_verified=listed.is_verified.any())
    own = engine.keep("match_uses", uses.semi_join(named, "account_key"))
    good = own.anti_join(_worthless(engine, own, named, rules, matching), ["identifier_type", "identifier_value"])
    return _one_row_each(_verified_first(good))


def _verified_first(uses: ir.Table) -> ir.Table:
    best = uses.mutate(best=uses.is_verified.max().over(group_by=[uses.account_key, uses.identifier_type]))
    return best.filter(best.is_verified == best.best).drop("best")


def _one_row_each(uses: ir.Table) -> ir.Table:
    def of(kind: str) -> ir.BooleanValue:
        return uses.identifier_type == kind

    found = uses.group_by(value_key=uses.account_key).agg(
        phone=uses.identifier_value.min(where=of("phone")),
        phones=uses.identifier_value.collect(where=of("phone")),
        email=uses.identifier_value.min(where=of("email")),
        id_card=uses.identifier_value.min(where=of("id_card")),
    )
    return found.mutate(phones=ibis.ifelse(found.phone.isnull(), ibis.null("array<string>"), found.phones.sort()))


def _worthless(
    engine: Engine, uses: ir.Table, named: ir.Table, rules: IdentityRules, matching: MatchingRules
) -> ir.Table:
    joined = uses.left_join(named.select("account_key", "surname", "given_name"), "account_key")
    name = joined.surname.fill_null("") + "|" + joined.given_name.fill_null("")
    said = joined.mutate(name=ibis.ifelse(name == "|", ibis.null("string"), name))
    shared = said.group_by("identifier_type", "identifier_value").agg(
        account_count=said.count(), name_count=said.name.nunique()
    )
    several = engine.keep("match_shared", shared.filter(shared.account_count > 1))
    marked = _with_placeholder(engine, several, rules)
    staff = staff_phones(engine, rules).select(identifier_value="staff_phone").distinct()
    of_staff = marked.filter(marked.identifier_type == "phone").semi_join(staff, "identifier_value")
    crowded = (marked.name_count > matching.limits.most_names_per_value) | marked.is_placeholder
    kinds = ["identifier_type", "identifier_value"]
    return marked.filter(crowded).select(*kinds).union(of_staff.select(*kinds)).distinct()


def _with_placeholder(engine: Engine, values: ir.Table, rules: IdentityRules) -> ir.Table:
    def says_nothing(text: str) -> bool:
        kind, value = text.split(":", 1)
        return is_placeholder(kind, value, rules)

    typed = values.mutate(typed=values.identifier_type + ":" + values.identifier_value)
    return with_worked_out(
        engine,
        typed,
        "typed",
        says_nothing,
        ("is_placeholder", pa.bool_()),
        "match_placeholders",
    )
