"""What another model of matching would change: pairs linked and asked about, customers joined and taken apart."""

from __future__ import annotations

from typing import NamedTuple

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, count_of

_KEYS = ["account_key_a", "account_key_b"]


class ModelChange(NamedTuple):
    """Counts of pairs: ``linked`` and ``asked`` by the model, ``links_new`` that the standing model does not link,
    ``links_lost`` that only that one links. Of customers: ``customers_joined`` that would consist of several of
    today's, ``customers_split`` of today that would be several."""

    linked: int
    asked: int
    links_new: int
    links_lost: int
    customers_joined: int
    customers_split: int


class MovedCustomers(NamedTuple):
    """Customers of today whom another model would join (``joined``: the ids of each new customer) and take apart
    (``split``: the id, and how many customers it would be)."""

    joined: tuple[tuple[str, ...], ...]
    split: tuple[tuple[str, int], ...]


def model_change(engine: Engine, before: ir.Table, after: ir.Table, old: ir.Table, new: ir.Table) -> ModelChange:
    """The change from the pairs ``before`` to those ``after`` (as in ``match_pair``), and from the accounts ``old`` to
    ``new`` (``account_key, customer_id``). Accounts that are only in one of them count for nothing."""
    linked_before, linked_after = (pairs.filter(pairs.band == "link").select(_KEYS) for pairs in (before, after))
    moved = _owners(old, new)
    return ModelChange(
        linked=count_of(engine, linked_after),
        asked=count_of(engine, after.filter(after.band == "ask")),
        links_new=count_of(engine, linked_after.anti_join(linked_before, _KEYS)),
        links_lost=count_of(engine, linked_before.anti_join(linked_after, _KEYS)),
        customers_joined=_with_several(engine, moved, "new_id", "old_id"),
        customers_split=_with_several(engine, moved, "old_id", "new_id"),
    )


def moved_customers(engine: Engine, old: ir.Table, new: ir.Table, most: int) -> MovedCustomers:
    """The customers behind the counts of :func:`model_change`, of each kind at most so many: those of the most first,
    then by id."""
    moved = _owners(old, new)
    parts = _several(moved, "old_id", "new_id")
    split = engine.arrow(parts.order_by([parts.parts.desc(), "old_id"]).limit(most)).to_pylist()
    wholes = _several(moved, "new_id", "old_id")
    most_joined = wholes.order_by([wholes.parts.desc(), "new_id"]).limit(most)
    ids = engine.arrow(moved.semi_join(most_joined, "new_id").select("new_id", "old_id").distinct()).to_pylist()
    together: dict[str, list[str]] = {}
    for row in sorted(ids, key=lambda row: (row["new_id"], row["old_id"])):
        together.setdefault(row["new_id"], []).append(row["old_id"])
    joined = sorted(map(tuple, together.values()), key=lambda ids: (-len(ids), ids))
    return MovedCustomers(tuple(joined), tuple((row["old_id"], row["parts"]) for row in split))


def _owners(old: ir.Table, new: ir.Table) -> ir.Table:
    then = new.select("account_key", new_id="customer_id")
    return old.select("account_key", old_id="customer_id").inner_join(then, "account_key")


def _with_several(engine: Engine, moved: ir.Table, of: str, several: str) -> int:
    return count_of(engine, _several(moved, of, several))


def _several(moved: ir.Table, of: str, several: str) -> ir.Table:
    counted = moved.group_by(of).aggregate(parts=moved[several].nunique())
    return counted.filter(counted.parts > 1)
