"""Accounts as the sources show them: one row per account, before anybody asks who is who."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.model.identity import IdentityRules
from huaxiang.model.tables import canonical_tables
from huaxiang.prepare.current import current
from huaxiang.prepare.foreign_names import names_of_others
from huaxiang.prepare.names import with_comparable_name, with_title_gender

_KEYS = ("account_key", "referrer_account_key")


def accounts(engine: Engine, rules: IdentityRules) -> ir.Table:
    """One row per account that any row names: ``account_key, namespace, person_name, gender, birth_date, is_test``,
    and its first row: ``first_known_at, first_import_id, first_source_row, first_seen_at``, and
    ``last_seen_at``.

    ``person_name`` is in comparable form; name, gender and birth date are the newest that are known, those beside
    somebody else's phone left out. Where no row states a gender, the form of address in that name tells it (王女士).
    ``first_seen_at`` and ``last_seen_at`` are the first and the last time that something happened, null when no row
    says when.
    """
    first = _first_rows(engine)
    person = _newest_traits(engine, rules)
    joined = first.left_join(person, first.account_key == person.person_key).drop("person_key")
    known = joined.mutate(namespace=joined.account_key.split(":")[0], is_test=joined.is_test.fill_null(False))
    return _named_by_key(engine, known, rules)


def _named_by_key(engine: Engine, known: ir.Table, rules: IdentityRules) -> ir.Table:
    """A row with nothing but a phone and a name has both in its key; the name stands behind the bar."""
    stands_for_value = known.namespace.isin(sorted(rules.value_namespaces))
    in_key = ibis.ifelse(stands_for_value, known.account_key.re_replace("^[^|]*[|]?", ""), ibis.null("string"))
    named = with_comparable_name(engine, known.mutate(in_key=in_key), "in_key", rules.names, "names_in_keys")
    titled = with_title_gender(engine, named, "in_key", rules.names, "titles_in_keys")
    return titled.mutate(
        person_name=titled.person_name.coalesce(titled.comparable), gender=titled.gender.coalesce(titled.title_gender)
    ).drop("in_key", "comparable", "title_gender")


def _first_rows(engine: Engine) -> ir.Table:
    rows = _every_row(engine)
    # Text of fixed width orders like the numbers in it, and a least text needs no memory per account.
    second = rows.known_at.truncate("s").epoch_seconds().cast("int64").cast("string").lpad(12, "0")
    place = second + "|" + rows.import_id + "|" + rows.source_row.cast("string").lpad(12, "0")
    first = rows.group_by("account_key").agg(
        first_known_at=rows.known_at.min(),
        first_seen_at=rows.occurred_at.min(),
        last_seen_at=rows.occurred_at.max(),
        place=place.min(),
    )
    found = first.mutate(
        first_import_id=first.place.split("|")[1], first_source_row=first.place.split("|")[2].cast("int64")
    )
    return found.drop("place")


def _every_row(engine: Engine) -> ir.Table:
    parts = []
    # A lake that was made by an earlier version lacks the tables that came later.
    there = set(engine.tables())
    for name, table in canonical_tables().items():
        for key in _KEYS:
            if name in there and key in table.columns:
                rows = engine.table(name).filter(lambda t, key=key: t[key].notnull())
                parts.append(rows.select("known_at", "import_id", "source_row", "occurred_at", account_key=rows[key]))
    return ibis.union(*parts)


def _newest_traits(engine: Engine, rules: IdentityRules) -> ir.Table:
    told = current(engine, "person_record")
    rows = told.anti_join(names_of_others(engine), ["account_key", "import_id", "source_row"])
    named = with_comparable_name(engine, rows, "person_name", rules.names, "names_of_people")
    person = with_title_gender(engine, named, "person_name", rules.names, "titles_of_people")
    newest_first = [person.known_at.desc(), person.import_id.desc(), person.source_row.desc(), person.row_key]
    ranked = person.mutate(age_rank=ibis.row_number().over(group_by=person.account_key, order_by=newest_first))
    stated = ranked.gender.argmin(ranked.age_rank, where=ranked.gender.notnull())
    # That of the name that counts: an older name with a title may be somebody else's.
    by_title = ranked.title_gender.fill_null("").argmin(ranked.age_rank, where=ranked.comparable.notnull())
    return ranked.group_by(person_key=ranked.account_key).agg(
        person_name=ranked.comparable.argmin(ranked.age_rank, where=ranked.comparable.notnull()),
        gender=stated.coalesce(by_title.nullif("")),
        birth_date=ranked.birth_date.argmin(ranked.age_rank, where=ranked.birth_date.notnull()),
        is_test=ranked.is_test.any(),
    )
