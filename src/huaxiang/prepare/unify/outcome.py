"""Joining all accounts: those that need no judging in bulk, the others one by one; together it is one answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.arrays import Bools, places
from huaxiang.prepare.unify.candidates import Candidates, shared_values
from huaxiang.prepare.unify.join import Joined, join
from huaxiang.prepare.unify.judge import Bench
from huaxiang.prepare.unify.plain import plain_webs
from huaxiang.prepare.unify.plain_links import plain_founders, plain_links
from huaxiang.prepare.unify.records import LINK_TYPES, Hold, Likely
from huaxiang.prepare.unify.rulings import Verdict
from huaxiang.prepare.unify.silent_customers import Made
from huaxiang.prepare.unify.traits import account_records
from huaxiang.prepare.unify.unconfirmed import unconfirmed
from huaxiang.prepare.unify.webs import Told, Webs, webs


class Matter(NamedTuple):
    """What accounts are joined by besides what they share: rules, phones of the staff, decisions, probable pairs."""

    rules: IdentityRules
    staff_phones: frozenset[str]
    decided: Verdict
    likely: Sequence[Likely]


class Outcome(NamedTuple):
    """``links``: the rows of :class:`Link`, sorted. ``founders``: ``account_key, founder`` of accounts that are not
    alone. ``unconfirmed``: the rows of :class:`huaxiang.prepare.unify.unconfirmed.Unconfirmed`, sorted."""

    links: pa.Table
    holds: list[Hold]
    founders: pa.Table
    unconfirmed: pa.Table


def joined(found: Candidates, matter: Matter) -> Outcome:
    """What comes of all accounts that share something or are spoken of."""
    told, rules = found.told, matter.rules
    linked = webs(told, rules)
    is_plain = plain_webs(
        *(told, linked, rules, matter.staff_phones, found.most_accounts),
        *(matter.decided.persons.keys(), matter.likely),
    )
    rest = _judged(_without(told, linked, is_plain), found, matter)
    links = pa.concat_tables([plain_links(told, linked, is_plain, rules), _link_rows(rest)])
    founders = pa.concat_tables([plain_founders(told, linked, is_plain, rules), _founder_rows(rest)])
    alone = unconfirmed(told, linked, rules, Made(links, founders, rest.holds, matter.decided.persons))
    return Outcome(links.sort_by([(name, "ascending") for name in LINK_TYPES]), rest.holds, founders, alone)


def _without(told: Told, linked: Webs, is_plain: Bools) -> Told:
    doubtful = ~is_plain[linked.web]
    owner = places(told.exclusive.column("account_key"), told.traits.column("account_key"))
    return Told(
        told.uses.filter(pa.array(doubtful[linked.account])),
        told.traits.filter(pa.array(doubtful)),
        told.exclusive.filter(pa.array(np.asarray(doubtful[owner], np.bool_))),
    )


def _judged(told: Told, found: Candidates, matter: Matter) -> Joined:
    accounts = account_records(told, matter.rules, matter.decided.persons)
    bench = Bench(matter.rules, accounts, matter.staff_phones, found.most_accounts, found.crowds)
    return join(shared_values(told.uses), bench, matter.decided, matter.likely)


def _link_rows(rest: Joined) -> pa.Table:
    columns = list(zip(*rest.links, strict=True)) or [()] * len(LINK_TYPES)
    schema = pa.schema(LINK_TYPES.items())
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema)


def _founder_rows(rest: Joined) -> pa.Table:
    keys, founders = rest.founders.keys(), rest.founders.values()
    return pa.table([pa.array(keys, pa.string()), pa.array(founders, pa.string())], ["account_key", "founder"])
