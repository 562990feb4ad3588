"""The matching of a refresh: records that share nothing strong, compared by the model that stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, count_of
from huaxiang.maintain.definitions import Definitions, digest
from huaxiang.maintain.match_models import MatchModels
from huaxiang.maintain.match_run import MatchRun, last_run, operation_count, told
from huaxiang.model.matching import MatchingRules, TrainedModel
from huaxiang.prepare.accounts import accounts
from huaxiang.prepare.match import Before, Estimate, Matched, empty_pairs, match_records, matches, matches_again
from huaxiang.prepare.unify import Likely

#: Who hears what comparing will cost before it begins; None where nobody waits.
TellCost = Callable[[Estimate], None] | None
#: The reason given for the first model, which stands without anybody's approval.
FIRST = "first"


@dataclass(frozen=True)
class Compared:
    """What matching adds to a refresh: pairs to join, and the tables to publish: ``match_record`` (what is compared, a
    row per account), ``match_pair`` (see :class:`huaxiang.prepare.match.Matched`) and ``match_run``, one row about the
    comparing itself. Without tables those published before still hold."""

    likely: tuple[Likely, ...]
    tables: dict[str, ir.Table]


@dataclass(frozen=True)
class Matcher:
    """Compares the records of one workspace."""

    engine: Engine
    definitions: Definitions
    models: MatchModels

    def run(self, now: datetime, actor: str, tell: TellCost = None, *, may_train: bool = True) -> Compared:
        """Compare the records by the standing model, of records that were compared before only what may have changed.

        The first model of a workspace is trained here, where ``may_train``, and stands at once, since there is none to
        compare it with; later ones are trained on request and approved by people. Where all records are compared,
        ``tell`` hears before what that will cost.
        """
        if self.definitions.matching.use.mode == "leave":
            return self._published(None, None)
        model, last = self.models.standing(), self._last()
        if last is not None and self._still_holds(last, model, may_train=may_train):
            return Compared(self._to_join(self.engine.table("match_pair")), {})
        identity, rules = self.definitions.identity, self.definitions.matching
        records = match_records(self.engine, accounts(self.engine, identity), identity, rules)
        if model is None and not (may_train and self._is_enough(count_of(self.engine, records))):
            return self._published(None, records)
        found = self._matched(records, model, last, tell)
        if model is None and found.model is not None:
            self._adopt(found.model, {"records": count_of(self.engine, records), "pairs": found.compared}, now, actor)
        return self._published(found, records)

    def _last(self) -> MatchRun | None:
        """The last run, where its rules are those of today."""
        last = last_run(self.engine)
        return last if last and last.basis == self._basis() else None

    def _still_holds(self, last: MatchRun, model: TrainedModel | None, *, may_train: bool) -> bool:
        same = last.operation_count == operation_count(self.engine)
        if model is None:
            return same and last.model_version is None and not (may_train and self._is_enough(last.record_count))
        return same and last.model_version == model.version

    def _is_enough(self, records: int) -> bool:
        return records >= self.definitions.matching.use.least_records

    def _matched(self, records: ir.Table, model: TrainedModel | None, last: MatchRun | None, tell: TellCost) -> Matched:
        identity, rules = self.definitions.identity, self.definitions.matching
        if model is None or last is None or last.model_version != model.version:
            return matches(self.engine, records, identity, rules, model, tell=tell)
        before = Before(self.engine.table("match_record"), self.engine.table("match_pair"))
        return matches_again(self.engine, records, before, identity, rules, model)

    def _adopt(self, model: TrainedModel, counts: dict[str, int], now: datetime, actor: str) -> None:
        self.models.add(model, counts, now, actor)
        self.models.approve(model.version, FIRST, now, actor)

    def _basis(self) -> str:
        """A digest of the rules that pairs are listed by; what becomes of a listed pair is decided anew every time."""
        rules = self.definitions.matching
        return digest([rules.model_dump(mode="json", exclude={"use", "cost"}), self.definitions.identity.model_dump()])

    def _published(self, found: Matched | None, records: ir.Table | None) -> Compared:
        pairs = empty_pairs(self.engine) if found is None else found.pairs
        run = MatchRun(
            model_version=found.model.version if found and found.model else None,
            basis=self._basis(),
            operation_count=operation_count(self.engine),
            record_count=0 if records is None else count_of(self.engine, records),
            compared_count=found.compared if found else 0,
            messages=told(found.messages if found else ()),
        )
        tables = {"match_pair": pairs, "match_run": run.table(self.engine)}
        return Compared(self._to_join(pairs), tables if records is None else {**tables, "match_record": records})

    def _to_join(self, pairs: ir.Table) -> tuple[Likely, ...]:
        return to_join(self.engine, pairs, self.definitions.matching)


def to_join(engine: Engine, pairs: ir.Table, rules: MatchingRules) -> tuple[Likely, ...]:
    """The pairs of ``match_pair`` that are joined without asking anybody; none where people decide about every one."""
    if rules.use.mode != "link":
        return ()
    chosen = engine.arrow(pairs.filter(pairs.band == "link").select(*Likely._fields))
    return tuple(Likely(*row) for row in zip(*chosen.to_pydict().values(), strict=True))
