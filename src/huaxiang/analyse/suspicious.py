"""Customers that may be several people: what makes them doubtful, and the link whose loss would take them apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.identity_records import Tables
from huaxiang.analyse.weakest_bridge import Bridge, weakest_bridge
from huaxiang.engine.interface import Engine, count_of, only
from huaxiang.model.identity import IdentityRules
from huaxiang.model.surnames import surnames

#: Why a customer is looked at, the gravest first.
REASONS = ("several_births", "several_genders", "several_names", "near_cap", "likeness_between_groups")
#: Customers listed at most; who has more has another task than looking at each.
MOST_LISTED = 500
#: So much of what one customer may have of a kind is close to too much.
_NEAR_CAP = 0.8
_ACCOUNT = ("account_key", "person_name", "gender", "birth_date")
_ENDS = ("account_key_a", "account_key_b")
_LINK = (*_ENDS, "identifier_type", "identifier_value", "rule", "is_verified", "detail")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Suspicious:
    """One customer: why it is doubtful (of :data:`REASONS`), its accounts (``account_key, person_name, gender,
    birth_date``), its links as ``identity_link`` has them, and the weakest bridge; None where any two accounts hang
    together in two ways."""

    customer_id: str
    reasons: tuple[str, ...]
    accounts: tuple[Row, ...]
    links: tuple[Row, ...]
    bridge: Bridge | None


class Doubtful(NamedTuple):
    """How many customers are doubtful, and the first :data:`MOST_LISTED` of them: ``customer_id`` and a flag for each
    of :data:`REASONS`."""

    total: int
    rows: tuple[Row, ...]


def doubtful(engine: Engine, tables: Tables, rules: IdentityRules) -> Doubtful:
    """The doubtful customers, those with the gravest and most reasons first, then the largest.

    Customers of one account are never doubtful, nor are those of whom somebody decided that accounts are one person.
    """
    found = engine.keep("suspicious", _doubtful(tables, rules))
    gravest = [ibis.desc(found.gravity), ibis.desc(found.account_count), "customer_id"]
    rows = only(engine.arrow(found.order_by(gravest).limit(MOST_LISTED).select("customer_id", *REASONS)))
    return Doubtful(count_of(engine, found), tuple(rows))


def suspicious(engine: Engine, tables: Tables, rows: Sequence[Row]) -> list[Suspicious]:
    """These rows of :func:`doubtful` with all that makes each of them a case, in their order. Unmasked."""
    if not rows:
        return []
    ids = pa.table({"customer_id": pa.array([row["customer_id"] for row in rows], pa.string())})
    asked = engine.bring("suspicious_asked", ids)
    accounts = _by_customer(engine, tables["account"].semi_join(asked, "customer_id"), _ACCOUNT)
    links = _by_customer(engine, tables["identity_link"].semi_join(asked, "customer_id"), _LINK)
    return [_told(row, accounts, links) for row in rows]


def _told(row: Row, accounts: Mapping[str, list[Row]], links: Mapping[str, list[Row]]) -> Suspicious:
    id_ = str(row["customer_id"])
    of_it, mine = links.get(id_, []), accounts[id_]
    reasons = tuple(reason for reason in REASONS if row[reason])
    return Suspicious(id_, reasons, tuple(mine), tuple(of_it), weakest_bridge(mine, of_it))


def _by_customer(engine: Engine, rows: ir.Table, columns: tuple[str, ...]) -> dict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in only(engine.arrow(rows.select("customer_id", *columns).order_by("customer_id", *columns))):
        found[str(row["customer_id"])].append({name: row[name] for name in columns})
    return found


def _doubtful(tables: Tables, rules: IdentityRules) -> ir.Table:
    """One row per doubtful customer: ``customer_id, account_count``, a flag for each reason, and ``gravity``."""
    several = _several_facts(tables)
    crowded, bridged = _near_cap(tables["customer_identifier"], rules), _likeness_between(tables["identity_link"])
    decided = tables["identity_link"].filter(lambda link: link.rule == "decided_same").select("customer_id")
    left = several.anti_join(decided, "customer_id")
    flagged = left.mutate(
        near_cap=left.customer_id.isin(crowded.customer_id),
        likeness_between_groups=left.customer_id.isin(bridged.customer_id),
    )
    weights = {reason: 2 ** (len(REASONS) - place) for place, reason in enumerate(REASONS)}
    gravity = sum((flagged[name].cast("int64") * weight for name, weight in weights.items()), start=ibis.literal(0))
    return flagged.mutate(gravity=gravity).filter(lambda row: row.gravity > 0)


def _several_facts(tables: Tables) -> ir.Table:
    """Customers of several accounts; a surname alone is short for a name, so it is no other one."""
    joined = tables["customer"].filter(lambda rows: rows.account_count > 1).select("customer_id", "account_count")
    account = tables["account"].semi_join(joined, "customer_id")
    whole = (account.person_name.length() > 1) & account.person_name.notin(sorted(surnames().compound))
    counted = account.group_by("customer_id").agg(
        names=account.person_name.nunique(where=whole),
        genders=account.gender.nunique(),
        births=account.birth_date.nunique(),
    )
    return joined.inner_join(counted, "customer_id").select(
        "customer_id",
        "account_count",
        several_births=counted.births > 1,
        several_genders=counted.genders > 1,
        several_names=counted.names > 1,
    )


def _near_cap(known: ir.Table, rules: IdentityRules) -> ir.Table:
    counted = known.group_by("customer_id", "identifier_type").agg(value_count=known.identifier_value.nunique())
    most = [(kind, max(int(rule.most_per_customer * _NEAR_CAP), 2)) for kind, rule in sorted(rules.identifiers.items())]
    near = counted.identifier_type.cases(*most, else_=2**31)
    return counted.filter(counted.value_count >= near).select("customer_id").distinct()


def _likeness_between(link: ir.Table) -> ir.Table:
    """Customers with a link by likeness of which both ends have other links as well."""
    # Whose device it is says nothing about who somebody is.
    people = link.filter(link.rule != "only_user_of_device")
    ends = people.select(key="account_key_a").union(people.select(key="account_key_b"))
    counted = ends.group_by("key").agg(link_count=ends.count())
    found = link.filter(link.rule == "likely_same").select("customer_id", *_ENDS)
    for end in _ENDS:
        found = found.semi_join(counted.filter(counted.link_count > 1).select(**{end: counted.key}), end)
    return found.select("customer_id").distinct()
