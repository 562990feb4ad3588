"""Unification, the whole of it: canonical rows in, customers out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.accounts import accounts
from huaxiang.prepare.unify import customers
from huaxiang.prepare.unify.candidates import candidates
from huaxiang.prepare.unify.decisions import NO_DECISIONS, Decisions
from huaxiang.prepare.unify.link_rows import LinkRows
from huaxiang.prepare.unify.meeting import meeting_uses
from huaxiang.prepare.unify.outcome import Matter, Outcome, joined
from huaxiang.prepare.unify.records import Hold, Likely, Link
from huaxiang.prepare.unify.rulings import Ruling, verdict
from huaxiang.prepare.unify.staff import staff_phones, with_is_staff


@dataclass(frozen=True)
class Unified:
    """What unification found, as tables of the engine; links and holds also as records, for the ledger.

    ``account``: one row per account. ``customer``: one row per customer. ``customer_identifier``: one row per
    identifier of an account in a source. ``identity_link``: one row per reason why two accounts are one customer.
    ``identity_hold``: one row per value that does not join all of its accounts. ``identity_unconfirmed``: one row per
    account that one phone or e-mail alone joins to its customer (:mod:`huaxiang.prepare.unify.unconfirmed`).
    """

    account: ir.Table
    customer: ir.Table
    customer_identifier: ir.Table
    identity_link: ir.Table
    identity_hold: ir.Table
    identity_unconfirmed: ir.Table
    links: Sequence[Link]
    holds: Sequence[Hold]

    def tables(self) -> dict[str, ir.Table]:
        """The six tables by the names under which they are published."""
        names = ("account", "customer", "customer_identifier", "identity_link", "identity_hold", "identity_unconfirmed")
        return {name: getattr(self, name) for name in names}


def unify(
    engine: Engine,
    rules: IdentityRules,
    salt: str | bytes,
    decisions: Decisions = NO_DECISIONS,
    likely: Iterable[Likely] = (),
    hash_keys: Sequence[bytes] = (),
) -> Unified:
    """Join the accounts of all sources into customers.

    ``salt`` is the workspace's secret: the same salt and founder give the same ``customer_id`` for ever. The founder
    is the account known first, so data that come later never change the id of a customer that they join. ``decisions``
    of people are obeyed whatever the rules say; one about an account that no source names now waits until it is back.
    ``likely`` pairs join what neither rules nor decisions forbid. ``hash_keys`` are keys with which partners hash
    identifiers (HMAC); hashes without a key are known without them.
    """
    secret = salt.encode() if isinstance(salt, str) else salt
    pairs = list(likely)
    phones = engine.keep("unify_staff", staff_phones(engine, rules))
    known = engine.keep("unify_accounts", with_is_staff(engine, accounts(engine, rules), phones, rules))
    decided = verdict(_rulings(engine, known, decisions))
    named = {key for pair in pairs for key in pair[:2]} | decided.persons.keys()
    staff = frozenset(engine.arrow(phones.staff_phone).column(0).to_pylist())
    meeting = engine.keep("unify_meeting", meeting_uses(engine, rules, staff, hash_keys))
    found = candidates(engine, known, meeting, rules, named)
    outcome = joined(found, Matter(rules, staff, decided, pairs))
    return _tables(engine, customers.with_customer_id(engine, known, outcome.founders, secret), outcome)


def _rulings(engine: Engine, known: ir.Table, decisions: Decisions) -> list[Ruling]:
    if not decisions.standing:
        return []
    return decisions.rulings(engine.arrow(known.account_key).column(0).to_pylist())


def _tables(engine: Engine, named: ir.Table, outcome: Outcome) -> Unified:
    account = engine.keep("unify_account", named)
    return Unified(
        account=account.select(*customers.ACCOUNT_COLUMNS),
        customer=customers.customers(account),
        customer_identifier=customers.customer_identifiers(engine, account),
        identity_link=customers.identity_links(engine, account, outcome.links),
        identity_hold=customers.identity_holds(engine, outcome.holds),
        identity_unconfirmed=customers.identity_unconfirmed(engine, account, outcome.unconfirmed),
        links=LinkRows(outcome.links),
        holds=outcome.holds,
    )
