"""Which fact tables a condition looks at."""

from __future__ import annotations

from huaxiang.model.conditions import Condition, Did, First, Last, Sequence, caps, leaves


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
