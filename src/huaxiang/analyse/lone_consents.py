"""What a permission means for a customer when the account that gave it hangs on the others by one value alone."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.identity_records import Tables
from huaxiang.analyse.last_words import last_words
from huaxiang.analyse.lone_links import PART, TABLE
from huaxiang.engine.interface import Engine
from huaxiang.prepare.current import current

#: The gravest first: the part's permission is the only one, or it says something else than the rest; nothing of both.
CONSENTS = ("alone", "conflict", "none")


def consents_of(engine: Engine, tables: Tables, parts: ir.Table, as_of: date) -> ir.Table:
    """One row per part with something to say of consents: what makes it a part, and ``consent``."""
    rows = current(engine, "consent", as_of)
    said = last_words(rows.filter(rows.is_given.notnull())).select("account_key", "purpose", "is_given")
    account = tables["account"].select("customer_id", "account_key")
    both = parts.select("customer_id", *PART).inner_join(account, "customer_id")
    mine = tables[TABLE].select("account_key", *PART).mutate(is_mine=True)
    keys = ["account_key", *PART]
    both = both.left_join(mine, keys).drop(*(f"{name}_right" for name in keys))
    words = both.inner_join(said, "account_key").mutate(is_mine=both.is_mine.fill_null(False))
    mine_yes, mine_no, rest_yes, rest_no = (
        ((words.is_mine == is_mine) & (words.is_given == given)).any()
        for is_mine in (True, False)
        for given in (True, False)
    )
    told = words.group_by(*PART, "purpose").agg(
        is_alone=mine_yes & ~rest_yes & ~rest_no, differs=(mine_yes & rest_no) | (mine_no & rest_yes)
    )
    grouped = told.group_by(*PART).agg(is_alone=told.is_alone.any(), differs=told.differs.any())
    consent = ibis.cases((grouped.is_alone, CONSENTS[0]), (grouped.differs, CONSENTS[1]), else_=CONSENTS[2])
    return grouped.mutate(consent=consent).select(*PART, "consent")
