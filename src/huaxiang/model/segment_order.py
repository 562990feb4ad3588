"""In which order crowds can be computed: each after the crowds that it names."""

from __future__ import annotations

from collections.abc import Iterator

from huaxiang.model.conditions import Condition, CrowdRule, InCrowd, caps, parts
from huaxiang.model.segments import Segment, Segments


def crowds_named(condition: Condition) -> tuple[str, ...]:
    """The crowds that a condition names itself, in reading order, each once."""
    return tuple(dict.fromkeys(one.crowd for one in crowd_parts(condition)))


def crowd_parts(condition: Condition) -> Iterator[InCrowd | CrowdRule]:
    """Where a condition names crowds itself, in reading order."""
    if isinstance(condition, InCrowd | CrowdRule):
        yield condition
        return
    for part in parts(condition):
        yield from crowd_parts(part)


def in_order(segments: Segments) -> Iterator[Segment]:
    """Every crowd after those that its rule names, else as they stood. Those that name each other in a circle come
    last, where each is refused when it is asked."""
    waiting = dict(segments)
    while waiting:
        ready = [key for key, one in waiting.items() if not (waiting.keys() & crowds_named(one.condition)) - {key}]
        for key in ready or list(waiting):
            yield waiting.pop(key)


def asks_everybody(condition: Condition, segments: Segments) -> bool:
    """Whether the condition, or a crowd that it names, has a cap: of one customer alone nobody can tell then."""
    waiting, seen = [condition], set[str]()
    while waiting:
        one = waiting.pop()
        if next(caps(one), None) is not None:
            return True
        named = [key for key in crowds_named(one) if key in segments and key not in seen]
        seen.update(named)
        waiting += [segments[key].condition for key in named]
    return False
