"""Links that are all that ties two accounts together, as they are marked when accounts are joined."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.identity_records import Tables
from huaxiang.engine.interface import Engine

#: One row per account that a value alone joins to its customer (:mod:`huaxiang.prepare.unify.unconfirmed`).
TABLE = "identity_unconfirmed"
#: What makes accounts one part of their customer: they hang on the rest by this value.
PART = ("part_key", "identifier_type", "identifier_value")
VALUE = PART[1:]
_ENDS = ("account_key_a", "account_key_b")


def with_lone(tables: Tables, link: ir.Table) -> ir.Table:
    """``link`` (rows as ``identity_link`` has them) with ``is_lone``: it is all that ties its two accounts together."""
    if TABLE not in tables:
        return link.mutate(is_lone=ibis.literal(False))
    found = link
    for end in _ENDS:
        part = tables[TABLE].select(*VALUE, **{end: "account_key", f"{end}_part": "part_key"})
        keys = [*VALUE, end]
        found = found.left_join(part, keys).drop(*(f"{name}_right" for name in keys))
    one, other = (found[f"{end}_part"].fill_null("") for end in _ENDS)
    return found.mutate(is_lone=one != other).select(*link.columns, "is_lone")


def grouped(engine: Engine, rows: ir.Table, *names: str) -> defaultdict[tuple[str, ...], list[dict[str, Any]]]:
    """The rows by these of their columns."""
    found: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in engine.arrow(rows).to_pylist():
        found[tuple(row[name] for name in names)].append(row)
    return found
