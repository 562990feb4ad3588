"""In which pack of a split each customer is, and how large the packs are."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.caps import lot_inside
from huaxiang.analyse.crowd_sizes import Composition, crowd_sizes
from huaxiang.analyse.population import Population
from huaxiang.model.conditions import Condition
from huaxiang.model.packs import Packs

#: The column that says it.
PACK = "pack"


def pack_of(customer_id: ir.StringColumn, packs: Packs) -> ir.StringValue:
    """The name of each customer's pack; never null."""
    *before, (last, _) = packs.drawn()
    return ibis.cases(*((lot_inside(customer_id, drawn), name) for name, drawn in before), else_=last)


def with_packs(population: Population, packs: Packs) -> Population:
    """The same customers with a column ``pack``."""
    return population.over(population.table.mutate(**{PACK: pack_of(population.table.customer_id, packs)}))


def pack_sizes(population: Population, condition: Condition, packs: Packs) -> dict[str, Composition]:
    """The customers and net revenue of each pack of a crowd, by name, in one pass."""
    return crowd_sizes(population, packs.parts(condition))
