"""From founders to tables: accounts with their customer, customers, their identifiers, links and holds."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.prepare.lookup import with_customer
from huaxiang.prepare.unify.records import Hold, Link

_HOLD_TYPES = {**dict.fromkeys(Hold._fields, pa.string()), "account_count": pa.int64()}
ACCOUNT_COLUMNS = (
    *("account_key", "namespace", "customer_id", "person_name", "gender", "birth_date", "first_import_id"),
    *("first_source_row", "first_known_at", "first_seen_at", "is_staff", "is_test", "founder_account_key"),
)


def with_customer_id(engine: Engine, accounts: ir.Table, founders: pa.Table, salt: bytes) -> ir.Table:
    """``accounts`` with ``founder_account_key`` and ``customer_id``: "c" and 16 hex digits of SHA-256 over the salt
    and the founder's key.

    ``founders``: one row per account that is not alone, ``account_key, founder``.
    """
    known = engine.bring("unify_founders", founders.rename_columns(["joined_key", "founder"]))
    joined = accounts.left_join(known, accounts.account_key == known.joined_key)
    founder = joined.founder.coalesce(joined.account_key)
    named = _with_id(engine, joined.mutate(founder_account_key=founder), "founder_account_key", "customer_id", salt)
    return named.drop("joined_key", "founder")


def own_ids(engine: Engine, account: ir.Table, salt: bytes) -> ir.Table:
    """One row per account with its ``customer_id`` and ``own_id``: the id of the customer that it founded or would."""
    keys = account.select("account_key", "customer_id")
    return _with_id(engine, keys, "account_key", "own_id", salt).select("own_id", "customer_id")


def _with_id(engine: Engine, rows: ir.Table, key: str, name: str, salt: bytes) -> ir.Table:
    # The salt goes in as a row, so that it shows up in no statement.
    salted = engine.bring("unify_salt", pa.table({"salt": [salt.hex() + ":"]}))
    joined = rows.cross_join(salted)
    digest = (joined.salt + joined[key]).hexdigest("sha256")
    return joined.mutate(**{name: ibis.literal("c") + digest.substr(0, 16)}).drop("salt")


def customers(account: ir.Table) -> ir.Table:
    """One row per customer: staff when an account makes it so or when all are, test when any of its accounts is."""
    return account.group_by("customer_id").agg(
        account_count=account.count(),
        founder_account_key=account.founder_account_key.min(),
        is_staff=account.makes_staff.any() | account.is_staff.all(),
        is_test=account.is_test.any(),
        first_seen_at=account.first_seen_at.min(),
    )


def customer_identifiers(engine: Engine, account: ir.Table) -> ir.Table:
    """One row per identifier of an account in a source, with the customer."""
    found = with_customer(engine.table("identifier"), account)
    return found.select(
        *("customer_id", "account_key", "identifier_type", "identifier_value", "is_verified"),
        *("source", "import_id", "source_row"),
    )


def identity_links(engine: Engine, account: ir.Table, links: pa.Table) -> ir.Table:
    """One row per link, with the customer that it helped to make."""
    brought = engine.bring("unify_links", links)
    owner = account.select("customer_id", owner_key="account_key")
    return brought.left_join(owner, brought.account_key_a == owner.owner_key).select("customer_id", *Link._fields)


def identity_holds(engine: Engine, holds: list[Hold]) -> ir.Table:
    """One row per value that does not join all of its accounts."""
    columns = list(zip(*holds, strict=True)) or [()] * len(_HOLD_TYPES)
    schema = pa.schema(_HOLD_TYPES.items())
    rows = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return engine.bring("unify_holds", pa.table(rows, schema))


def identity_unconfirmed(engine: Engine, account: ir.Table, rows: pa.Table) -> ir.Table:
    """One row per account that a value alone joins to its customer, with the customer."""
    brought = engine.bring("unify_unconfirmed", rows)
    owner = account.select("customer_id", owner_key="account_key")
    return brought.inner_join(owner, brought.account_key == owner.owner_key).select("customer_id", *rows.column_names)
