"""In which order crowds can be computed: each after the crowds that it names."""

from __future__ import annotations

from huaxiang.errors import DefinitionError
from huaxiang.model.conditions import Condition, InCrowd, caps, leaves
from huaxiang.model.segments import Segments, segment_named


def crowds_named(condition: Condition) -> tuple[str, ...]:
    """The crowds that a condition names itself, in reading order, each once."""
    return tuple(dict.fromkeys(leaf.crowd for leaf in leaves(condition) if isinstance(leaf, InCrowd)))


def in_order(segments: Segments) -> tuple[str, ...]:
    """The keys of all segments, each after those that it names; else as they stood.

    Raises :class:`DefinitionError` for an unknown crowd, and for crowds that name each other in a circle.
    """
    placed: dict[str, None] = {}
    for key in segments:
        _place(key, segments, placed, ())
    return tuple(placed)


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


def named_by(key: str, segments: Segments) -> tuple[str, ...]:
    """The segments that name that one themselves: what changes or breaks when it does."""
    return tuple(other for other, one in segments.items() if key in crowds_named(one.condition))


def _place(key: str, segments: Segments, placed: dict[str, None], path: tuple[str, ...]) -> None:
    if key in path:
        raise DefinitionError("segment.circle", circle=" → ".join((*path[path.index(key) :], key)))
    if key not in placed:
        for other in crowds_named(segment_named(key, segments).condition):
            _place(other, segments, placed, (*path, key))
        placed[key] = None
