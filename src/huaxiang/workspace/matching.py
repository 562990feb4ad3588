"""The model that compares records: what it would cost to train one, training it, and approving what it would change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import ibis.expr.types as ir

from huaxiang.analyse.likely_pairs import Likeness, compared_by, likenesses
from huaxiang.analyse.model_change import ModelChange, MovedCustomers, model_change, moved_customers
from huaxiang.analyse.waiting_pairs import WaitingPairs, open_pairs
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import count_of
from huaxiang.errors import InputError
from huaxiang.ledger import Entry, Ledger, Pseudonym
from huaxiang.maintain.match_models import KnownModel, MatchModels
from huaxiang.maintain.matching import to_join
from huaxiang.maintain.steps import TRAINING, Progress, Telling
from huaxiang.model.matching import TrainedModel
from huaxiang.prepare.match import Estimate, Matched, estimate, matches
from huaxiang.prepare.match.answers import answers
from huaxiang.prepare.unify import standing, unify
from huaxiang.prepare.unify.decisions import Decisions, reasoned
from huaxiang.workspace.identity import Deciding

#: Customers that a model would change are named up to so many of a kind.
MOST_MOVED = 500


class Matching(Deciding):
    """A workspace whose records are compared. Everything is about the records of the latest refresh."""

    def match_estimate(self) -> Estimate:
        """Pairs to compare, time and memory of a training, known before it runs."""
        with self._published() as (engine, tables):
            return estimate(engine, tables["match_record"], self.definitions.matching)

    def match_models(self) -> list[KnownModel]:
        """Every model trained here, the newest first."""
        with self._models() as models:
            return models.known()

    def match_model(self, version: str) -> TrainedModel:
        """A model by its version. Raises :class:`NotFound`."""
        with self._models() as models:
            return models.named(version)

    def moved_by(self, version: str) -> MovedCustomers | None:
        """Which customers a model would have joined and taken apart when it was trained; at most :data:`MOST_MOVED` of
        each kind. None where nothing was kept. Raises :class:`NotFound`."""
        with self._models() as models:
            return models.moved(version)

    def train(self, now: datetime, *, actor: str, progress: Progress | None = None) -> KnownModel:
        """Train a model on the records and on what people decided, and count what it would change. It waits for
        approval; the same data and decisions give the same model, which is then no news.

        Raises :class:`InputError` when there are too few records to learn from.
        """
        tell = Telling(progress, TRAINING)
        with self._published(everything=True) as (engine, tables), self._models() as models:
            tell("train")
            decided = standing(models.ledger, Pseudonym.of_workspace(self.folder))
            found, given = self._trained(engine, tables["match_record"], decided, tell)
            if found.model is None:
                raise InputError("match.too_little", records=count_of(engine, tables["match_record"]))
            unused = 0 if found.model.answers else given
            tell("unify")
            change, moved = self._change(engine, tables["match_pair"], found, decided)
            tell("compare")
            counts = {"records": count_of(engine, tables["match_record"]), "pairs": found.compared}
            counts |= {"unused_answers": unused} if unused else {}
            models.add(found.model, {**counts, **change._asdict()}, now, actor, moved)
            return next(known for known in models.known() if known.version == found.model.version)

    def approve_model(self, version: str, why: str, now: datetime, *, actor: str) -> Entry:
        """Let a model compare from the next refresh on. Personal data in ``why`` are masked.

        Raises :class:`InputError` without a reason, or when it stands already.
        """
        with self._models() as models:
            return models.approve(version, reasoned(why), now, actor)

    def open_pairs(self, limit: int | None = None) -> WaitingPairs:
        """Pairs that wait for people, the most probable first, and how many wait; unmasked."""
        with self._published() as (engine, tables), Ledger.open(self.ledger_path) as ledger:
            return open_pairs(engine, tables, standing(ledger, Pseudonym.of_workspace(self.folder)), limit)

    def likenesses(self, pairs: list[tuple[str, str]]) -> dict[tuple[str, str], Likeness]:
        """Why pairs of accounts look like one person; unmasked. Pairs that were not compared are left out."""
        with self._published() as (engine, tables), self._models() as models:
            version = compared_by(engine, tables)
            return likenesses(engine, tables, models.named(version), pairs) if version else {}

    def _trained(self, engine: DuckEngine, records: ir.Table, decided: Decisions, tell: Telling) -> tuple[Matched, int]:
        """What was learned, and how many answers of people there were to learn from."""
        known = self.definitions
        said = answers(decided, engine.arrow(records.account_key).column(0).to_pylist()) if decided.standing else {}
        given = round(sum(counts for _, counts in said.values()))
        cost = tell.cost_of("train")
        return matches(engine, records, known.identity, known.matching, answers=said, tell=cost), given

    def _change(
        self, engine: DuckEngine, before: ir.Table, found: Matched, decided: Decisions
    ) -> tuple[ModelChange, MovedCustomers]:
        known = self.definitions
        likely = to_join(engine, found.pairs, known.matching)
        then = unify(engine, known.identity, self.salt(), decided, likely, self.hash_keys())
        today = engine.table("account")
        moved = moved_customers(engine, today, then.account, MOST_MOVED)
        return model_change(engine, before, found.pairs, today, then.account), moved

    @contextmanager
    def _models(self) -> Iterator[MatchModels]:
        with Ledger.open(self.ledger_path) as ledger:
            yield MatchModels(self.models_folder, ledger)
