"""The customers that conditions are asked of: one wide row each, with all that a condition may look at beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import ibis.expr.types as ir

from huaxiang.analyse.evaluate import compiled, tested
from huaxiang.analyse.portrait import portrait, portrait_fields
from huaxiang.engine.interface import Engine
from huaxiang.model.compared import check
from huaxiang.model.conditions import All, Condition, Test, leaves
from huaxiang.model.fields import Fields
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tags

Tables = Mapping[str, ir.Table]


@dataclass(frozen=True)
class Population:
    """Whom conditions are asked of, and what they may look at.

    ``table`` has one row per customer with ``customer_id`` and columns named by ``fields``; a field that it lacks is
    unknown for everybody. ``as_of`` is the day that relative windows end with, that day included. ``facts`` are fact
    tables that come before the published ones. ``segments`` are the crowds that a condition may name; ``lists`` the
    uploaded lists, each a table with a column ``customer_id``.
    """

    engine: Engine
    table: ir.Table
    fields: Fields
    as_of: date
    facts: Tables = field(default_factory=dict)
    segments: Segments = field(default_factory=dict)
    lists: Tables = field(default_factory=dict)

    def over(self, table: ir.Table) -> Population:
        """The same questions asked of another table of customers."""
        return replace(self, table=table)

    def inside(self, condition: Condition) -> ir.BooleanValue:
        """Whether the condition is true of each customer of ``table``: true or false, never null.

        Raises :class:`DefinitionError` where the condition names something unknown or does not fit it. Computed anew
        wherever it stands in an expression: to use it more than once, take :meth:`marked`.
        """
        return compiled(condition, lambda test: tested(test, self.table, self.fields))

    def known(self, condition: Condition) -> ir.BooleanValue:
        """Whether everything that the condition looks at is known of each customer; never null."""
        named = sorted({test.field for test in leaves(condition)})
        return self.inside(All(all=tuple(Test(field=key, op="is known") for key in named)))

    def marked(
        self, conditions: Mapping[str, Condition], columns: Iterable[str] = (), *, with_known: bool = False
    ) -> ir.Table:
        """One row per customer: ``customer_id``, those of ``columns`` that the table has, and by name whether each
        condition is true. ``with_known`` adds, as ``<name>_known``, what :meth:`known` says of each.
        """
        kept = [name for name in dict.fromkeys(("customer_id", *columns)) if name in self.table.columns]
        marks = {name: self.inside(condition) for name, condition in conditions.items()}
        if with_known:
            marks |= {f"{name}_known": self.known(condition) for name, condition in conditions.items()}
        return self.table.select(*kept, **marks)

    def members(self, condition: Condition) -> ir.Table:
        """The rows of the customers for whom the condition is true."""
        return self.table.filter(self.inside(condition))

    def check(self, condition: Condition) -> None:
        """Raise :class:`DefinitionError` where the condition names something unknown or does not fit it."""
        check(condition, self.fields)


def published_population(
    engine: Engine,
    tags: Tags,
    segments: Segments,
    as_of: date,
    stores: Iterable[str] | None = None,
    lists: Tables | None = None,
) -> Population:
    """The customers of the published portrait; with ``stores`` only those who ordered in one of them.

    ``as_of`` is the day that the portrait stands for. Raises :class:`InputError` before the first refresh.
    """
    return Population(
        engine, portrait(engine, stores), portrait_fields(tags), as_of, segments=segments, lists=lists or {}
    )
