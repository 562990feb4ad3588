"""Which accounts of customers people decided to be one person, and who joined those customers since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa

from huaxiang.analyse.identity_records import Tables
from huaxiang.engine.interface import Engine
from huaxiang.prepare.unify.decisions import Decisions
from huaxiang.prepare.unify.rulings import verdict


class Said(NamedTuple):
    """The latest decision about a person: its place in the ledger and when it was made."""

    entry: int
    at: datetime


class Growth(NamedTuple):
    """The decision that counts, how many accounts of the customer it is about, and those that it is not about."""

    said: Said
    decided: int
    joined: tuple[str, ...]


@dataclass(frozen=True)
class Decided:
    """By account that was decided to be one person with others who that is, and by person the latest decision."""

    persons: Mapping[str, str]
    latest: Mapping[str, Said]

    def rows(self) -> pa.Table:
        """One row per account: ``decided_key, person``."""
        columns = (self.persons.keys(), self.persons.values())
        return pa.table([pa.array(list(one), pa.string()) for one in columns], ["decided_key", "person"])


def decided_persons(engine: Engine, tables: Tables, decisions: Decisions) -> Decided:
    """What the decisions that stand say of the published customers; one that is not published yet waits."""
    link = tables["identity_link"]
    published = link.filter(link.rule == "decided_same").select("customer_id").distinct()
    keys = engine.arrow(tables["account"].semi_join(published, "customer_id").account_key).column(0).to_pylist()
    rulings = decisions.rulings(keys) if keys else []
    found = verdict(rulings)
    at = {one.seq: one.at for one in decisions.standing}
    latest: dict[str, Said] = {}
    for ruling in sorted(rulings):
        sides = (*ruling.left, *ruling.right) if ruling.kind == "merge" else ruling.left
        if ruling.seq not in found.overruled:
            latest |= {found.persons[key]: Said(ruling.seq, at[ruling.seq]) for key in sides if found.persons[key]}
    return Decided({key: person for key, person in found.persons.items() if person}, latest)


def growth(accounts: Sequence[str], decided: Decided) -> Growth | None:
    """Who of the accounts of a customer is not among those of its latest decision; None where there is no decision or
    nobody else."""
    persons = {person for key in accounts if (person := decided.persons.get(key)) and person in decided.latest}
    if not persons:
        return None
    newest = max(persons, key=lambda person: decided.latest[person])
    joined = tuple(key for key in accounts if decided.persons.get(key) != newest)
    return Growth(decided.latest[newest], len(accounts) - len(joined), joined) if joined else None
