"""What is compared: one record per account, every value in the form in which values are compared."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.model.identity import IdentityRules
from huaxiang.model.matching import MatchingRules
from huaxiang.prepare.current import current
from huaxiang.prepare.foreign_names import names_of_others
from huaxiang.prepare.match.names import APART, NameParts, with_name_parts
from huaxiang.prepare.match.values import told_values

_PLACE = ("province", "city", "address")
_TEXTS = ("district", "street_no", "postcode", "other_id_no")
_NAMES = ("person_name", "first_name", "last_name")
RECORD_COLUMNS = (
    *("account_key", "namespace"),
    *(*NameParts._fields, "phone", "phones", "phone_start", "phone_end", "email", "id_card", "birth_date", "gender"),
    *(*_PLACE, *_TEXTS, "phone_names"),
)


def match_records(engine: Engine, accounts: ir.Table, rules: IdentityRules, matching: MatchingRules) -> ir.Table:
    """One row per account with a name, phone, e-mail or identity number: the columns of ``RECORD_COLUMNS``, null where
    nothing is known.

    ``accounts`` is a table such as :func:`huaxiang.prepare.accounts.accounts` gives. ``birth_date`` is eight digits;
    ``phones`` is sorted and ``phone`` the first of them; ``phone_names`` is under how many names these records use
    ``phone``, null without one. Publish it to match new accounts against it later.
    """
    told = _newest(engine, matching)
    known = accounts.left_join(told, accounts.account_key == told.told_key)
    named = known.mutate(name_text=_name_of(known, rules).substr(0, matching.limits.longest_text))
    split = engine.keep("match_named", with_name_parts(engine, named, "name_text", rules.names))
    values = told_values(engine, split, rules, matching)
    full = _with_place(engine, split.left_join(values, split.account_key == values.value_key), matching)
    phone = full.phone.substr(0, matching.limits.longest_text)
    rows = full.mutate(
        phone_start=ibis.ifelse(phone.length() >= 7, phone.substr(0, 7), ibis.null("string")),
        phone_end=ibis.ifelse(phone.length() >= 7, phone.right(4), ibis.null("string")),
        birth_date=full.birth_date.cast("string").replace("-", ""),
    )
    said = ibis.or_(*[rows[name].notnull() for name in ("given_name", "surname", "phone", "email", "id_card")])
    telling = engine.keep("match_telling", rows.filter(said | rows.other_id_no.notnull()))
    names = _phone_names(telling)
    counted = telling.left_join(names, telling.phone == names.used_phone)
    return engine.keep("match_records", counted.select(*RECORD_COLUMNS).order_by("account_key"))


def _phone_names(records: ir.Table) -> ir.Table:
    used = records.filter(records.phone.notnull())
    names = ibis.greatest(used.name_pair.nunique(), used.surname.nunique())
    return used.group_by(used_phone=used.phone).agg(phone_names=names)


def _name_of(known: ir.Table, rules: IdentityRules) -> ir.StringValue:
    in_key = ibis.ifelse(known.namespace.isin(sorted(rules.value_namespaces)), known.person_name, ibis.null("string"))
    return known.told_name.coalesce(in_key)


def _newest(engine: Engine, matching: MatchingRules) -> ir.Table:
    rows = _complete(current(engine, "person_record"))
    own = rows.anti_join(names_of_others(engine), ["account_key", "import_id", "source_row"])
    both = own.last_name.fill_null("") + APART + own.first_name.fill_null("")
    apart = ibis.ifelse(both == APART, ibis.null("string"), both)
    said = own.mutate(told_name=apart.coalesce(own.person_name), **_compared(own, matching))
    newest_first = [said.known_at.desc(), said.import_id.desc(), said.source_row.desc(), said.row_key]
    ranked = said.mutate(age_rank=ibis.row_number().over(group_by=said.account_key, order_by=newest_first))
    columns = ("told_name", *_PLACE, *_TEXTS)
    return ranked.group_by(told_key=ranked.account_key).agg(
        **{name: ranked[name].argmin(ranked.age_rank, where=ranked[name].notnull()) for name in columns}
    )


def _complete(rows: ir.Table) -> ir.Table:
    # A lake that was made by an earlier version lacks the columns that came later.
    missing = [name for name in (*_NAMES, *_PLACE, *_TEXTS) if name not in rows.columns]
    return rows.mutate(**{name: ibis.null("string") for name in missing})


def _compared(rows: ir.Table, matching: MatchingRules) -> dict[str, ir.Value]:
    longest = matching.limits.longest_text
    return {
        name: rows[name].substr(0, longest).lower().strip().nullif("")
        for name in (*_PLACE, *_TEXTS)
        if name in rows.columns
    }


def _with_place(engine: Engine, rows: ir.Table, matching: MatchingRules) -> ir.Table:
    """Where an account's orders went most often stands in for a place that the account does not tell."""
    orders = current(engine, "orders")
    sent = orders.filter(orders.account_key.notnull() & orders.city.notnull()).mutate(**_compared(orders, matching))
    counted = sent.group_by("account_key", *_PLACE).agg(times=sent.count())
    order = [counted.times.desc(), *[counted[name] for name in _PLACE]]
    ranked = counted.mutate(place=ibis.row_number().over(group_by=counted.account_key, order_by=order))
    usual = ranked.filter(ranked.place == 0).select(
        place_key="account_key", **{f"usual_{name}": ranked[name] for name in _PLACE}
    )
    joined = rows.left_join(usual, rows.account_key == usual.place_key)
    nowhere = ibis.and_(*[joined[name].isnull() for name in _PLACE])
    return joined.mutate(**{name: ibis.ifelse(nowhere, joined[f"usual_{name}"], joined[name]) for name in _PLACE})
