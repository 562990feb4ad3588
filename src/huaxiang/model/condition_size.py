"""How large a condition may be: an input of any size or depth is refused before anything recurses into it."""

from __future__ import annotations

from typing import Any

from huaxiang.errors import DefinitionError
from huaxiang.model.field_tests import Node

MOST_NODES = 500
DEEPEST = 20
_GROUPS = ("all", "any", "sequence")
_SINGLE = ("not", "part", "where", "has", "without", "of", "cap", "by")


def check_size(given: Any) -> None:
    """Raise :class:`DefinitionError` for more than 500 nodes or 20 levels, those inside events included.

    ``given`` is a raw record or a condition; what is written as text inside a record is not counted.
    """
    waiting, seen = [(given, 1)], 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if seen > MOST_NODES:
            raise DefinitionError("condition.too_large", most=MOST_NODES)
        if depth > DEEPEST:
            raise DefinitionError("condition.too_deep", most=DEEPEST)
        waiting += [(part, depth + 1) for part in _parts(node)]


def _parts(node: Any) -> list[Any]:
    found = vars(node) if isinstance(node, Node) else node
    if not isinstance(found, dict):
        return []
    groups = [found[name] for name in _GROUPS if isinstance(found.get(name), list | tuple)]
    single = [found[name] for name in _SINGLE if found.get(name) is not None]
    return [part for group in groups for part in group] + [part for part in single if not isinstance(part, str)]
