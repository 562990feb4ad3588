"""What a document is computed from: one published state of a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from huaxiang.engine.interface import Engine
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tags


@dataclass(frozen=True)
class State:
    """A published state: its tables, its day, its definitions and the ledger entry that says it was published.

    ``smallest_cell`` is the least count of people that is shown; ``currency`` that of amounts (ISO 4217).
    """

    engine: Engine
    as_of: date
    tags: Tags
    segments: Segments
    definitions_version: str
    smallest_cell: int
    currency: str
    timezone: str
    ledger_position: int
    ledger_hash: str
