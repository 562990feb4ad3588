"""Which further columns of imported files the rule of a tag names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from huaxiang.model.condition_facts import extras_named
from huaxiang.model.conditions import fields_named
from huaxiang.model.extra_columns import is_extra
from huaxiang.model.rules import Layers, Rule


def extras_of(rule: Rule) -> Iterator[tuple[str, str]]:
    """Each with its fact table, as often as it is named; those of the crowds included that layers name."""
    if isinstance(rule, Layers):
        for layer in rule.layers:
            yield from extras_named(layer.when)
    whole: Any = rule
    for part in (whole, *getattr(whole, "parts", ())):
        where = getattr(part, "where", None)
        named = [getattr(part, name, None) for name in ("column", "by")]
        named += fields_named(where) if where is not None else ()
        fact = getattr(part, "fact", "")
        yield from ((fact, name) for name in named if fact and isinstance(name, str) and is_extra(name))
