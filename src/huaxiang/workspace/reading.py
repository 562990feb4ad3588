"""What is read from a workspace, by any number of processes at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.identity_records import current_id
from huaxiang.analyse.in_force import computed_on
from huaxiang.analyse.population import Population, published_population
from huaxiang.analyse.profile import profile
from huaxiang.analyse.quality import Quality, quality
from huaxiang.analyse.registry import analysis_named
from huaxiang.analyse.why import why
from huaxiang.collect.discards import discarded
from huaxiang.collect.history import Waiting
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import only
from huaxiang.errors import InputError, NotFound
from huaxiang.ledger import Ledger
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.conditions import Condition
from huaxiang.model.results import Result, Why
from huaxiang.model.tables import canonical_tables
from huaxiang.prepare.facts import kept_facts
from huaxiang.workspace.lists import Lists


class Reading(Lists):
    """A workspace that is read."""

    def imports(self) -> pa.Table:
        """One row per import, the latest first."""
        with self.reading() as engine:
            return engine.arrow(engine.table("import").order_by("import_id"))[::-1]

    def quarantine(self, import_id: str | None = None, limit: int | None = None) -> pa.Table:
        """Rows that wait and that nobody gave up, with reason, file, row number and text, in the order of the files."""
        with self.reading() as engine, Ledger.open(self.ledger_path) as ledger:
            waiting, imports = Waiting(import_id, discarded=discarded(ledger)).of(engine), engine.table("import")
            named = waiting.inner_join(imports.select("import_id", "file_name", "sheet"), "import_id")
            ordered = named.order_by(["import_id", "source_row"])
            return engine.arrow(ordered if limit is None else ordered.limit(limit))

    def runs(self) -> pa.Table:
        """One row per refresh, the latest first."""
        with self.reading() as engine:
            return engine.arrow(engine.table("run").order_by("run_id"))[::-1]

    def as_of(self) -> date:
        """The day that the published profiles stand for. Raises :class:`InputError` before the first refresh."""
        runs = self.runs()
        if not runs.num_rows:
            raise InputError("workspace.never_refreshed")
        day: date = runs.column("as_of")[0].as_py()
        return day

    def profiles(self, as_of: date | None = None) -> pa.Table:
        """One row per customer with every tag; computed anew for another day than the published one."""
        with self.reading() as engine:
            return engine.arrow(self.profile_table(engine, as_of))

    def profile_table(self, engine: DuckEngine, as_of: date | None = None) -> ir.Table:
        """The same as an expression of an engine."""
        if as_of is None or as_of == self.as_of():
            return _published(engine, "profile")
        tables = {name: engine.table(name) for name in ("account", "customer")}
        tables |= kept_facts(engine, tables["account"], as_of, "past")
        return engine.keep("past_profile", profile(engine, computed_on(self.definitions.tags, as_of), as_of, tables))

    def customer_id_of(self, identifier: str) -> str:
        """The customer whom a customer id, also a former one, or any identifier names. Raises :class:`NotFound` when
        there is none, and :class:`InputError` naming them when several use it, such as a family's phone."""
        with self.reading() as engine:
            known = _published(engine, "customer_identifier")
            given, identifier = identifier, current_id(engine, identifier)
            hit = (
                known.filter((known.customer_id == identifier) | (known.identifier_value == identifier))
                .select("customer_id")
                .distinct()
            )
            found = [str(row["customer_id"]) for row in only(engine.arrow(hit.order_by("customer_id").limit(9)))]
        if not found:
            raise NotFound("workspace.no_such_customer", given=given)
        if len(found) > 1:
            raise InputError("workspace.several_customers", given=given, customers=", ".join(found))
        return found[0]

    def profile(self, identifier: str, as_of: date | None = None) -> dict[str, Any]:
        """Every tag of one customer, by customer id or any identifier."""
        customer_id = self.customer_id_of(identifier)
        with self.reading() as engine:
            rows = self.profile_table(engine, as_of)
            found = only(engine.arrow(rows.filter(rows.customer_id == customer_id)))
        if not found:
            raise NotFound("workspace.not_in_portrait", given=identifier)
        return found[0]

    def why(self, identifier: str, tag: str, as_of: date | None = None) -> Why:
        """Why a customer has the value of a tag: rule, window, rows and inputs."""
        row = self.profile(identifier, as_of)
        day = as_of or self.as_of()
        self.definitions.refuse_lacking(tag, row, day)
        with self.reading() as engine:
            tables = _prepared(engine)
            return why(engine, tables, self.definitions.tags, row, tag, day)

    def condition(self, name_or_rule: str) -> Condition:
        """The condition of a saved segment, or the one written out in text."""
        segment = self.definitions.segments.get(name_or_rule)
        return segment.condition if segment else condition_from_text(name_or_rule)

    def segment(self, name_or_rule: str) -> pa.Table:
        """The profiles of a segment's customers."""
        with self.reading() as engine:
            asked = self.population(engine)
            members = asked.members(self.condition(name_or_rule), asked.table.columns)
            return engine.arrow(members.order_by("customer_id"))

    def population(self, engine: DuckEngine) -> Population:
        """The customers of the published portrait, to ask conditions of."""
        known, lists = self.definitions, self.list_tables(engine)
        unfit = known.broken, known.unreadable_segments
        return published_population(engine, known.tags, known.segments, self.as_of(), None, lists, *unfit)

    def quality(self) -> Quality:
        """The scorecard of the data, what was mended and missing, and whose data contradict themselves, in numbers."""
        as_of = self.as_of()
        with self.reading() as engine:
            return quality(engine, as_of)

    def analysis(self, key: str, **params: Any) -> Result:
        """An analysis of the published day, with its tables and figures."""
        with self.reading() as engine:
            return analysis_named(key).on(engine, _prepared(engine), params, self.as_of())


def _published(engine: DuckEngine, name: str) -> ir.Table:
    if name not in engine.tables():
        raise InputError("workspace.never_refreshed")
    return engine.table(name)


def _prepared(engine: DuckEngine) -> dict[str, ir.Table]:
    """What refresh published; canonical tables hold every version of a row and are read through ``prepare``."""
    return {name: engine.table(name) for name in engine.tables() if name not in canonical_tables()}
