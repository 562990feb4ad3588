"""What customers of one household share: a phone held between two names, a landline, an address and the surname."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine, only
from huaxiang.model.folding import folded
from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.current import current
from huaxiang.prepare.quality.person_names import name_parts
from huaxiang.prepare.unify.placeholders import is_placeholder
from huaxiang.prepare.unify.staff import staff_phones
from huaxiang.prepare.unify.unified import Unified

HouseholdReason = Literal["shared_phone", "shared_landline", "same_address"]
#: The strongest first.
REASONS: tuple[HouseholdReason, ...] = ("shared_phone", "shared_landline", "same_address")
_PROVINCE, _CITY = r"[^\d路街道号区县镇村]{2,8}?(?:省|自治区)", r"[^\d路街道号区县镇村]{2,8}?市"
_PUNCTUATION = r"[\s,，.。、;；#()（）\-]+"


class Sign(NamedTuple):
    """Customers, two or more, who share something that families share."""

    reason: HouseholdReason
    customers: frozenset[str]


def signs(engine: Engine, unified: Unified, rules: IdentityRules) -> list[Sign]:
    """Every sign among named customers who are neither staff nor tests, sorted."""
    people = engine.keep("unify_household_people", _people(unified))
    found = {*_by_phone(engine, unified, people, rules), *_by_address(engine, unified, people, rules)}
    names = _names(engine, unified.account, {customer for sign in found for customer in sign.customers})
    several = {Sign(sign.reason, _people_of_their_own(sign.customers, names)) for sign in found}
    return sorted((sign for sign in several if sign.customers), key=lambda sign: (sign.reason, sorted(sign.customers)))


def _names(engine: Engine, account: ir.Table, customers: set[str]) -> dict[str, set[str]]:
    wanted = engine.bring("unify_sharing", pa.table({"customer_id": pa.array(sorted(customers), pa.string())}))
    named = account.filter(account.person_name.notnull()).semi_join(wanted, "customer_id")
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in only(engine.arrow(named.select("customer_id", "person_name").distinct())):
        found[str(row["customer_id"])].add(str(row["person_name"]))
    return found


def _people_of_their_own(customers: frozenset[str], names: Mapping[str, set[str]]) -> frozenset[str]:
    """Those whose name is no part of another's, as 张 is of 张洁, who may be the same; none where only one is left."""
    every = {name for customer in customers for name in names[customer]}
    whole = {name for name in every if not any(name != other and name in other for other in every)}
    left = frozenset(customer for customer in customers if names[customer] & whole)
    return left if len(left) > 1 and len(whole) > 1 else frozenset()


def _people(unified: Unified) -> ir.Table:
    customer, account = unified.customer, unified.account
    people = customer.filter(~(customer.is_staff | customer.is_test)).select("customer_id")
    return people.semi_join(account.filter(account.person_name.notnull()), "customer_id")


def _by_phone(engine: Engine, unified: Unified, people: ir.Table, rules: IdentityRules) -> Iterator[Sign]:
    known, hold = unified.customer_identifier, unified.identity_hold
    phones = known.filter(known.identifier_type == "phone").select("customer_id", value="identifier_value").distinct()
    held = hold.filter((hold.identifier_type == "phone") & (hold.reason == "other_name"))
    is_landline = phones.value.re_search(f"^({rules.households.landline})$")
    of_families = phones.semi_join(held.select(value="identifier_value"), "value").union(phones.filter(is_landline))
    staff = staff_phones(engine, rules).select(value="staff_phone").distinct()
    marked = of_families.distinct().anti_join(staff, "value").semi_join(people, "customer_id")
    shared = _of_few(marked, ["value"], rules)
    landline = shared.value.re_search(f"^({rules.households.landline})$")
    customers: defaultdict[tuple[str, bool], set[str]] = defaultdict(set)
    for row in only(engine.arrow(shared.mutate(landline=landline))):
        customers[str(row["value"]), bool(row["landline"])].add(str(row["customer_id"]))
    for (value, is_home), together in customers.items():
        if not is_placeholder("phone", value, rules):
            yield Sign("shared_landline" if is_home else "shared_phone", frozenset(together))


def _by_address(engine: Engine, unified: Unified, people: ir.Table, rules: IdentityRules) -> Iterator[Sign]:
    owned = unified.account.select("account_key", "customer_id").semi_join(people, "customer_id")
    lived = _places(engine, rules).inner_join(owned, "account_key").select("customer_id", "city", "place").distinct()
    shared = engine.keep("unify_shared_homes", _of_few(lived, ["city", "place"], rules))
    surnames = _surnames(engine, unified.account, shared, rules)
    customers: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in only(engine.arrow(shared)):
        customer = str(row["customer_id"])
        for surname in surnames.get(customer, ()):
            customers[str(row["city"]), str(row["place"]), surname].add(customer)
    for together in customers.values():
        if len(together) > 1:
            yield Sign("same_address", frozenset(together))


def _of_few(rows: ir.Table, keys: list[str], rules: IdentityRules) -> ir.Table:
    """The rows of values that two customers or more have, but no more than live together."""
    counted = rows.group_by(*keys).agg(users=rows.customer_id.nunique())
    few = counted.filter(counted.users.between(2, rules.households.most_members))
    return rows.semi_join(few, keys).select("customer_id", *keys)


def _places(engine: Engine, rules: IdentityRules) -> ir.Table:
    """One row per account and address that says where a home is: ``account_key, city, place``."""
    parts = []
    for name in ("person_record", "orders"):
        rows = current(engine, name)
        parts.append(rows.filter(rows.account_key.notnull()).select("account_key", "city", "address"))
    rows = ibis.union(*parts, distinct=True)
    text = rows.address.lower().re_replace(_PUNCTUATION, "")
    in_text = text.re_extract(f"^(?:{_PROVINCE})?({_CITY})", 1).nullif("")
    place = text.re_replace(f"^(?:{_PROVINCE})?(?:{_CITY})?", "")
    found = rows.mutate(city=rows.city.coalesce(in_text).re_replace("市$", ""), place=place)
    long_enough = found.place.length() >= rules.households.least_address_length
    return found.filter(found.city.notnull() & long_enough & found.place.re_search(r"\d")).drop("address").distinct()


def _surnames(engine: Engine, account: ir.Table, customers: ir.Table, rules: IdentityRules) -> dict[str, set[str]]:
    """By customer the surnames of its accounts, from names as they were written; a Latin one needs both its parts."""
    mine = account.semi_join(customers, "customer_id").select("account_key", "customer_id", "person_name")
    told = current(engine, "person_record")
    # A lake that was made by an earlier version lacks the column, which came later.
    last_name = told.last_name if "last_name" in told.columns else ibis.null("string")
    written = told.select(told_key="account_key", last_name=last_name, written=told.person_name)
    joined = mine.left_join(written, mine.account_key == written.told_key)
    rows = joined.select("customer_id", "last_name", name=joined.written.coalesce(joined.person_name)).distinct()
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in only(engine.arrow(rows)):
        if surname := _surname(row["last_name"], row["name"], rules):
            found[str(row["customer_id"])].add(surname)
    return found


def _surname(last_name: object, name: object, rules: IdentityRules) -> str | None:
    if last_name:
        return folded(str(last_name))
    parts = name_parts(str(name or ""), rules.names)
    return parts.surname if parts.given else None
