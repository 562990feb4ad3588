"""In which order tags can be computed: each after the tags it is computed from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from huaxiang.analyse.registry import analysis_named
from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.conditions import fields_named
from huaxiang.model.expressions import tags_in
from huaxiang.model.rules import (
    Anniversary,
    Distribution,
    Everyone,
    Expression,
    Formula,
    Layers,
    Lookup,
    Model,
    Percentile,
    Preference,
    Rule,
    Since,
)
from huaxiang.model.segment_order import crowd_parts
from huaxiang.model.tags import Tag, Tags


def needed_by(rule: Rule) -> tuple[str, ...]:
    """The tags that a rule is computed from, in reading order, each once; none for rules over fact tables."""
    match rule:
        case Formula() | Expression():
            found = tags_in(rule.tree)
        case Since() | Anniversary() | Lookup():
            found = (rule.of,)
        case Everyone():
            found = (rule.divide, rule.by)
        case Percentile():
            found = (rule.of, *([rule.within] if rule.within else []))
        case Layers():
            named = [key for layer in rule.layers for key in fields_named(layer.when)]
            found = (*rule.needs, *named)
        case Model():
            found = analysis_named(rule.analysis).needs
        case _:
            found = ()
    return tuple(dict.fromkeys(found))


def levels(tags: Tags) -> list[list[Tag]]:
    """The tags in levels: those of a level need only tags of the levels before it.

    Raises :class:`DefinitionError` for a tag that needs an unknown tag, or itself in a circle.
    """
    level_of: dict[str, int] = {}
    for key in tags:
        _place(key, tags, level_of, ())
    found: list[list[Tag]] = [[] for _ in range(max(level_of.values(), default=-1) + 1)]
    for key, tag in tags.items():
        found[level_of[key]].append(tag)
    return found


def full_only(tags: Tags) -> frozenset[str]:
    """The tags whose value with one customer depends on other customers, directly or through other tags.

    Percentiles, figures of everyone, hours mixed with everybody's, preferences against what everybody prefers, what
    analyses say, and whatever is computed from them: when anybody changes, they have to be computed for all. Every
    other tag depends on nothing but the customer's own rows and the day.
    """
    found: set[str] = set()
    for level in levels(tags):
        for tag in level:
            if _looks_at_others(tag.rule) or found.intersection(needed_by(tag.rule)):
                found.add(tag.key)
    return frozenset(found)


def _looks_at_others(rule: Rule) -> bool:
    if isinstance(rule, Preference):
        return rule.idf
    if isinstance(rule, Distribution):
        return rule.smooth > 0
    return isinstance(rule, Everyone | Percentile | Model)


def with_needed(keys: Sequence[str], tags: Tags) -> dict[str, Tag]:
    """The tags of those keys and every tag that they are computed from, in the order of ``tags``."""
    wanted: set[str] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key not in wanted:
            wanted.add(key)
            waiting += needed_by(_tag(key, tags, key).rule)
    return {key: tag for key, tag in tags.items() if key in wanted}


def _place(key: str, tags: Tags, level_of: dict[str, int], path: tuple[str, ...]) -> int:
    if key in path:
        raise DefinitionError("tag.circle", circle=" → ".join(_through_crowds((*path[path.index(key) :], key), tags)))
    if key not in level_of:
        before = [
            _place(need, tags, level_of, (*path, key))
            for need in needed_by(_tag(key, tags, path[-1] if path else key).rule)
        ]
        level_of[key] = max(before, default=-1) + 1
    return level_of[key]


def _through_crowds(path: tuple[str, ...], tags: Tags) -> Iterator[str]:
    """The tags of a path, and between two of them the crowd that leads from one to the other, where one does."""
    for key, need in pairwise(path):
        yield key
        rule = tags[key].rule
        named = [one for layer in rule.layers for one in crowd_parts(layer.when)] if isinstance(rule, Layers) else []
        leading = [f"crowd {one.crowd}" for one in named if need in fields_named(one)]
        yield from leading[:1]
    yield path[-1]


def _tag(key: str, tags: Tags, asked_by: str) -> Tag:
    if key not in tags:
        raise DefinitionError("tag.needs_unknown", tag=asked_by, given=key, nearest=nearest(key, tags))
    return tags[key]
