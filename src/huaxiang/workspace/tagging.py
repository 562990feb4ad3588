"""Tags given by hand, and what sensitive tags are used for: what a workspace writes down about them.

Nothing changes before the next refresh; every gift and every purpose is an entry of the ledger and can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple

import ibis.expr.types as ir

from huaxiang.analyse.identity_records import named
from huaxiang.analyse.population import published_population
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import only
from huaxiang.errors import InputError
from huaxiang.ledger import Entry, Ledger, Pseudonym, Vault
from huaxiang.maintain.purposes import FORBIDDEN, PERMITTED, purposes
from huaxiang.model.conditions import Condition
from huaxiang.model.given_values import tag_to_give
from huaxiang.model.tags import tag_named
from huaxiang.prepare.given import Gift, GiftBook, Given
from huaxiang.prepare.unify.decisions import reasoned
from huaxiang.workspace.reading import Reading


class Statement(NamedTuple):
    """What somebody says of customers: the key of a tag, the value as typed, why, and the last day that it holds."""

    tag: str
    value: str
    why: str
    until: date | None = None


class Tagging(Reading):
    """A workspace in which people give tags. Customers are named by customer id, account key, or any identifier."""

    def give_tag(self, customers: Sequence[str], said: Statement, now: datetime, *, actor: str) -> list[Entry]:
        """Give customers a value of a given tag, or decide an attribute of theirs against every source.

        Raises :class:`NotFound` for a customer that nobody is, :class:`InputError` for a tag that is computed or a
        value that does not fit it.
        """
        given = self._given(said)
        with self.reading() as engine:
            tables = {name: engine.table(name) for name in ("account", "customer_identifier")}
            founders = list(dict.fromkeys(named(engine, tables, one).accounts[0] for one in customers))
        return self._write(given, founders, now, actor)

    def give_tag_to(
        self,
        crowd: str,
        condition: Condition,
        said: Statement,
        now: datetime,
        *,
        actor: str,
        stores: frozenset[str] | None = None,
    ) -> list[Entry]:
        """Give a value to everybody who meets the condition at this moment; who does so later does not get it.

        ``crowd`` says in the ledger who they were; with ``stores`` only customers of these stores are meant.
        """
        given = self._given(said)._replace(crowd=crowd)
        with self.reading() as engine:
            known = self.definitions
            lists = self.list_tables(engine)
            defined, unfit = (known.tags, known.segments), (known.broken, known.unreadable_segments)
            everyone = published_population(engine, *defined, self.as_of(), stores, lists, *unfit)
            founders = _founders(engine, everyone.members(condition))
        return self._write(given, founders, now, actor)

    def take_tag(self, entry: int, why: str, now: datetime, *, actor: str, customers: Sequence[str] = ()) -> Entry:
        """Take back what entry ``entry`` gave, from these customers or without any from all of them."""
        with self.reading() as engine:
            tables = {name: engine.table(name) for name in ("account", "customer_identifier")}
            accounts = [key for one in customers for key in named(engine, tables, one).accounts]
        with self._book() as book:
            return book.take(entry, why, at=now, actor=actor, founders=accounts)

    def gifts(self) -> list[Gift]:
        """Every value given by hand, in order, those taken back included."""
        with self._book() as book:
            return book.all()

    def permit_tag(self, tag: str, purpose: str, now: datetime, *, actor: str) -> Entry:
        """Record what a tag that needs a purpose is used for; it is computed from the next refresh on."""
        known = tag_named(tag, self.definitions.catalogue)
        if not known.needs_purpose:
            raise InputError("tag.needs_no_purpose", tag=known.name.message)
        with Ledger.open(self.ledger_path) as ledger:
            return ledger.append(PERMITTED, {"tag": tag, "purpose": reasoned(purpose)}, at=now, actor=actor)

    def forbid_tag(self, tag: str, why: str, now: datetime, *, actor: str) -> Entry:
        """Take back the purpose of a tag: it is left out everywhere at once, and computed no more."""
        with Ledger.open(self.ledger_path) as ledger:
            known = purposes(ledger)
            if tag not in known or known[tag].kind != PERMITTED:
                raise InputError("tag.has_no_purpose", tag=tag)
            return ledger.append(FORBIDDEN, {"tag": tag, "why": reasoned(why)}, at=now, actor=actor)

    def _given(self, said: Statement) -> Given:
        return Given(tag_to_give(said.tag, self.definitions.tags), said.value, said.why, said.until)

    def _write(self, given: Given, founders: list[str], now: datetime, actor: str) -> list[Entry]:
        with self._book() as book:
            return book.give(given, founders, at=now, actor=actor)

    @contextmanager
    def _book(self) -> Iterator[GiftBook]:
        with Ledger.open(self.ledger_path) as ledger, Vault.beside(self.ledger_path) as vault:
            yield GiftBook(ledger, vault, Pseudonym.of_workspace(self.folder))


def _founders(engine: DuckEngine, members: ir.Table) -> list[str]:
    customer = engine.table("customer")
    rows = customer.semi_join(members, "customer_id").order_by("customer_id").select("founder_account_key")
    return [str(row["founder_account_key"]) for row in only(engine.arrow(rows))]
