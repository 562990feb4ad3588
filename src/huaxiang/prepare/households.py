"""Who lives together: customers who share a phone or an address as families do. They stay customers of their own."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine, only
from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.household_signs import REASONS, Sign, signs
from huaxiang.prepare.unify.components import Forest
from huaxiang.prepare.unify.unified import Unified

HOUSEHOLD_COLUMNS = {
    "household_id": pa.string(),
    "customer_id": pa.string(),
    "reason": pa.string(),
    "member_count": pa.int64(),
}


def households(engine: Engine, unified: Unified, rules: IdentityRules, salt: str | bytes) -> ir.Table:
    """One row per customer who lives with another: ``household_id, customer_id, reason, member_count``.

    A customer is in one household at most; who lives alone, staff, tests and customers without a name are in none.
    ``reason`` is the strongest that ties this customer to the others: ``shared_phone`` (a phone that is held because
    its users have different names), ``shared_landline``, or ``same_address`` (the same address and surname).
    ``member_count`` is 2 or more, at most ``rules.households.most_members``: signs that would make more are passed
    over. ``household_id`` is "h" and 16 hex digits made of the ``salt`` and the customer known first, so that it stays
    when others join later.
    """
    secret = salt.encode() if isinstance(salt, str) else salt
    found = signs(engine, unified, rules)
    homes = _homes(found, rules.households.most_members)
    ages = _ages(engine, unified.account, {member for home in homes for member in home})
    why = _strongest(found, homes)
    rows = [
        {"household_id": home_id, "customer_id": member, "reason": why[member], "member_count": len(home)}
        for home in homes
        for home_id in [_id(min(home, key=ages.__getitem__), ages, secret)]
        for member in sorted(home)
    ]
    return engine.bring(
        "unify_households", pa.Table.from_pylist(rows, schema=pa.schema(list(HOUSEHOLD_COLUMNS.items())))
    )


def _homes(found: Iterable[Sign], most_members: int) -> list[frozenset[str]]:
    """Sets of customers, the signs taken by strength; signs of one strength that would make too many are all dropped,
    so that the answer never depends on order."""
    by_reason: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    for sign in found:
        by_reason[sign.reason].append(sign.customers)
    kept: list[frozenset[str]] = []
    for reason in REASONS:
        wider = _together([*kept, *by_reason[reason]])
        too_many = [home for home in wider if len(home) > most_members]
        kept = [home for home in wider if len(home) <= most_members] + [
            home for home in kept if any(home <= crowd for crowd in too_many)
        ]
    return sorted(kept, key=sorted)


def _together(sets: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    forest = Forest()
    for one in sets:
        forest.join(one)
    return [frozenset(members) for members in forest.sets().values()]


def _strongest(found: Iterable[Sign], homes: Iterable[frozenset[str]]) -> dict[str, str]:
    """By customer the strongest reason that ties it to another of its household."""
    home_of = {member: home for home in homes for member in home}
    told: dict[str, str] = {}
    for sign in sorted(found, key=lambda sign: REASONS.index(sign.reason)):
        for customer in sign.customers:
            if len(sign.customers & home_of.get(customer, frozenset())) > 1:
                told.setdefault(customer, sign.reason)
    return told


def _ages(engine: Engine, account: ir.Table, customers: set[str]) -> dict[str, tuple[str, str, str]]:
    """When each customer's founder was first known, with its key last."""
    wanted = engine.bring("unify_in_homes", pa.table({"customer_id": pa.array(sorted(customers), pa.string())}))
    founders = account.filter(account.account_key == account.founder_account_key).semi_join(wanted, "customer_id")
    columns = founders.select("customer_id", "first_known_at", "first_import_id", "account_key")
    return {
        str(row["customer_id"]): (str(row["first_known_at"]), str(row["first_import_id"]), str(row["account_key"]))
        for row in only(engine.arrow(columns))
    }


def _id(eldest: str, ages: Mapping[str, tuple[str, str, str]], salt: bytes) -> str:
    # With a word of its own, so that the id of a household gives away none of its customers.
    return "h" + hashlib.sha256(f"{salt.hex()}:household:{ages[eldest][2]}".encode()).hexdigest()[:16]
