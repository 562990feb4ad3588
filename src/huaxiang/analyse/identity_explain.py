"""Why two records are one customer: the shortest chain of links between them. Or why they are not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from huaxiang.analyse.identity_chain import Step, chain
from huaxiang.analyse.identity_records import Named, Tables
from huaxiang.analyse.likely_pairs import Likeness, likenesses, strongest
from huaxiang.engine.interface import Engine, only
from huaxiang.model.identity import IdentityRules
from huaxiang.model.matching import TrainedModel
from huaxiang.number_words import chance
from huaxiang.prepare.unify import Decision, hold_reason
from huaxiang.prepare.unify.records import LIKENESS
from huaxiang.words import Message


@dataclass(frozen=True)
class Obstacle:
    """One reason why two customers are not one, and the identifier that it is about (empty when it is about none).
    ``likeness``: what speaks for and against, where the records look alike."""

    reason: Message
    identifier_type: str = ""
    identifier_value: str = ""
    likeness: Likeness | None = None


@dataclass(frozen=True)
class Explanation:
    """What joins two records, or what keeps them apart. A chain without steps is one and the same account."""

    customer_a: str
    customer_b: str
    chain: tuple[Step, ...]
    obstacles: tuple[Obstacle, ...]

    @property
    def is_same(self) -> bool:
        """Whether both are one customer."""
        return self.customer_a == self.customer_b


@dataclass(frozen=True)
class Compared:
    """What accounts are judged by: the rules, and the model that compared the published records, if any did."""

    identity: IdentityRules
    model: TrainedModel | None


def explain(
    engine: Engine, tables: Tables, rules: Compared, one: Named, other: Named, between: Collection[Decision]
) -> Explanation:
    """The chain from one record to another, or what keeps their customers apart.

    ``between`` are the standing decisions that keep accounts of the two apart.
    """
    if one.customer_id == other.customer_id:
        joined = chain(engine, tables, rules.model, one, other)
        return Explanation(one.customer_id, other.customer_id, joined, ())
    found = [
        *_decided(between),
        *_alike(engine, tables, rules.model, one, other),
        *_shared(engine, tables, one, other),
        *_differences(engine, tables, rules.identity, one, other),
    ]
    obstacles = tuple(found) or (Obstacle(Message("identity.apart.nothing_in_common")),)
    return Explanation(one.customer_id, other.customer_id, (), obstacles)


def _decided(between: Collection[Decision]) -> list[Obstacle]:
    return [
        Obstacle(
            Message(
                f"identity.apart.{one.kind}",
                {"entry": one.seq, "actor": one.actor, "day": one.at.date().isoformat(), "why": one.why},
            )
        )
        for one in sorted(between)
    ]


def _shared(engine: Engine, tables: Tables, one: Named, other: Named) -> list[Obstacle]:
    """Identifiers that both have, each with the reason for which it joins nobody."""
    known, hold = tables["customer_identifier"], tables["identity_hold"]
    keys = ["identifier_type", "identifier_value"]
    here, there = (known.filter(known.customer_id == id_).select(keys).distinct() for id_ in _ids(one, other))
    both = here.semi_join(there, keys)
    rows = only(engine.arrow(both.left_join(hold, keys).order_by(keys)))
    found = []
    for row in rows:
        kind, value = str(row["identifier_type"]), str(row["identifier_value"])
        if row["reason"] is None:
            found.append(Obstacle(Message("identity.apart.not_a_link", {"type": _type(kind)}), kind, value))
        else:
            count, detail = int(str(row["account_count"])), str(row["detail"])
            reason = hold_reason(kind, row["reason"], count, detail)  # type: ignore[arg-type]
            found.append(Obstacle(reason, kind, value))
    return found


def _alike(engine: Engine, tables: Tables, model: TrainedModel | None, one: Named, other: Named) -> list[Obstacle]:
    """How likely the two are one person by what their records say, where they were compared."""
    pair = strongest(engine, tables, one.accounts, other.accounts) if model else None
    if pair is None or model is None:
        return []
    found = likenesses(engine, tables, model, [pair])[pair]
    told = Message(f"identity.apart.alike_{found.band}", {"share": chance(found.probability, "en")})
    held_back = [Obstacle(Message(found.held_back_by), LIKENESS)] if found.held_back_by else []
    return [Obstacle(told, LIKENESS, str(found.probability), found), *held_back]


def _differences(engine: Engine, tables: Tables, rules: IdentityRules, one: Named, other: Named) -> list[Obstacle]:
    """What the two say differently, as far as the rules mind it."""
    account = tables["account"]
    rows = only(engine.arrow(account.filter(account.customer_id.isin(_ids(one, other)))))
    found = []
    for trait in ("person_name", "gender", "birth_date"):
        here, there = ({row[trait] for row in rows if row["customer_id"] == id_} - {None} for id_ in _ids(one, other))
        if here and there and not here & there:
            found.append(Obstacle(Message(f"identity.apart.other_{trait}")))
    return found + [
        Obstacle(Message("identity.apart.two_numbers", {"type": _type(space)}), space)
        for space in sorted(rules.one_per_customer)
        if len({row["customer_id"] for row in rows if row["namespace"] == space}) > 1
    ]


def _ids(one: Named, other: Named) -> tuple[str, str]:
    return one.customer_id, other.customer_id


def _type(kind: str) -> Message:
    return Message(f"prepare.identifier.{kind}")
