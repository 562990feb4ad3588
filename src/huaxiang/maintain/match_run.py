"""What the last refresh compared, as the table ``match_run`` keeps it: one row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine, count_of, only
from huaxiang.words import Message, message_from

_NAME = "match_run"


class MatchRun(NamedTuple):
    """One run: by which model (None when nothing was compared) and on the basis of which rules; how many operations
    the lake contained, how many records there were and how many pairs were compared; ``messages`` in JSON."""

    model_version: str | None
    basis: str
    operation_count: int
    record_count: int
    compared_count: int
    messages: str = "[]"

    def table(self, engine: Engine) -> ir.Table:
        """The row, to be published."""
        kinds = {int: pa.int64()}
        row = {name: pa.array([value], kinds.get(type(value), pa.string())) for name, value in self._asdict().items()}
        return engine.bring("match_run_row", pa.table(row))


def last_run(engine: Engine) -> MatchRun | None:
    """The run that was published last; None before the first one."""
    if _NAME not in engine.tables():
        return None
    rows = only(engine.arrow(engine.table(_NAME).select(*MatchRun._fields)))
    return MatchRun(**rows[0]) if rows else None  # type: ignore[arg-type]


def last_model(engine: Engine) -> str | None:
    """The version of the model that compared the published pairs; None when nothing was compared."""
    last = last_run(engine)
    return last.model_version if last else None


def operation_count(engine: Engine) -> int:
    """How many landed operations the lake contains; the same number of them is the same data."""
    return count_of(engine, engine.table("operation"))


def told(messages: Sequence[Message]) -> str:
    """Messages as ``match_run`` keeps them."""
    return json.dumps([{"code": one.code, "params": dict(one.params)} for one in messages], ensure_ascii=False)


def said(run: MatchRun) -> list[Message]:
    """The messages of a run."""
    return [message_from(one) for one in json.loads(run.messages)]
