"""In which order tags can be computed: each after the tags it is computed from."""

from __future__ import annotations

from collections.abc import Sequence

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.compared import check
from huaxiang.model.conditions import leaves
from huaxiang.model.facts import fact_named
from huaxiang.model.formulas import tags_in
from huaxiang.model.rules import (
    Anniversary,
    Everyone,
    Favourite,
    Formula,
    Golden,
    Layers,
    Lookup,
    Rule,
    Since,
    Statistic,
)
from huaxiang.model.tags import Tag, Tags, fields_of, groups_of


def needed_by(rule: Rule) -> tuple[str, ...]:
    """The tags that a rule is computed from, in reading order, each once; none for rules over fact tables."""
    match rule:
        case Formula():
            found = tags_in(rule.formula)
        case Since() | Anniversary() | Lookup():
            found = (rule.of,)
        case Everyone():
            found = (rule.divide, rule.by)
        case Layers():
            named = [test.field for layer in rule.layers for test in leaves(layer.when)]
            found = (*rule.needs, *named)
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


def check_tags(tags: Tags) -> None:
    """Raise :class:`DefinitionError` at the first tag that does not hold together with the others."""
    levels(tags)
    fields = fields_of(tags)
    for tag in tags.values():
        _check_rule(tag)
        for layer in tag.rule.layers if isinstance(tag.rule, Layers) else ():
            check(layer.when, fields)
            _check_value(tag, layer.value)


def _check_rule(tag: Tag) -> None:
    rule = tag.rule
    if isinstance(rule, Golden | Statistic | Favourite):
        columns = fact_named(rule.fact).columns
        named = [rule.column] if rule.column else []
        named += [rule.by] if isinstance(rule, Favourite) and rule.by else []
        unknown = [name for name in named if name not in columns]
        if unknown or (isinstance(rule, Statistic) and rule.measure != "count" and not named):
            given = unknown[0] if unknown else "—"
            close = nearest(given, columns)
            raise DefinitionError("tag.unknown_column", tag=tag.key, fact=rule.fact, given=given, nearest=close)
        if rule.where:
            check(rule.where, columns)
    elif isinstance(rule, Lookup):
        for group in (*groups_of(rule.groups), *([rule.otherwise] if rule.otherwise else [])):
            _check_value(tag, group)


def _check_value(tag: Tag, value: str) -> None:
    if value not in tag.values:
        raise DefinitionError("tag.value_without_name", tag=tag.key, given=value)


def _place(key: str, tags: Tags, level_of: dict[str, int], path: tuple[str, ...]) -> int:
    if key in path:
        raise DefinitionError("tag.circle", circle=" → ".join((*path[path.index(key) :], key)))
    if key not in level_of:
        before = [
            _place(need, tags, level_of, (*path, key))
            for need in needed_by(_tag(key, tags, path[-1] if path else key).rule)
        ]
        level_of[key] = max(before, default=-1) + 1
    return level_of[key]


def _tag(key: str, tags: Tags, asked_by: str) -> Tag:
    if key not in tags:
        raise DefinitionError("tag.needs_unknown", tag=asked_by, given=key, nearest=nearest(key, tags))
    return tags[key]
