"""A group given by name: identifiers, customer ids and orders that somebody has in a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.customers import spellings
from huaxiang.analyse.population import Population
from huaxiang.engine.interface import Engine, only

#: Lines of one list that are looked up.
MOST_LINES = 50_000


@dataclass(frozen=True)
class Named:
    """``customers`` has one row per customer named, ``customer_id``; ``lines`` were given, ``unknown`` named nobody and
    ``several`` more than one customer, who all count."""

    customers: ir.Table
    lines: int
    unknown: int
    several: int

    def among(self, population: Population) -> Population:
        """The population with the boolean ``inside``: whether a customer was named."""
        meant = self.customers.mutate(meant=True).rename(meant_id="customer_id")
        wide = population.table.left_join(meant, population.table.customer_id == meant.meant_id).drop("meant_id")
        return population.over(wide.mutate(inside=wide.meant.fill_null(False)).drop("meant"))


def named_people(engine: Engine, tables: Mapping[str, ir.Table], lines: Sequence[str]) -> Named:
    """The customers that the lines name: each any identifier, customer id (a former one too) or order number.

    Spaces, full-width letters and the ways to write a phone make no difference. Empty lines and repetitions count once.
    """
    given = [line for line in dict.fromkeys(each.strip() for each in lines) if line]
    spelt = [(str(place), text) for place, line in enumerate(given) for text in spellings(line)]
    asked = engine.bring("named_people", _table(spelt))
    known, sale, moved = tables["customer_identifier"], tables["sale"], tables["customer_redirect"]
    hits = ibis.union(
        *(
            asked.inner_join(rows, "text").select("line", "customer_id")
            for rows in (
                known.select(text=known.identifier_value, customer_id=known.customer_id),
                known.select(text=known.customer_id, customer_id=known.customer_id),
                moved.select(text=moved.old_id, customer_id=moved.new_id),
                sale.filter(sale.customer_id.notnull()).select(text=sale.order_no, customer_id=sale.customer_id),
            )
        ),
        distinct=True,
    )
    held = engine.keep("named_hits", hits)
    per_line = held.group_by("line").aggregate(customers=held.customer_id.nunique())
    told = per_line.aggregate(found=per_line.count(), several=per_line.count(where=per_line.customers > 1))
    row = {name: int(str(value or 0)) for name, value in only(engine.arrow(told))[0].items()}
    return Named(held.select("customer_id").distinct(), len(given), len(given) - row["found"], row["several"])


def _table(spelt: Sequence[tuple[str, str]]) -> pa.Table:
    lines, texts = zip(*spelt, strict=True) if spelt else ((), ())
    return pa.table({"line": pa.array(lines, pa.string()), "text": pa.array(texts, pa.string())})
