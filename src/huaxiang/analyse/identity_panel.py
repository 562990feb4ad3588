"""Who one customer is made of: identifiers, the accounts joined and why, what was held back, and consents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.last_words import last_words
from huaxiang.analyse.lone_links import TABLE, with_lone
from huaxiang.analyse.lone_permissions import without_lone_permissions
from huaxiang.analyse.open_holds import open_holds
from huaxiang.engine.interface import Engine
from huaxiang.prepare.current import current

Tables = Mapping[str, ir.Table]


@dataclass(frozen=True)
class IdentityPanel:
    """Five tables about one customer, unmasked.

    ``identifiers``: one row per type and value, with the sources that name it and whether one of them verified it.
    ``links``: one row per reason why two accounts are this customer, ``is_lone`` where it is the only one that ties
    them together. ``holds``: one row per value of the customer
    that other customers have too, because it did not join all of its accounts.
    ``household``: one row per other customer who lives with this one, with the reason.
    ``consents``: per purpose the statement that holds, the strictest of the accounts' latest; a yes of accounts that
    may be somebody else's is none.
    """

    identifiers: pa.Table
    links: pa.Table
    holds: pa.Table
    household: pa.Table
    consents: pa.Table


def identity_panel(engine: Engine, tables: Tables, customer_id: str, as_of: date) -> IdentityPanel:
    """The panel of one customer; consents as they stood at the end of ``as_of``, the others as they stand now."""
    known, link = tables["customer_identifier"], tables["identity_link"]
    own = known.filter(known.customer_id == customer_id)
    links = with_lone(tables, link.filter(link.customer_id == customer_id)).drop("customer_id")
    return IdentityPanel(
        engine.arrow(_identifiers(own)),
        engine.arrow(links.order_by(["identifier_type", "identifier_value", "account_key_a", "account_key_b", "rule"])),
        engine.arrow(_holds(tables, own)),
        engine.arrow(_household(tables, customer_id)),
        engine.arrow(_consents(engine, tables, customer_id, as_of)),
    )


def _identifiers(own: ir.Table) -> ir.Table:
    grouped = own.group_by("identifier_type", "identifier_value").aggregate(
        is_verified=own.is_verified.any(), source=own.source.min(), source_count=own.source.nunique(),
        account_count=own.account_key.nunique(),
    )  # fmt: skip
    return grouped.order_by(["identifier_type", "identifier_value"])


def _holds(tables: Tables, own: ir.Table) -> ir.Table:
    keys = ["identifier_type", "identifier_value"]
    shared = open_holds(tables, tables["identity_hold"].semi_join(own.select(keys).distinct(), keys))
    return shared.select(*keys, "reason", "account_count", "detail").order_by([*keys, "reason"])


def _household(tables: Tables, customer_id: str) -> ir.Table:
    home = tables["household"]
    mine = home.filter(home.customer_id == customer_id).select("household_id")
    others = home.semi_join(mine, "household_id").filter(lambda rows: rows.customer_id != customer_id)
    return others.select("customer_id", "reason").order_by("customer_id")


def _consents(engine: Engine, tables: Tables, customer_id: str, as_of: date) -> ir.Table:
    account = tables["account"]
    mine = account.filter(account.customer_id == customer_id).select("account_key")
    said = current(engine, "consent", as_of).semi_join(mine, "account_key")
    last = last_words(without_lone_permissions(said, tables.get(TABLE)))
    # Of the last words of all accounts a no outweighs every yes, as in the tags.
    strictest = [
        last.is_given,
        ibis.desc(last.occurred_at, nulls_first=False),
        last.known_at.desc(),
        last.import_id.desc(),
    ]
    place = ibis.row_number().over(ibis.window(group_by="purpose", order_by=[*strictest, last.source_row.desc()]))
    latest = last.mutate(place=place)
    latest = latest.filter(latest.place == 0)
    return latest.select("purpose", "is_given", "occurred_at", "channel", "source", "import_id", "source_row").order_by(
        "purpose"
    )
