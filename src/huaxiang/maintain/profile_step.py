"""The step of a refresh that computes the profile: for everybody, or again for those about whom something changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.came_since import SAME_DAY
from huaxiang.analyse.changed_customers import COMPARED, are_comparable, changed_customers
from huaxiang.analyse.increment import Before, Increment, increment
from huaxiang.analyse.layer_crowds import crowd_rules
from huaxiang.analyse.profile import customers, profiled
from huaxiang.analyse.same_day import Renewed, SameDay
from huaxiang.engine.interface import Engine, Exchange, count_of, only
from huaxiang.maintain.definitions import digest
from huaxiang.maintain.program import program_version
from huaxiang.model.tags import Tags

#: One row, published with every profile: what it was computed by. Runs do not say it of a profile that a rebuild made.
BASIS = "profile_basis"
_BASIS = {"as_of": "date", "tags": "string", "program": "string", "scope": "string", "computed_count": "int64"}
#: Everybody was computed; those alone whom something or the passing of days changed, and all tags that look at others;
#: those alone whom something changed since the same day was computed, tags that look at others left as they were.
FULL, INCREMENT = "full", "increment"
SCOPES = (FULL, INCREMENT, SAME_DAY)
_READ = (BASIS, "profile", "profile_confidence", "tag_weight", *COMPARED)


@dataclass(frozen=True)
class Increments:
    """When a refresh computes again only the customers about whom something changed.

    ``least_customers`` there have to be in all, since it is not worth while with fewer; ``greatest_share`` of them may
    have to be computed again. Both are careful guesses: measured is a million customers, of whom one in a hundred
    changed (``benchmarks/tags_million.py``).
    """

    least_customers: int = 50_000
    greatest_share: float = 0.2


DEFAULT_INCREMENTS = Increments()


class ProfileTables(NamedTuple):
    """The tables of a profile as they will be, and those of them that stand published but for the rows of some."""

    tables: dict[str, ir.Table]
    exchanged: dict[str, Exchange]


@dataclass(frozen=True)
class ProfileStep:
    """Computes ``tags`` for ``as_of``; ``full`` forces everybody."""

    engine: Engine
    tags: Tags
    as_of: date
    increments: Increments
    full: bool = False

    def computed(self, facts: Mapping[str, ir.Table]) -> ProfileTables:
        """``profile``, ``profile_confidence``, ``tag_weight`` and ``profile_basis``, held until they are published.

        ``facts`` are the tables of this refresh, not published yet.
        """
        everybody = count_of(self.engine, customers(self.engine, facts))
        found = None if self.full else self._again(facts, everybody)
        if isinstance(found, Renewed):
            return self._exchanged(found)
        known = profiled(self.engine, self.tags, self.as_of, facts) if found is None else found.profiled()
        scope, count = (FULL, everybody) if found is None else (INCREMENT, count_of(self.engine, found.moved))
        held = {name: self.engine.keep(f"next_{name}", rows) for name, rows in known.tables().items()}
        return ProfileTables(held | self._told(scope, count), {})

    def _exchanged(self, found: Renewed) -> ProfileTables:
        """The published rows of those who did not move, and the new ones of the others."""
        own = {name: self.engine.keep(f"renewed_{name}", rows) for name, rows in found.own.tables().items()}
        exchanged = {name: Exchange(found.gone, rows) for name, rows in own.items()}
        whole = dict[str, ir.Table]()
        for name, rows in own.items():
            stays = self.engine.table(name).anti_join(found.gone, "customer_id")
            whole[name] = self.engine.view(f"same_day_{name}", stays.union(rows.select(stays.columns)))
        return ProfileTables(whole | self._told(SAME_DAY, count_of(self.engine, found.moved)), exchanged)

    def _told(self, scope: str, count: int) -> dict[str, ir.Table]:
        basis = {**self._basis(), "scope": scope, "computed_count": count}
        rows = pa.Table.from_pylist([basis], schema=ibis.schema(_BASIS).to_pyarrow())
        return {BASIS: self.engine.bring(f"next_{BASIS}", rows)}

    def _again(self, facts: Mapping[str, ir.Table], everybody: int) -> Increment | Renewed | None:
        """What is computed again, or is to be; None where everybody has to be, or where that takes less time."""
        before = self._before(facts) if everybody >= self.increments.least_customers else None
        if before is None:
            return None
        published = {name: self.engine.table(name) for name in COMPARED}
        changed = self.engine.keep("changed_customers", changed_customers(published, facts))
        most = everybody * self.increments.greatest_share
        if count_of(self.engine, changed) > most:
            return None
        same = SameDay(self.engine, self.tags, facts, before, changed)
        if before.as_of == self.as_of and same.finds_everybody:
            return same.renewed(most)
        found = increment(self.engine, self.tags, self.as_of, facts, before, changed)
        return found if count_of(self.engine, found.moved) <= most else None

    def _before(self, facts: Mapping[str, ir.Table]) -> Before | None:
        """What stands published, where it can be built upon."""
        if not {*_READ} <= {*self.engine.tables()}:
            return None
        table = self.engine.table
        (told,) = only(self.engine.arrow(table(BASIS)))
        day, own = told["as_of"], self._basis()
        is_ours = told["tags"] == own["tags"] and told["program"] == own["program"]
        if not is_ours or not isinstance(day, date) or day > self.as_of:
            return None
        if not all(are_comparable(table(name), facts[name]) for name in COMPARED):
            return None
        return Before(day, table("profile"), table("profile_confidence"), table("tag_weight"))

    def _basis(self) -> dict[str, Any]:
        tags = [tag.model_dump(mode="json") for tag in self.tags.values()]
        # Tags are written down with the names of crowds alone; what these ask counts as much.
        asked = [one.of.model_dump(mode="json") for one in crowd_rules(self.tags)]
        return {"as_of": self.as_of, "tags": digest([*tags, *asked]), "program": program_version()}


def told_of(engine: Engine, basis: ir.Table) -> dict[str, Any]:
    """What a run says of it: ``scope`` (one of :data:`SCOPES`), and ``computed_count``, of how many customers the
    own tags were computed."""
    (row,) = only(engine.arrow(basis.select("scope", "computed_count")))
    return row
