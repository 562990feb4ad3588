"""Who is who, decided by people: explain, preview, merge, split, never the same, undo. Nothing changes before the next
refresh; every decision is an entry of the ledger and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from huaxiang.analyse.identity_explain import Compared, Explanation, explain
from huaxiang.analyse.identity_preview import Definition, Preview, preview
from huaxiang.analyse.identity_records import Named, Tables, named
from huaxiang.analyse.identity_redirects import Redirect, redirects
from huaxiang.analyse.identity_report import IdentityReport, identity_report, review
from huaxiang.analyse.likely_pairs import compared_by
from huaxiang.analyse.lone_joins import LoneJoin, LoneJoins, accounts_joined, lone_joins
from huaxiang.analyse.lone_settled import judged
from huaxiang.analyse.suspicious import Doubtful, Suspicious, doubtful, suspicious
from huaxiang.engine import DuckEngine
from huaxiang.errors import InputError, NotFound
from huaxiang.ledger import Entry, Ledger, Pseudonym
from huaxiang.maintain.match_models import MatchModels
from huaxiang.maintain.matching import to_join
from huaxiang.model.tables import canonical_tables
from huaxiang.prepare.unify import Decision, standing, unify
from huaxiang.prepare.unify.contradictions import overruled, overruled_by, said_before
from huaxiang.prepare.unify.decisions import (
    DECIDING,
    Decisions,
    Noted,
    Sides,
    after_undoing,
    decide,
    decisions,
    proposed,
    undo,
    with_one_more,
)
from huaxiang.prepare.unify.rulings import DecisionKind
from huaxiang.prepare.unify.traits import id_cards
from huaxiang.workspace.folder import Folder

#: Enough of a keyed hash to tell accounts of one workspace apart.
_HANDLE = 10
#: What says who is who; opening a table takes time.
_IDENTITY = (
    "account", "customer", "customer_identifier", "customer_redirect", "household", "identity_hold", "identity_link",
    "identity_unconfirmed", "match_pair", "match_record", "match_run", "profile", "run",
)  # fmt: skip


def latest_day(engine: DuckEngine, tables: Tables) -> date:
    """The day that the latest refresh stands for."""
    found: date = engine.arrow(tables["run"].order_by("run_id")).column("as_of")[-1].as_py()
    return found


class Deciding(Folder):
    """A workspace in which people decide who is who. Customers are named by customer id, also a former one, by account
    key, or by any identifier that only they have."""

    def identity_report(self) -> IdentityReport:
        """Accounts, customers, links by rule, sizes and holds of the latest refresh."""
        with self._published() as (engine, tables):
            return identity_report(engine, tables)

    def review(self, limit: int | None = 50) -> list[dict[str, Any]]:
        """Values that people should settle, worst first; unmasked."""
        with self._published() as (engine, tables):
            return review(engine, tables, limit)

    def doubtful(self, limit: int) -> tuple[Doubtful, list[Suspicious]]:
        """Customers that may be several people: how many, and the first ``limit`` of them, the gravest first, with all
        that makes each of them a case; unmasked."""
        decided = self.standing()
        with self._published() as (engine, tables):
            found = doubtful(engine, tables, self.definitions.identity, decided)
            return found, suspicious(engine, tables, found.rows[:limit], decided)

    def lone_joins(self, kind: str | None = None) -> LoneJoins:
        """Joins that one phone or e-mail alone holds and nobody has settled, those that matter most first; unmasked.
        ``kind``: those by this identifier type only."""
        decided = self.standing()
        with self._published() as (engine, tables):
            return lone_joins(engine, tables, latest_day(engine, tables), decided, kind)

    def joined_alone(self, joins: Sequence[LoneJoin]) -> dict[LoneJoin, tuple[str, ...]]:
        """The short names of the accounts that each of these joins is about."""
        with self._published() as (engine, tables):
            found = accounts_joined(engine, tables, joins)
        return {
            one: self.short_names([row["account_key"] for row in rows if row["is_joined"]])
            for one, rows in found.items()
        }

    def decisions(self) -> list[Decision]:
        """Every decision about identities, undone ones included, in order."""
        with Ledger.open(self.ledger_path) as ledger:
            return decisions(ledger)

    def standing(self) -> Decisions:
        """The decisions that nobody took back."""
        with Ledger.open(self.ledger_path) as ledger:
            return standing(ledger, Pseudonym.of_workspace(self.folder))

    def overruled(self) -> dict[int, int | None]:
        """By the place of every standing decision that does not hold because newer ones say the opposite, the place of
        the one that does; None where several together do."""
        with Ledger.open(self.ledger_path) as ledger:
            return overruled([one for one in decisions(ledger) if one.undone_by is None])

    def would_overrule(self, kind: DecisionKind, sides: Sides) -> tuple[Decision, ...]:
        """The decisions that would no longer hold if this were decided.

        Raises :class:`InputError` when it is decided already.
        """
        with Ledger.open(self.ledger_path) as ledger:
            return self._overruled_in(ledger, kind, sides)

    def _overruled_in(self, ledger: Ledger, kind: DecisionKind, sides: Sides) -> tuple[Decision, ...]:
        pseudonym = Pseudonym.of_workspace(self.folder)
        known, body = standing(ledger, pseudonym), proposed(kind, sides, pseudonym)
        if same := said_before(known, kind, body):
            raise InputError(
                "identity.stands_already", entry=same.seq, actor=same.actor, day=same.at.date().isoformat()
            )
        return overruled_by(known, kind, body)

    def redirects(self, limit: int, after: int = 0, since: date | None = None) -> list[Redirect]:
        """Which customer ids became part of which, behind number ``after``, of portraits from ``since`` on."""
        with Ledger.open(self.ledger_path) as ledger:
            return redirects(ledger, limit, after, since)

    def accounts_of(self, customer: str) -> dict[str, str]:
        """The accounts of a customer: a short name that gives nothing away, to the account key. Founder first."""
        with self._published() as (engine, tables):
            return self._handles(named(engine, tables, customer).accounts)

    def short_names(self, accounts: Sequence[str]) -> tuple[str, ...]:
        """The short names of account keys, in their order, as :meth:`accounts_of` gives them."""
        return tuple(self._handles(accounts))

    def explain(self, one: str, other: str) -> Explanation:
        """Why two records are one customer, link by link, or why not; unmasked."""
        with self._published() as (engine, tables), Ledger.open(self.ledger_path) as ledger:
            left, right = (named(engine, tables, given) for given in (one, other))
            between = self._between(ledger, left, right)
            version = compared_by(engine, tables)
            model = MatchModels(self.models_folder, ledger).named(version) if version else None
            return explain(engine, tables, Compared(self.definitions.identity, model), left, right, between)

    def merge(self, one: str, other: str, why: str, now: datetime, *, actor: str, even_so: bool = False) -> Entry:
        """Decide that two customers are one person, whatever the rules say.

        Raises :class:`InputError` when they are one already, or when their valid identity cards differ and not
        ``even_so``.
        """
        return self._decide("merge", self.sides_of_two(one, other, even_so=even_so), why, now, actor)

    def split(self, customer: str, accounts: Sequence[str], why: str, now: datetime, *, actor: str) -> Entry:
        """Decide that accounts of a customer, by key or short name, are another person: together one customer.

        Raises :class:`NotFound` for an account that is not the customer's and :class:`InputError` when none is left.
        """
        return self._decide("split", self.sides_of_split(customer, accounts), why, now, actor)

    def confirm(self, customer: str, accounts: Sequence[str], why: str, now: datetime, *, actor: str) -> Entry:
        """Decide that accounts of a customer, by key or short name, and its others are one person, whatever the rules
        will say. Raises what :meth:`split` raises."""
        return self._decide("merge", self.sides_of_split(customer, accounts), why, now, actor)

    def never_same(self, one: str, other: str, why: str, now: datetime, *, actor: str) -> Entry:
        """Decide that two customers are never joined, whatever data come.

        Raises :class:`InputError` when they are one already.
        """
        return self._decide("never_same", self.sides_of_two(one, other, even_so=True), why, now, actor)

    def undo(self, entry: int, why: str, now: datetime, *, actor: str) -> Entry:
        """Take back a decision, or the taking back of one, by its place in the ledger."""
        with Ledger.open(self.ledger_path) as ledger, ledger.turn():
            return undo(entry, why, ledger, at=now, actor=actor)

    def preview(self, kind: DecisionKind, sides: Sides) -> Preview:
        """What a decision would change at a refresh of the published day; nothing is written."""
        pseudonym = Pseudonym.of_workspace(self.folder)
        with Ledger.open(self.ledger_path) as ledger:
            body = proposed(kind, sides, pseudonym)
            wanted = with_one_more(standing(ledger, pseudonym), kind, body, datetime.min.replace(tzinfo=UTC))
        return self._previewed(wanted)

    def preview_undo(self, entry: int) -> Preview:
        """What taking back a decision, or the taking back of one, would change; nothing is written."""
        with Ledger.open(self.ledger_path) as ledger:
            wanted = after_undoing(entry, ledger, Pseudonym.of_workspace(self.folder))
        return self._previewed(wanted)

    def _previewed(self, wanted: Decisions) -> Preview:
        with self._published(everything=True) as (engine, tables):
            known = self.definitions
            likely = to_join(engine, tables["match_pair"], known.matching) if "match_pair" in tables else ()
            found = unify(engine, known.identity, self.salt(), wanted, likely, self.hash_keys())
            as_of = latest_day(engine, tables)
            seen = preview(engine, tables, found, Definition(known.tags, known.segments, as_of))
            return replace(seen, waiting=self._waiting(engine, tables))

    def _waiting(self, engine: DuckEngine, tables: Tables) -> int:
        """How many decisions came after the latest refresh."""
        (since,) = engine.arrow(tables["run"].ledger_position.max().name("since").as_table()).column(0).to_pylist()
        with Ledger.open(self.ledger_path) as ledger:
            counts = ledger.counts(since, ledger.position())
        return sum(counts.get(kind, 0) for kind in DECIDING)

    def sides_of_two(self, one: str, other: str, *, even_so: bool) -> Sides:
        """The sides of a decision about two customers."""
        with self._published() as (engine, tables):
            left, right = (named(engine, tables, given) for given in (one, other))
            if left.customer_id == right.customer_id:
                raise InputError("identity.same_customer", one=one, other=other, customer=left.customer_id)
            cards = [id_cards(engine, side.accounts, self.definitions.identity) for side in (left, right)]
            if not even_so and all(cards) and not cards[0] & cards[1]:
                raise InputError("identity.two_id_cards", one=left.customer_id, other=right.customer_id)
        return Sides(left.accounts, right.accounts)

    def sides_of_split(self, customer: str, accounts: Sequence[str]) -> Sides:
        """The sides of a split: the accounts that go, and those that stay."""
        known = self.accounts_of(customer)
        keys = {**known, **{key: key for key in known.values()}}
        for given in accounts:
            if given not in keys:
                raise NotFound("identity.not_an_account", given=given, customer=customer, known=", ".join(known))
        off = {keys[given] for given in accounts}
        if not off or len(off) == len(known):
            raise InputError("identity.nothing_left", customer=customer, count=len(known))
        return Sides(*(tuple(key for key in known.values() if (key in off) is gone) for gone in (True, False)))

    def _decide(self, kind: DecisionKind, sides: Sides, why: str, now: datetime, actor: str) -> Entry:
        key = Pseudonym.of_workspace(self.folder)
        with self._published() as (engine, tables):
            alone_by = "" if kind == "never_same" else judged(engine, tables, sides)
        with Ledger.open(self.ledger_path) as ledger, ledger.turn():
            gone = [one.seq for one in self._overruled_in(ledger, kind, sides)]
            return decide(kind, sides, why, ledger, key, at=now, actor=actor, noted=Noted(gone, alone_by))

    def _between(self, ledger: Ledger, one: Named, other: Named) -> list[Decision]:
        pseudonym = Pseudonym.of_workspace(self.folder)
        here, there = ({pseudonym.of("account", key) for key in side.accounts} for side in (one, other))
        apart = (known for known in standing(ledger, pseudonym).standing if known.kind != "merge")
        return [
            known
            for known in apart
            if (here & {*known.left} and there & {*known.right}) or (there & {*known.left} and here & {*known.right})
        ]

    def _handles(self, accounts: Sequence[str]) -> dict[str, str]:
        pseudonym = Pseudonym.of_workspace(self.folder)
        return {pseudonym.of("account", key)[:_HANDLE]: key for key in accounts}

    @contextmanager
    def _published(self, *, everything: bool = False) -> Iterator[tuple[DuckEngine, Tables]]:
        with self.reading() as engine:
            names = engine.tables()
            # A lake that an earlier program refreshed lacks tables that came later.
            if not {"account", "household", "match_pair"} <= set(names):
                raise InputError("workspace.never_refreshed")
            wanted = names if everything else _IDENTITY
            computed = [name for name in names if name in wanted and name not in canonical_tables()]
            yield engine, {name: engine.table(name) for name in computed}
