"""The rows of fact tables that conditions look at: of customers, in a window, those that are meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir

from huaxiang.analyse.facts import fact_rows
from huaxiang.analyse.windows import Rows
from huaxiang.engine.interface import Engine
from huaxiang.model.conditions import Condition
from huaxiang.model.measured import fact_meant
from huaxiang.model.windows import Window


@dataclass(frozen=True)
class Events:
    """What customers did up to the end of the ``as_of`` day. ``facts`` come before the published tables; with
    ``customer_ids`` only the rows of those customers are looked at."""

    engine: Engine
    facts: Mapping[str, ir.Table]
    as_of: date
    customer_ids: tuple[str, ...] | None = None

    def rows(self, fact: str) -> ir.Table | None:
        """The rows of a fact table that belong to a customer; None where this workspace has no such table."""
        found = fact_rows(fact_meant(fact).name, self.engine, self.facts, self.as_of)
        if found is None:
            return None
        mine = found.customer_id.notnull() if self.customer_ids is None else found.customer_id.isin(self.customer_ids)
        return found.filter(mine)

    def meant(
        self, fact: str, where: Condition | None, during: Window | None, *, timed: bool = False
    ) -> ir.Table | None:
        """The rows that ``where`` picks, in the window; ``timed`` leaves out those without a time."""
        found = self.rows(fact)
        if found is None:
            return None
        about = fact_meant(fact)
        rows = Rows(found, about, self.as_of)
        limits = [found[about.at].notnull()] if timed and about.at else []
        limits += [rows.inside(during)] if during is not None else []
        limits += [rows.chosen(where)] if where is not None else []
        return found.filter(limits) if limits else found

    def are_there(self, fact: str) -> bool:
        """Whether anybody ever had such a row: where nobody had, nothing can be said about who did."""
        found = self.rows(fact)
        return found is not None and self.engine.arrow(found.select("customer_id").limit(1)).num_rows > 0
