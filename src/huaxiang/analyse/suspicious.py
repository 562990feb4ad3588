"""Customers that may be several people: what makes them doubtful, and the link whose loss would take them apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.decided_persons import Decided, Growth, decided_persons, growth
from huaxiang.analyse.identity_records import Tables
from huaxiang.analyse.weakest_bridge import Bridge, weakest_bridge
from huaxiang.engine.interface import Engine, only
from huaxiang.model.identity import IdentityRules
from huaxiang.model.surnames import surnames
from huaxiang.prepare.unify.decisions import Decisions

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
    together in two ways. ``growth``: who joined since somebody decided that some of them are one person; None where
    nobody did."""

    customer_id: str
    reasons: tuple[str, ...]
    accounts: tuple[Row, ...]
    links: tuple[Row, ...]
    bridge: Bridge | None
    growth: Growth | None = None


class Doubtful(NamedTuple):
    """How many customers are doubtful, and the first :data:`MOST_LISTED` of them: ``customer_id`` and a flag for each
    of :data:`REASONS`. ``by_reason``: how many of all are so for each of these reasons, those for which none is left
    out; a customer may have several."""

    total: int
    rows: tuple[Row, ...]
    by_reason: Mapping[str, int]


def doubtful(engine: Engine, tables: Tables, rules: IdentityRules, decisions: Decisions) -> Doubtful:
    """The doubtful customers, those with the gravest and most reasons first, then the largest.

    Customers of one account are never doubtful. Accounts that somebody decided to be one person count as one: what they
    say differently is settled, but whoever joined them later and contradicts them makes the customer doubtful again.
    """
    persons = engine.bring("suspicious_persons", decided_persons(engine, tables, decisions).rows())
    found = engine.keep("suspicious", _doubtful(tables, rules, persons))
    gravest = [ibis.desc(found.gravity), ibis.desc(found.account_count), "customer_id"]
    rows = only(engine.arrow(found.order_by(gravest).limit(MOST_LISTED).select("customer_id", *REASONS)))
    sums = {reason: found[reason].cast("int64").sum() for reason in REASONS}
    counted = only(engine.arrow(found.aggregate(total=found.count(), **sums)))[0]
    by_reason = {reason: int(str(counted[reason])) for reason in REASONS if counted[reason]}
    return Doubtful(int(str(counted["total"])), tuple(rows), by_reason)


def suspicious(engine: Engine, tables: Tables, rows: Sequence[Row], decisions: Decisions) -> list[Suspicious]:
    """These rows of :func:`doubtful` with all that makes each of them a case, in their order. Unmasked."""
    if not rows:
        return []
    ids = pa.table({"customer_id": pa.array([row["customer_id"] for row in rows], pa.string())})
    asked = engine.bring("suspicious_asked", ids)
    accounts = _by_customer(engine, tables["account"].semi_join(asked, "customer_id"), _ACCOUNT)
    links = _by_customer(engine, tables["identity_link"].semi_join(asked, "customer_id"), _LINK)
    decided = decided_persons(engine, tables, decisions)
    return [_told(row, accounts, links, decided) for row in rows]


def _told(row: Row, accounts: Mapping[str, list[Row]], links: Mapping[str, list[Row]], decided: Decided) -> Suspicious:
    id_ = str(row["customer_id"])
    of_it, mine = links.get(id_, []), accounts[id_]
    reasons = tuple(reason for reason in REASONS if row[reason])
    joined = growth([str(one["account_key"]) for one in mine], decided)
    return Suspicious(id_, reasons, tuple(mine), tuple(of_it), weakest_bridge(mine, of_it), joined)


def _by_customer(engine: Engine, rows: ir.Table, columns: tuple[str, ...]) -> dict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in only(engine.arrow(rows.select("customer_id", *columns).order_by("customer_id", *columns))):
        found[str(row["customer_id"])].append({name: row[name] for name in columns})
    return found


