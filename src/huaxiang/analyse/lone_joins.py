"""Accounts that a phone or e-mail alone joined to their customer, for people to confirm or to cut off.

The table is made when accounts are joined (:mod:`huaxiang.prepare.unify.unconfirmed`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import ibis
import pyarrow as pa

from huaxiang.analyse.customer_worth import customer_worth
from huaxiang.analyse.identity_records import Tables
from huaxiang.analyse.lone_consents import CONSENTS, consents_of
from huaxiang.analyse.lone_links import PART, TABLE, VALUE, grouped
from huaxiang.analyse.lone_settled import waiting
from huaxiang.analyse.open_holds import NEED_NOBODY
from huaxiang.engine.interface import Engine, only
from huaxiang.prepare.unify.decisions import Decisions

#: Joins listed at most; whoever has more begins with these.
MOST_LISTED = 500
_LISTED = ("customer_id", *PART, "rest_is_named", "account_count", "consent", "orders_total", "net_revenue_total")


class LoneJoin(NamedTuple):
    """One part of a customer that ``identifier_value`` alone joins to the rest: its accounts are those of ``part_key``.

    ``rest_is_named``: the rest tells a name. ``consent`` is one of :data:`CONSENTS`. Orders and revenue are those of
    the whole customer, None of who has no portrait.
    """

    customer_id: str
    part_key: str
    identifier_type: str
    identifier_value: str
    rest_is_named: bool
    account_count: int
    consent: str
    orders_total: int | None
    net_revenue_total: Decimal | None


@dataclass(frozen=True)
class LoneJoins:
    """How many joins wait, by identifier type, and :data:`MOST_LISTED` of them. ``named_values``: on how many phones
    and e-mails two accounts or more tell a name, and ``one_customer``: on how many of these it is one person's."""

    by_type: Mapping[str, int]
    joins: tuple[LoneJoin, ...]
    named_values: int
    one_customer: int

    @property
    def total(self) -> int:
        """All that wait."""
        return sum(self.by_type.values())


def lone_joins(engine: Engine, tables: Tables, as_of: date, decided: Decisions, kind: str | None = None) -> LoneJoins:
    """The joins that nobody has settled since the last refresh, those that matter most first: where a permission hangs
    on them or contradicts, then by the customer's revenue. ``kind``: list those by this identifier type alone; all are
    counted. Unmasked. A lake that an earlier program refreshed lists none."""
    if TABLE not in tables:
        return LoneJoins({}, (), 0, 0)
    open_ = engine.keep("lone_joins", waiting(engine, tables, decided))
    counted = open_.group_by("identifier_type").agg(joins=open_.count()).order_by("identifier_type")
    by_type = {str(row["identifier_type"]): int(str(row["joins"])) for row in only(engine.arrow(counted))}
    asked = open_ if kind is None else open_.filter(open_.identifier_type == kind)
    profile = customer_worth(tables["profile"])
    wide = asked.left_join(profile, "customer_id").drop("customer_id_right")
    wide = wide.left_join(consents_of(engine, tables, asked, as_of), [*PART]).drop(*(f"{name}_right" for name in PART))
    wide = wide.mutate(consent=wide.consent.fill_null(CONSENTS[-1]))
    gravity = wide.consent.cases(*((name, place) for place, name in enumerate(CONSENTS)), else_=len(CONSENTS))
    order = [gravity, ibis.desc(wide.net_revenue_total, nulls_first=False), "customer_id", *PART]
    rows = engine.arrow(wide.order_by(order).limit(MOST_LISTED).select(*_LISTED)).to_pylist()
    return LoneJoins(by_type, tuple(LoneJoin(**row) for row in rows), *_named(engine, tables, sorted(by_type)))


def accounts_joined(
    engine: Engine, tables: Tables, joins: Collection[LoneJoin]
) -> dict[LoneJoin, tuple[dict[str, Any], ...]]:
    """Of each of these joins all accounts of the customer, those of the part first, then by key: ``account_key,
    person_name, first_seen_at`` and ``is_joined``, whether it is of the part. Unmasked."""
    ids = pa.array(sorted({one.customer_id for one in joins}), pa.string())
    asked = engine.bring("lone_customers", pa.table({"customer_id": ids}))
    account = tables["account"].semi_join(asked, "customer_id")
    accounts, parts = (
        grouped(engine, account, "customer_id"),
        grouped(engine, tables[TABLE].semi_join(asked, "customer_id"), *PART),
    )
    found: dict[LoneJoin, tuple[dict[str, Any], ...]] = {}
    for one in joins:
        off = {row["account_key"] for row in parts[one[1:4]]}
        rows = [
            {name: row[name] for name in ("account_key", "person_name", "first_seen_at")}
            | {"is_joined": row["account_key"] in off}
            for row in accounts[(one.customer_id,)]
        ]
        found[one] = tuple(sorted(rows, key=lambda row: (not row["is_joined"], row["account_key"])))
    return found


def _named(engine: Engine, tables: Tables, kinds: Collection[str]) -> tuple[int, int]:
    """On how many values of these types two accounts tell a name, and on how many of these they are one customer."""
    told = tables["account"].filter(lambda rows: rows.person_name.notnull()).select("account_key")
    known, hold = tables["customer_identifier"], tables["identity_hold"]
    worthless = hold.filter(hold.reason.isin(NEED_NOBODY)).select(*VALUE)
    uses = known.filter(known.identifier_type.isin(sorted(kinds))).semi_join(told, "account_key")
    uses = uses.select("customer_id", "account_key", *VALUE).distinct().anti_join(worthless, VALUE)
    by_value = uses.group_by(*VALUE).agg(accounts=uses.count(), customers=uses.customer_id.nunique())
    several = by_value.filter(by_value.accounts > 1)
    row = only(engine.arrow(several.agg(all=several.count(), one=(several.customers == 1).sum())))[0]
    return int(str(row["all"] or 0)), int(str(row["one"] or 0))
