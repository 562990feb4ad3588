"""A run as a row of ``run`` and as an entry of the ledger; either can be made from the other."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.model.operations import RUN
from huaxiang.number_words import MISSING, short_number
from huaxiang.words import Message, say

_NO_MESSAGES = "[]"


def told_messages(messages: Collection[Message]) -> dict[str, str]:
    """What a run has to say beside its numbers, as a part of its body; nothing where it has nothing to say."""
    return {"messages": json.dumps([one.record for one in messages], ensure_ascii=False)} if messages else {}


def run_row(body: Mapping[str, Any]) -> pa.Table:
    """The row of ``run`` for the body of a ``refresh.published`` entry; null where an earlier program said nothing."""
    row = {
        **body,
        "kind": "refresh",
        "as_of": date.fromisoformat(str(body["as_of"])),
        "started_at": datetime.fromisoformat(str(body["started_at"])),
        "seconds": float(str(body["seconds"])),
        "messages": str(body.get("messages", _NO_MESSAGES)),
    }
    return pa.Table.from_pylist([{name: row.get(name) for name in RUN}], schema=ibis.schema(RUN).to_pyarrow())


def run_body(row: Mapping[str, Any]) -> dict[str, object]:
    """The body of the ``refresh.published`` entry of a row of ``run``; :func:`run_row` is the way back."""
    told = {name: row[name] for name in RUN if name != "kind" and row.get(name) not in (None, _NO_MESSAGES)}
    return told | {
        "as_of": row["as_of"].isoformat(),
        "started_at": row["started_at"].isoformat(),
        "seconds": f"{row['seconds']:.2f}",
    }


def added_run(engine: Engine, run: pa.Table) -> tuple[dict[str, ir.Table], dict[str, ir.Table]]:
    """The table ``run`` with one more row, as what a publication replaces and what it appends.

    A lake that an earlier program made lacks columns of :data:`RUN`; it gets them, without a value.
    """
    before, row = engine.table("run"), engine.bring("run_row", run)
    lacking = {name: ibis.null(kind) for name, kind in RUN.items() if name not in before.columns}
    if not lacking:
        return {}, {"run": row}
    return {"run": engine.keep("completed_runs", before.mutate(**lacking).select(*RUN).union(row))}, {}


def computed_words(run: Mapping[str, Any], lang: str) -> str:
    """For how many customers a run computed the tags of their own, in words; a dash where it does not say."""
    scope = run.get("scope")
    return say(f"runs.scope.{scope}", lang, n=short_number(run["computed_count"], lang)) if scope else MISSING