def _doubtful(tables: Tables, rules: IdentityRules, persons: ir.Table) -> ir.Table:
    """One row per doubtful customer: ``customer_id, account_count``, a flag for each reason, and ``gravity``."""
    several = _several_facts(tables, persons)
    crowded = _near_cap(tables["customer_identifier"], rules, persons)
    bridged = _likeness_between(tables["identity_link"], persons)
    flagged = several.mutate(
        near_cap=several.customer_id.isin(crowded.customer_id),
        likeness_between_groups=several.customer_id.isin(bridged.customer_id),
    )
    weights = {reason: 2 ** (len(REASONS) - place) for place, reason in enumerate(REASONS)}
    gravity = sum((flagged[name].cast("int64") * weight for name, weight in weights.items()), start=ibis.literal(0))
    return flagged.mutate(gravity=gravity).filter(lambda row: row.gravity > 0)


def _with_person(rows: ir.Table, persons: ir.Table) -> ir.Table:
    """``rows`` with ``person``, whose account it was decided to be or null, and ``one_person``, that or the account."""
    joined = rows.left_join(persons, rows.account_key == persons.decided_key)
    return joined.mutate(one_person=joined.person.coalesce(joined.account_key)).drop("decided_key")


def _several_facts(tables: Tables, persons: ir.Table) -> ir.Table:
    """Customers of several accounts; a surname alone is short for a name, so it is no other one.

    That one decided person says two things is settled; two who say something have to say the same.
    """
    joined = tables["customer"].filter(lambda rows: rows.account_count > 1).select("customer_id", "account_count")
    account = _with_person(tables["account"].semi_join(joined, "customer_id"), persons)
    whole = (account.person_name.length() > 1) & account.person_name.notin(sorted(surnames().compound))
    told = {
        "several_births": (account.birth_date, account.birth_date.notnull()),
        "several_genders": (account.gender, account.gender.notnull()),
        "several_names": (account.person_name, whole),
    }
    counted = account.group_by("customer_id").agg(
        **{
            name: (fact.nunique(where=counts) > 1) & (account.one_person.nunique(where=counts) > 1)
            for name, (fact, counts) in told.items()
        }
    )
    return joined.inner_join(counted, "customer_id").select("customer_id", "account_count", *told)


def _near_cap(known: ir.Table, rules: IdentityRules, persons: ir.Table) -> ir.Table:
    """Customers with many values of a kind, unless all of them are one decided person's."""
    known = _with_person(known, persons)
    counted = known.group_by("customer_id", "identifier_type").agg(
        value_count=known.identifier_value.nunique(),
        is_decided=known.person.notnull().all() & (known.person.nunique() == 1),
    )
    most = [(kind, max(int(rule.most_per_customer * _NEAR_CAP), 2)) for kind, rule in sorted(rules.identifiers.items())]
    near = counted.identifier_type.cases(*most, else_=2**31)
    return counted.filter((counted.value_count >= near) & ~counted.is_decided).select("customer_id").distinct()


def _likeness_between(link: ir.Table, persons: ir.Table) -> ir.Table:
    """Customers with a link by likeness of which both ends have other links as well, and nobody said they are one."""
    # Whose device it is says nothing about who somebody is.
    people = link.filter(link.rule != "only_user_of_device")
    ends = people.select(key="account_key_a").union(people.select(key="account_key_b"))
    counted = ends.group_by("key").agg(link_count=ends.count())
    found = link.filter(link.rule == "likely_same").select("customer_id", *_ENDS)
    for end in _ENDS:
        found = found.semi_join(counted.filter(counted.link_count > 1).select(**{end: counted.key}), end)
        found = found.left_join(
            persons.rename({f"{end}_decided": "decided_key", f"{end}_person": "person"}), [(end, f"{end}_decided")]
        )
    one, other = (found[f"{end}_person"] for end in _ENDS)
    return found.filter(~(one == other).fill_null(False)).select("customer_id").distinct()
