"""Why two records are one customer: the shortest chain of links between them. Or why they are not."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.identity_records import Named, Tables
from huaxiang.engine.interface import Engine, only
from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify import Decision, hold_reason, link_reason
from huaxiang.words import Message

_EVIDENCE = 20


@dataclass(frozen=True)
class Step:
    """One link of the chain, read from ``account_key_a`` to ``account_key_b``, with the rows of files that show it:
    ``account_key, source, file_name, source_row, is_verified``, at most 20."""

    account_key_a: str
    account_key_b: str
    identifier_type: str
    identifier_value: str
    rule: str
    is_verified: bool
    reason: Message
    evidence: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Obstacle:
    """One reason why two customers are not one, and the identifier that it is about (empty when it is about none)."""

    reason: Message
    identifier_type: str = ""
    identifier_value: str = ""


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


def explain(
    engine: Engine, tables: Tables, rules: IdentityRules, one: Named, other: Named, between: Collection[Decision]
) -> Explanation:
    """The chain from one record to another, or what keeps their customers apart.

    ``between`` are the standing decisions that keep accounts of the two apart.
    """
    if one.customer_id == other.customer_id:
        chain = _chain(engine, tables, one, other)
        return Explanation(one.customer_id, other.customer_id, chain, ())
    found = [*_decided(between), *_shared(engine, tables, one, other), *_differences(engine, tables, rules, one, other)]
    obstacles = tuple(found) or (Obstacle(Message("identity.apart.nothing_in_common")),)
    return Explanation(one.customer_id, other.customer_id, (), obstacles)


def _chain(engine: Engine, tables: Tables, one: Named, other: Named) -> tuple[Step, ...]:
    link = tables["identity_link"]
    rows = only(engine.arrow(link.filter(link.customer_id == one.customer_id).order_by(link.columns)))
    path = _path(rows, set(one.meant), set(other.meant))
    evidence = _evidence(engine, tables, one.customer_id)
    return tuple(_step(row, start, evidence) for row, start in path)


def _path(links: list[dict[str, Any]], starts: set[str], ends: set[str]) -> list[tuple[dict[str, Any], str]]:
    """The links of a shortest path, each with the account where it is entered; decided and sure links come first."""
    beside: defaultdict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for row in sorted(links, key=lambda row: (not row["is_verified"], row["rule"])):
        a, b = row["account_key_a"], row["account_key_b"]
        beside[a].append((b, row))
        beside[b].append((a, row))
    came: dict[str, tuple[str, dict[str, Any]] | None] = dict.fromkeys(sorted(starts))
    waiting = deque(came)
    while waiting and waiting[0] not in ends:
        for neighbour, row in beside[waiting[0]]:
            if neighbour not in came:
                came[neighbour] = (waiting[0], row)
                waiting.append(neighbour)
        waiting.popleft()
    return _walked(came, waiting[0]) if waiting else []


def _walked(came: Mapping[str, tuple[str, dict[str, Any]] | None], end: str) -> list[tuple[dict[str, Any], str]]:
    path = []
    while (step := came[end]) is not None:
        path.append((step[1], step[0]))
        end = step[0]
    return path[::-1]


def _step(row: dict[str, Any], start: str, evidence: list[dict[str, Any]]) -> Step:
    end = row["account_key_b"] if row["account_key_a"] == start else row["account_key_a"]
    value = (row["identifier_type"], row["identifier_value"])
    shown = tuple(
        {name: one[name] for name in ("account_key", "source", "file_name", "source_row", "is_verified")}
        for one in evidence
        if (one["identifier_type"], one["identifier_value"]) == value and one["account_key"] in (start, end)
    )
    reason = link_reason(value[0], row["rule"], is_verified=row["is_verified"], detail=row["detail"])
    return Step(start, end, *value, row["rule"], row["is_verified"], reason, shown[:_EVIDENCE])


def _evidence(engine: Engine, tables: Tables, customer_id: str) -> list[dict[str, Any]]:
    known, imports = tables["customer_identifier"], engine.table("import")
    mine = known.filter(known.customer_id == customer_id)
    files = imports.select(of_import="import_id", file_name="file_name").distinct(on="of_import", keep="first")
    rows = mine.left_join(files, mine.import_id == files.of_import)
    return only(engine.arrow(rows.order_by(["account_key", "import_id", "source_row"])))


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
    return found + _unlikely(engine, hold, one, other)


def _unlikely(engine: Engine, hold: ir.Table, one: Named, other: Named) -> list[Obstacle]:
    rows = only(engine.arrow(hold.filter(hold.identifier_type == "likeness")))
    sides = ({*one.accounts}, {*other.accounts})
    held = [row for row in rows if all(side & {*str(row["account_keys"]).split(", ")} for side in sides)]
    return [Obstacle(hold_reason("likeness", row["reason"], 2), "likeness") for row in held]  # type: ignore[arg-type]


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
