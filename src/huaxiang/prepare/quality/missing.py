"""Values that no record of a customer has: left empty, filled from another source, or inferred and marked so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.model.quality import MissingPolicy, QualityRules
from huaxiang.prepare.quality.judging import Round
from huaxiang.prepare.quality.statements import first

#: One row per customer and column that no record gave and the policy could: the value, how it came about (``filled``
#: from another source or ``inferred``), from which trait, the row that says so, and since when any row does (null where
#: one carries no time).
FILLED_VALUE = {
    "customer_id": "string",
    "column_name": "string",
    "value": "string",
    "how": "string",
    "from_trait": "string",
    "source": "string",
    "import_id": "string",
    "source_row": "int64",
    "first_said_at": "timestamp(6)",
}
#: One row per column with a policy: all customers, those with a record that says it, and what became of the others.
MISSING_VALUE = {
    "column_name": "string",
    "policy": "string",
    "customer_count": "int64",
    "known_count": "int64",
    "filled_count": "int64",
    "inferred_count": "int64",
    "left_empty_count": "int64",
}
_EVIDENCE = ("source", "import_id", "source_row")


def all_of(parts: Sequence[ir.Table], engine: Engine, columns: Mapping[str, str]) -> ir.Table:
    """The rows of all parts; without any part none, with these columns."""
    if not parts:
        return engine.bring("quality_nothing", ibis.schema(columns).to_pyarrow().empty_table()).cast(columns)
    return ibis.union(*parts)


@dataclass(frozen=True)
class Filling:
    """Fills the missing values of all customers of ``account``. ``said`` has the statements of each trait."""

    now: Round
    rules: QualityRules
    account: ir.Table
    said: Mapping[str, ir.Table]

    def filled(self) -> ir.Table:
        """The values that the policies give, as rows of :data:`FILLED_VALUE`."""
        parts = [self._of_column(column, policy) for column, policy in self.rules.missing.items() if policy.traits]
        return all_of(parts, self.now.engine, FILLED_VALUE)

    def counts(self, filled: ir.Table) -> ir.Table:
        """What became of each column, as rows of :data:`MISSING_VALUE`."""
        return ibis.union(*[self._count(column, policy, filled) for column, policy in self.rules.missing.items()])

    def _known(self, column: str) -> ir.Table:
        told = self.said[column]
        return told.filter(told.customer_id.notnull()).select("customer_id").distinct()

    def _of_column(self, column: str, policy: MissingPolicy) -> ir.Table:
        offers = ibis.union(*[self._offered(place, trait) for place, trait in enumerate(policy.traits)])
        wanted = offers.anti_join(self._known(column), "customer_id")
        order = [wanted.place_in_policy, wanted.times.desc(), wanted.value]
        rank = ibis.row_number().over(group_by=wanted.customer_id, order_by=order)
        best = wanted.mutate(rank=rank)
        return best.filter(best["rank"] == 0).mutate(column_name=ibis.literal(column)).select(*FILLED_VALUE)

    def _offered(self, place: int, trait: str) -> ir.Table:
        """One row per customer and value that the trait states, with the earliest row that states it."""
        told = self.said[trait].filter(lambda rows: rows.customer_id.notnull())
        # Sources are told apart last, so that the earliest row decides.
        told = told.mutate(evidence=told.place + "\t" + told.source)
        counted = told.group_by(["customer_id", "value"]).agg(
            times=told.row_count.sum(), evidence=told.evidence.min(), first_said_at=first(told.first_said_at)
        )
        parts = counted.evidence.split("\t")
        how = "inferred" if self.rules.traits[trait].how == "inferred" else "filled"
        return counted.mutate(
            import_id=parts[0],
            source_row=parts[1].cast("int64"),
            source=parts[2],
            how=ibis.literal(how),
            from_trait=ibis.literal(trait),
            place_in_policy=ibis.literal(place),
        ).drop("evidence")

    def _count(self, column: str, policy: MissingPolicy, filled: ir.Table) -> ir.Table:
        everybody = self.account.select("customer_id").distinct()
        known = self._known(column).mutate(is_known=True)
        given = filled.filter(filled.column_name == column).select(filled_id="customer_id", how="how")
        joined = everybody.left_join(known, "customer_id").drop("customer_id_right")
        joined = joined.left_join(given, joined.customer_id == given.filled_id)
        counted = joined.aggregate(
            customer_count=joined.count(),
            known_count=joined.is_known.count(),
            filled_count=(joined.how == "filled").sum().fill_null(0).cast("int64"),
            inferred_count=(joined.how == "inferred").sum().fill_null(0).cast("int64"),
        )
        left = counted.customer_count - counted.known_count - counted.filled_count - counted.inferred_count
        told = {"column_name": ibis.literal(column), "policy": ibis.literal(policy.policy)}
        return counted.mutate(**told, left_empty_count=left).select(*MISSING_VALUE)
