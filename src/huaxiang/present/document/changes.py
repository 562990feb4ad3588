"""What changed from one edition to the next: facts that moved, and crowds that are new or gone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from huaxiang.analyse.document_facts import DocumentFact, FactBook


@dataclass(frozen=True)
class Change:
    """One fact that reads differently than before. ``difference`` is new less old, None where that has no meaning."""

    key: str
    old: DocumentFact
    new: DocumentFact
    difference: DocumentFact | None


@dataclass(frozen=True)
class Changes:
    """What moved between two books of facts, in the order of the newer one."""

    moved: tuple[Change, ...]
    new_segments: tuple[DocumentFact, ...]
    gone_segments: tuple[DocumentFact, ...]

    @property
    def keys(self) -> frozenset[str]:
        """The facts that moved."""
        return frozenset(change.key for change in self.moved)


def changes(previous: FactBook, current: FactBook) -> Changes:
    """Every fact that both books have and that differs, however little; names of things do not count as numbers."""
    both = [key for key in current.facts if key in previous.facts and not key.endswith((".name", ".form"))]
    moved = tuple(
        _change(key, previous.facts[key], current.facts[key]) for key in both if _differ(previous, current, key)
    )
    return Changes(moved, _segments(current, previous), _segments(previous, current))


def _differ(previous: FactBook, current: FactBook, key: str) -> bool:
    old, new = previous.facts[key], current.facts[key]
    return (old.value, old.is_hidden) != (new.value, new.is_hidden)


def _change(key: str, old: DocumentFact, new: DocumentFact) -> Change:
    return Change(key, old, new, _difference(old, new))


def _difference(old: DocumentFact, new: DocumentFact) -> DocumentFact | None:
    numbers = (int, float, Decimal)
    if old.kind != new.kind or not isinstance(old.value, numbers) or not isinstance(new.value, numbers):
        return None
    moved = Decimal(str(new.value)) - Decimal(str(old.value))
    value = int(moved) if new.kind == "count" else moved
    return DocumentFact(new.key, value, new.kind, new.meaning, new.query, new.column)


def _segments(inside: FactBook, outside: FactBook) -> tuple[DocumentFact, ...]:
    names = [key for key in inside.facts if key.startswith("crowd.") and key.endswith(".name")]
    return tuple(inside.facts[key] for key in names if key not in outside.facts)
