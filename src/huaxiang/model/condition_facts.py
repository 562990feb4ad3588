"""Which fact tables a condition looks at, and which further columns of their rows."""

from __future__ import annotations

from collections.abc import Iterator

from huaxiang.model.conditions import Condition, Did, First, Last, Sequence, caps, fields_named, leaves
from huaxiang.model.extra_columns import is_extra


def facts_named(condition: Condition) -> tuple[str, ...]:
    """The fact tables in which it looks what customers did, in reading order, each once; not those of its crowds."""
    found: list[str] = []
    for leaf in leaves(condition):
        match leaf:
            case Did():
                found.append(leaf.did)
            case First():
                found.append(leaf.first)
            case Last():
                found.append(leaf.last)
            case Sequence():
                found += [event.event for step in leaf.sequence for event in (step, step.without) if event]
            case _:
                pass
    found += [one.cap.by.did for one in caps(condition) if not isinstance(one.cap.by, str)]
    return tuple(dict.fromkeys(found))


def extras_named(condition: Condition) -> Iterator[tuple[str, str]]:
    """The further columns of events that it names, each with its fact table, as often as it does; not those of the
    crowds that it names."""
    rows: list[tuple[str, Condition | None, str | None]] = []
    for leaf in leaves(condition):
        match leaf:
            case Did():
                rows.append((leaf.did, leaf.where, leaf.column))
            case First() | Last():
                fact = leaf.first if isinstance(leaf, First) else leaf.last
                rows += [(fact, leaf.where, None), (fact, leaf.has, None)]
            case Sequence():
                events = [event for step in leaf.sequence for event in (step, step.without) if event]
                rows += [(event.event, event.where, None) for event in events]
            case _:
                pass
    rows += [(by.did, by.where, by.column) for one in caps(condition) if not isinstance(by := one.cap.by, str)]
    for fact, where, column in rows:
        named = [*(fields_named(where) if where is not None else ()), *([column] if column else [])]
        yield from ((fact, name) for name in named if is_extra(name))
