"""The shortest chain of links between two records of one customer, each link with what shows it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huaxiang.analyse.identity_records import Named, Tables
from huaxiang.analyse.likely_pairs import Likeness, likenesses
from huaxiang.analyse.lone_links import with_lone
from huaxiang.engine.interface import Engine, only
from huaxiang.model.matching import TrainedModel
from huaxiang.prepare.unify import link_reason
from huaxiang.prepare.unify.records import LIKENESS
from huaxiang.words import Message

_EVIDENCE = 20
_ROW = ("account_key", "source", "file_name", "source_row", "is_verified")


@dataclass(frozen=True)
class Step:
    """One link of the chain, read from ``account_key_a`` to ``account_key_b``, with the rows of files that show it:
    ``account_key, source, file_name, source_row, is_verified``, at most 20. ``likeness``: of a link by likeness, what
    speaks for it; None where nobody can tell any more. ``is_lone``: nothing else ties the two accounts together."""

    account_key_a: str
    account_key_b: str
    identifier_type: str
    identifier_value: str
    rule: str
    is_verified: bool
    reason: Message
    evidence: tuple[Mapping[str, Any], ...]
    likeness: Likeness | None = None
    is_lone: bool = False


def chain(engine: Engine, tables: Tables, model: TrainedModel | None, one: Named, other: Named) -> tuple[Step, ...]:
    """The links from one record to another of the same customer, none for one and the same account. ``model`` is what
    compared the published records, if anything did. Unmasked."""
    link = tables["identity_link"]
    mine = with_lone(tables, link.filter(link.customer_id == one.customer_id))
    rows = only(engine.arrow(mine.order_by(link.columns)))
    path = _path(rows, set(one.meant), set(other.meant))
    evidence = _evidence(engine, tables, one.customer_id)
    alike = [(row["account_key_a"], row["account_key_b"]) for row, _ in path if row["identifier_type"] == LIKENESS]
    why = likenesses(engine, tables, model, alike) if model else {}
    return tuple(_step(row, start, evidence, why) for row, start in path)


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


def _step(
    row: dict[str, Any], start: str, evidence: list[dict[str, Any]], why: Mapping[tuple[str, str], Likeness]
) -> Step:
    end = row["account_key_b"] if row["account_key_a"] == start else row["account_key_a"]
    value = (row["identifier_type"], row["identifier_value"])
    alike = why.get((row["account_key_a"], row["account_key_b"]))
    reason = link_reason(value[0], row["rule"], is_verified=row["is_verified"], detail=row["detail"])
    shown = _shown(value, {start, end}, evidence)
    return Step(start, end, *value, row["rule"], row["is_verified"], reason, shown, alike, row["is_lone"])


def _shown(value: tuple[str, str], ends: set[str], evidence: list[dict[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """The rows of files that show a value; who looks alike is shown by all rows of both accounts, each once."""
    rows = [one for one in evidence if one["account_key"] in ends]
    if value[0] == LIKENESS:
        rows = list({(one["account_key"], one["file_name"], one["source_row"]): one for one in rows}.values())
    else:
        rows = [one for one in rows if (one["identifier_type"], one["identifier_value"]) == value]
    return tuple({name: one[name] for name in _ROW} for one in rows[:_EVIDENCE])


def _evidence(engine: Engine, tables: Tables, customer_id: str) -> list[dict[str, Any]]:
    known, imports = tables["customer_identifier"], engine.table("import")
    mine = known.filter(known.customer_id == customer_id)
    files = imports.select(of_import="import_id", file_name="file_name").distinct(on="of_import", keep="first")
    rows = mine.left_join(files, mine.import_id == files.of_import)
    return only(engine.arrow(rows.order_by(["account_key", "import_id", "source_row"])))
