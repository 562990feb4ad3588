"""Whom the numbers of an uploaded list name: customers of today, whatever was merged, split or imported since."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, only
from huaxiang.model.fields import Labels

Tables = Mapping[str, ir.Table]


class NamedTables(Mapping[str, ir.Table]):
    """By key of a list its customers, and how the list is called."""

    @property
    @abstractmethod
    def names(self) -> Mapping[str, Labels]:
        """The names of the lists by key."""


def names_of(lists: Tables) -> Mapping[str, Labels]:
    """The names of lists by key, where they have any."""
    return lists.names if isinstance(lists, NamedTables) else {}


@dataclass(frozen=True)
class Found:
    """What became of the rows of a list: those that name one customer, nobody known, or several customers.

    ``customers`` are the different customers that the first ones name.
    """

    rows: int
    customers: int
    unknown: int
    several: int


def named_customers(engine: Engine, values: ir.Table, tables: Tables | None = None) -> ir.Table:
    """One row per row of the list: ``source_row``, ``customer_id`` (null where nobody or several are named) and
    ``customers``, how many are.

    ``values`` has ``source_row`` and ``value``, each value an identifier or a customer id, also a former one. A value
    that several customers share, such as a family's phone, names none of them. ``tables`` come before the published
    ones: those of a refresh that is not published yet.
    """
    hits = values.inner_join(_known(engine, tables or {}), "value").select("source_row", "customer_id").distinct()
    told = hits.group_by("source_row").aggregate(customers=hits.count(), only_one=hits.customer_id.min())
    rows = values.select("source_row").distinct().left_join(told, "source_row")
    count = rows.customers.fill_null(0)
    return rows.select(rows.source_row, customer_id=(count == 1).ifelse(rows.only_one, None), customers=count)


def members_of(engine: Engine, values: ir.Table, tables: Tables | None = None) -> ir.Table:
    """One row per customer that the list names: ``customer_id``."""
    rows = named_customers(engine, values, tables)
    return rows.filter(rows.customer_id.notnull()).select("customer_id").distinct()


def found(engine: Engine, values: ir.Table) -> Found:
    """The rows of the list counted by what they name."""
    rows = named_customers(engine, values)
    asked = rows.aggregate(
        rows=rows.count(),
        customers=rows.customer_id.nunique(),
        unknown=rows.count(where=rows.customers == 0),
        several=rows.count(where=rows.customers > 1),
    )
    return Found(**{name: int(str(value)) for name, value in only(engine.arrow(asked))[0].items()})


def _known(engine: Engine, tables: Tables) -> ir.Table:
    names = ("customer_identifier", "customer", "customer_redirect")
    used, everyone, moved = (tables[name] if name in tables else engine.table(name) for name in names)
    by_value = used.select(value=used.identifier_value, customer_id=used.customer_id)
    known = by_value.union(everyone.select(value=everyone.customer_id, customer_id=everyone.customer_id))
    return known.union(moved.select(value=moved.old_id, customer_id=moved.new_id))
