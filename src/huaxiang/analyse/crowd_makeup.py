"""What a crowd is made of while its rule is written: its size, its revenue and a few tags, in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.crowd_sizes import REVENUE, Composition, revenue_of, revenue_share, sized
from huaxiang.analyse.groups.bars import is_list
from huaxiang.analyse.groups.counting import Counted, bars_of
from huaxiang.analyse.groups.splits import Split
from huaxiang.analyse.population import Population
from huaxiang.engine.interface import only
from huaxiang.model.conditions import Condition

REVENUE_365D = "net_revenue_365d"
#: Values of a tag with a bar of their own; the others share one.
MOST_VALUES = 8


@dataclass(frozen=True)
class Makeup:
    """A crowd against all customers of the portrait, and by tag how many inside and outside of it have each value.

    Revenue is net, of the 365 days up to the day of the portrait, that day included, and in the currency of most orders
    alone; None where none is known. Its share is 0 to 1, None where the total is not above 0.
    """

    size: Composition
    net_revenue_365d: Decimal | None
    revenue_365d_share: float | None
    tags: Mapping[str, Counted]


def makeup(population: Population, condition: Condition, keys: Sequence[str]) -> Makeup:
    """The crowd of a condition by those of ``keys`` that are tags of texts, or of yes and no; others are left out.

    The condition is computed once and its customers are read once: they are counted by all these tags together, so
    these should be tags of few values. Raises :class:`DefinitionError` for a condition that does not fit the fields.
    """
    told = [key for key in dict.fromkeys(keys) if _is_told(population, key)]
    rows = population.marked({"inside": condition}, [REVENUE, REVENUE_365D, *told], with_known=True)
    cells = only(population.engine.arrow(_cells(rows, told)))
    revenues = {name: (_sum(cells, name), _sum(_inside(cells), name)) for name in (REVENUE, REVENUE_365D)}
    recent = revenue_of(*revenues[REVENUE_365D])
    return Makeup(
        size=sized(
            _count(cells), _count(_inside(cells)), _count(cell for cell in cells if cell["known"]), *revenues[REVENUE]
        ),
        net_revenue_365d=recent,
        revenue_365d_share=revenue_share(revenues[REVENUE_365D][0], recent),
        tags={key: bars_of(Split(population.fields[key], "values"), _places(cells, key), MOST_VALUES) for key in told},
    )


def _is_told(population: Population, key: str) -> bool:
    if key not in population.fields or key not in population.table.columns:
        return False
    field = population.fields[key]
    return field.type in ("text", "bool") and not is_list(field)


def _cells(rows: ir.Table, keys: Sequence[str]) -> ir.Table:
    """One row per combination of the tags, in and out of the crowd: its customers and their revenue."""
    figures: dict[str, ir.Value] = {"customers": rows.count()}
    figures |= {name: rows[name].sum() for name in (REVENUE, REVENUE_365D) if name in rows.columns}
    return rows.group_by("inside", *keys, known=rows.inside_known).aggregate(**figures)


def _inside(cells: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [cell for cell in cells if cell["inside"]]


def _count(cells: Iterable[Mapping[str, Any]]) -> int:
    return sum(int(cell["customers"]) for cell in cells)


def _sum(cells: Iterable[Mapping[str, Any]], name: str) -> Decimal | None:
    known = [Decimal(cell[name]) for cell in cells if cell.get(name) is not None]
    return sum(known, Decimal(0)) if known else None


def _places(cells: Iterable[Mapping[str, Any]], key: str) -> dict[str | None, list[int]]:
    found: dict[str | None, list[int]] = {}
    for cell in cells:
        pair = found.setdefault(_place(cell[key]), [0, 0])
        pair[0 if cell["inside"] else 1] += int(cell["customers"])
    return found


def _place(value: object) -> str | None:
    """A value as text, as engines write it: yes and no are ``true`` and ``false``."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
