"""Lists of customers: who is meant by a search, which stores they belong to, one page of them in an order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.evaluate import holds
from huaxiang.collect.convert.column import Fault, Reader
from huaxiang.collect.convert.identities import EMAIL, ID_CARD, PHONE
from huaxiang.collect.convert.text import narrow, tidy
from huaxiang.engine.interface import Engine, count_of, only
from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.conditions import EVERYONE, Condition, fields_named
from huaxiang.model.identity import NameRules
from huaxiang.model.tags import Tags, fields_of
from huaxiang.prepare.names import comparable_name

Tables = Mapping[str, ir.Table]

#: The orders in which a list can stand: a tag of the profile, and whether the greatest comes first.
SORTS: dict[str, bool] = {
    "net_revenue_365d": True,
    "net_revenue_total": True,
    "last_order_on": True,
    "orders_total": True,
    "days_since_last_order": True,
    "registered_on": True,
}
#: A name is looked for inside other names from this many letters on; a shorter one must be the whole name.
_INSIDE_FROM = 2


@dataclass(frozen=True)
class Wanted:
    """Which customers, in which order, which page of them.

    ``search`` is any identifier, order number or name; empty means nobody in particular. ``rfm_class`` is one of the
    classes of :func:`huaxiang.analyse.rfm_scores.classes`, empty for all. ``stores`` None means every store. A
    condition that counts days does so from ``as_of``.
    """

    search: str = ""
    condition: Condition = EVERYONE
    rfm_class: str = ""
    stores: frozenset[str] | None = None
    sort: str = "net_revenue_365d"
    offset: int = 0
    limit: int = 25
    as_of: date | None = None


@dataclass(frozen=True)
class Listed:
    """One page: rows with ``customer_id``, tags, ``rfm_class`` and ``stores``; ``total`` counts all pages."""

    rows: pa.Table
    total: int


def customer_list(
    engine: Engine, tables: Tables, tags: Tags, names: NameRules, wanted: Wanted, columns: tuple[str, ...]
) -> Listed:
    """The customers that are wanted, with these tags.

    Unknown values come last in every order; ties are settled by ``customer_id``. Raises :class:`DefinitionError` for
    an unknown order or tag.
    """
    if wanted.sort not in SORTS:
        raise DefinitionError("customers.unknown_sort", given=wanted.sort, nearest=nearest(wanted.sort, SORTS))
    rows = chosen(tables, tags, names, wanted, columns)
    key = rows[wanted.sort]
    order = [key.desc(nulls_first=False) if SORTS[wanted.sort] else key.asc(nulls_first=False), rows.customer_id]
    page = rows.mutate(total=rows.count().over(ibis.window())).order_by(order)
    found = engine.arrow(page.limit(wanted.limit, offset=wanted.offset))
    total = found.column("total")[0].as_py() if found.num_rows else count_of(engine, rows)
    return Listed(_with_stores(engine, tables, found.select(["customer_id", "rfm_class", *columns])), total)


def chosen(tables: Tables, tags: Tags, names: NameRules, wanted: Wanted, columns: tuple[str, ...] = ()) -> ir.Table:
    """The customers that are wanted: ``customer_id``, these tags, the one that orders them, and ``rfm_class`` (null for
    those who never bought)."""
    needed = dict.fromkeys(("customer_id", wanted.sort, *columns, *fields_named(wanted.condition)))
    rows = tables["profile"].select([name for name in needed if name in tables["profile"].columns])
    rows = in_stores(rows, tables["sale"], wanted.stores)
    rows = rows.filter(holds(wanted.condition, rows, fields_of(tags), wanted.as_of))
    if wanted.search:
        rows = rows.semi_join(found_by(tables, wanted.search, names), "customer_id")
    if "rfm" in tables:
        graded = tables["rfm"].select("customer_id", "rfm_class")
        rows = rows.left_join(graded, "customer_id").drop("customer_id_right")
    else:
        # Where nobody has bought yet nobody is graded.
        rows = rows.mutate(rfm_class=ibis.null("string"))
    return rows.filter(rows.rfm_class == wanted.rfm_class) if wanted.rfm_class else rows


def in_stores(rows: ir.Table, sale: ir.Table, stores: frozenset[str] | None) -> ir.Table:
    """The rows of the customers with an order in one of the stores; all rows where ``stores`` is None."""
    if stores is None:
        return rows
    there = sale.filter(sale.store_no.isin(sorted(stores)), sale.customer_id.notnull())
    return rows.semi_join(there.select("customer_id").distinct(), "customer_id")


def stores_of(engine: Engine, sale: ir.Table, customer_ids: list[str]) -> dict[str, list[str]]:
    """The numbers of the stores in which these customers have orders, sorted; customers without one are left out."""
    own = sale.filter(sale.customer_id.isin(customer_ids), sale.store_no.notnull())
    pairs = only(engine.arrow(own.select("customer_id", "store_no").distinct().order_by("customer_id", "store_no")))
    found: dict[str, list[str]] = {}
    for pair in pairs:
        found.setdefault(str(pair["customer_id"]), []).append(str(pair["store_no"]))
    return found


def found_by(tables: Tables, text: str, names: NameRules) -> ir.Table:
    """One column ``customer_id``: whoever the text names as customer id, identifier, order number or name."""
    spelled = spellings(text)
    known, sale = tables["customer_identifier"], tables["sale"]
    hits = [
        known.filter(known.identifier_value.isin(spelled) | known.customer_id.isin(spelled)),
        sale.filter(sale.order_no.isin(spelled), sale.customer_id.notnull()),
    ]
    if "customer_redirect" in tables:
        moved = tables["customer_redirect"]
        hits.append(moved.filter(moved.old_id.isin(spelled)).select(customer_id=moved.new_id))
    name = comparable_name(text, names)
    if name:
        account = tables["account"]
        hits.append(account.filter(_named(account.person_name, name)))
    return ibis.union(*[rows.select("customer_id") for rows in hits], distinct=True)


def _named(column: ir.StringColumn, name: str) -> ir.BooleanValue:
    return column.contains(name) if len(name) >= _INSIDE_FROM else column == name


def spellings(text: str) -> list[str]:
    """How the text may stand among identifiers: as it is, tidied, and as a phone number, e-mail or card is kept."""
    plain = narrow(tidy(text))
    read = [_read(reader, plain) for reader in (PHONE, EMAIL, ID_CARD)]
    return sorted({plain, tidy(text), *(value for value in read if value)})


def _read(reader: Reader, text: str) -> str | None:
    try:
        return str(reader.read(text).value)
    except Fault:
        return None


def _with_stores(engine: Engine, tables: Tables, rows: pa.Table) -> pa.Table:
    ids = rows.column("customer_id").to_pylist()
    stores = stores_of(engine, tables["sale"], ids) if ids else {}
    return rows.append_column("stores", pa.array([stores.get(each, []) for each in ids], pa.list_(pa.string())))
