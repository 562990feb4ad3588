"""People: their records, the identifiers in every row about them, consents and referrals."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from huaxiang.collect.unfold.told import Told, names_a_test
from huaxiang.model.mapping import ACCOUNT_FIELDS

#: Forms whose rows a system of accounts wrote: a phone in them is taken for verified unless the file says otherwise.
_VERIFYING_FORMS = frozenset({"person"})
#: The fields that say when an identifier was used, and which end of its use each tells.
_MOMENTS = {"identifier_first_used_at": "first", "identifier_last_used_at": "last"}


def person_columns(told: Told) -> dict[str, ir.Value]:
    """Columns of ``person_record`` that are read from several fields."""
    staged, name = told.rows, full_name(told.rows)
    return {
        "person_name": name,
        "birth_year": ibis.coalesce(staged.birth_year, staged.birth_date.year().cast("int64")),
        "occurred_at": staged.registered_at,
        "is_test": names_a_test(name, anywhere=False),
    }


def full_name(staged: ir.Table) -> ir.StringValue:
    """The name in one field, else first and last name."""
    return ibis.coalesce(
        staged.person_name, staged.first_name + " " + staged.last_name, staged.last_name, staged.first_name
    )


def identifiers(told: Told) -> ir.Table:
    """One row per account, type and value: every number, phone, address and device that stands in a row about it."""
    staged, mapping, verified = told.rows, told.mapping, _phone_verified(told)
    parts = [_one(staged, name, ibis.literal(True)) for name in ACCOUNT_FIELDS if name in mapping.columns]
    parts += [_one(staged, name, verified) for name in ("phone",) if name in mapping.columns]
    parts += [
        _one(staged, name, ibis.literal(mapping.form in _VERIFYING_FORMS))
        for name in ("email", "id_card")
        if name in mapping.columns
    ]
    if not parts:
        return _one(staged.filter(ibis.literal(False)), "phone", ibis.literal(False))
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    grouped = rows.group_by(["account_key", "identifier_type", "identifier_value"])
    return grouped.aggregate(
        is_verified=rows.is_verified.any(), source_row=rows.source_row.min(), occurred_at=ibis.null("timestamp(6)")
    )


def _identifier_uses(told: Told) -> dict[str, ir.Table]:
    """One row per account, value and moment at which its use began or ended, where the file says so. What the account
    is named by is not spoken of: that is its own as long as it is there."""
    said = [name for name in _MOMENTS if told.has(name)]
    kinds = [name for name in (*ACCOUNT_FIELDS, "phone", "email", "id_card") if told.has(name)]
    parts = [_use(_one(told.rows, kind, ibis.literal(False), name), _MOMENTS[name]) for name in said for kind in kinds]
    return {"identifier_use": ibis.union(*parts) if len(parts) > 1 else parts[0]} if parts else {}


def _use(rows: ir.Table, moment: str) -> ir.Table:
    names_it = rows.identifier_type.isin(ACCOUNT_FIELDS) & rows.account_key.startswith(rows.identifier_type + ":")
    dated = rows.filter(rows.occurred_at.notnull() & ~names_it)
    grouped = dated.group_by(["account_key", "identifier_type", "identifier_value", "occurred_at"])
    return grouped.aggregate(moment=ibis.literal(moment), source_row=dated.source_row.min())


def names_told(staged: ir.Table) -> ir.Table:
    """One person record per account that rows about something else name: the name given most often, the earliest of
    equals. Accounts made of a phone carry their name already."""
    told = staged.mutate(told_name=full_name(staged))
    named = told.filter(
        told.account_key.notnull() & told.told_name.notnull() & ~told.account_key.re_search("^(phone|email):")
    )
    counted = named.group_by(["account_key", "told_name"]).aggregate(
        times=named.count(), source_row=named.source_row.min()
    )
    best = counted.mutate(
        place=ibis.row_number().over(group_by=counted.account_key, order_by=[counted.times.desc(), counted.source_row])
    )
    first = best.filter(best.place == 0)
    return first.select(
        account_key="account_key",
        person_name="told_name",
        source_row="source_row",
        occurred_at=ibis.null("timestamp(6)"),
    )


def _one(staged: ir.Table, name: str, verified: ir.BooleanValue, at: str | None = None) -> ir.Table:
    rows = staged.select(
        account_key=staged.account_key,
        identifier_type=ibis.literal(name),
        identifier_value=staged[name],
        is_verified=verified,
        source_row=staged.source_row,
        **({"occurred_at": staged[at]} if at else {}),
    )
    return rows.filter(rows.account_key.notnull() & rows.identifier_value.notnull())


def _phone_verified(told: Told) -> ir.BooleanValue:
    mapping = told.mapping
    if mapping.phone_is_verified is not None:
        return ibis.literal(mapping.phone_is_verified)
    if told.has("phone_verified"):
        return told.rows.phone_verified.fill_null(False)
    return ibis.literal(mapping.form in _VERIFYING_FORMS)


def sides_of_people(told: Told) -> dict[str, ir.Table]:
    """What lists of people tell beside who they are: consents, referrals, and when identifiers were used."""
    return {**_consents_and_referrals(told), **_identifier_uses(told)}


def _consents_and_referrals(told: Told) -> dict[str, ir.Table]:
    """Consents by purpose, and who was invited by whom."""
    staged, found = told.rows, dict[str, ir.Table]()
    consents = [
        _consent(staged, purpose) for purpose in ("marketing", "personalisation") if told.has(f"consent_{purpose}")
    ]
    if consents:
        found["consent"] = ibis.union(*consents) if len(consents) > 1 else consents[0]
    if told.has("referrer_member_no"):
        referred = staged.filter(staged.referrer_member_no.notnull() & staged.account_key.notnull())
        found["referral"] = referred.mutate(
            referrer_account_key=ibis.literal("member_no:") + referred.referrer_member_no,
            occurred_at=referred.registered_at,
        )
    return found


def _consent(staged: ir.Table, purpose: str) -> ir.Table:
    given = staged[f"consent_{purpose}"]
    rows = staged.filter(given.notnull() & staged.account_key.notnull())
    return rows.select(
        account_key=rows.account_key,
        purpose=ibis.literal(purpose),
        is_given=rows[f"consent_{purpose}"],
        channel=rows.registration_channel,
        occurred_at=rows.registered_at,
        source_row=rows.source_row,
    )
