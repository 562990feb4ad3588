"""Lineage of tags, both ways: what a tag is computed from, and what breaks when it is changed or retired."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from huaxiang.analyse.order import needed_by
from huaxiang.analyse.registry import analysis_named
from huaxiang.model.condition_facts import facts_named
from huaxiang.model.conditions import fields_named
from huaxiang.model.rules import Layers, Model
from huaxiang.model.segment_order import crowds_named
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tag, Tags

#: By place of the pages, document or exports: the tags that it shows.
Shown = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Made:
    """What a tag is computed from: columns by fact table, and tags, the nearest first."""

    facts: Mapping[str, tuple[str, ...]]
    tags: tuple[str, ...]
    all_tags: tuple[str, ...]


@dataclass(frozen=True)
class Uses:
    """Where a tag is used: tags computed from it (directly and at all), crowds whose rule names one of these, and the
    places that show it."""

    tags: tuple[str, ...]
    all_tags: tuple[str, ...]
    segments: tuple[str, ...]
    shown: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many tags, crowds and places need it."""
        return len(self.tags) + len(self.segments) + len(self.shown)


def made_from(tag: Tag, tags: Tags) -> Made:
    """What the tag is computed from, through every tag between."""
    chain = _closure(tag.key, lambda key: needed_by(tags[key].rule) if key in tags else ())
    facts: dict[str, set[str]] = {}
    for one in (tag, *(tags[key] for key in chain if key in tags)):
        for fact, columns in _looked_at(one.rule):
            facts.setdefault(fact, set()).update(columns)
    return Made({name: tuple(sorted(facts[name])) for name in sorted(facts)}, needed_by(tag.rule), chain)


def uses(key: str, tags: Tags, segments: Segments, shown: Shown) -> Uses:
    """What needs the tag of that key."""
    return all_uses(tags, segments, shown, (key,))[key]


def all_uses(tags: Tags, segments: Segments, shown: Shown, keys: Collection[str] | None = None) -> dict[str, Uses]:
    """What needs each tag (or those of ``keys``), by key. Drafts count: they too would lose it."""
    above: dict[str, list[str]] = {}
    for tag in tags.values():
        for need in needed_by(tag.rule):
            above.setdefault(need, []).append(tag.key)
    named = {key: _fields_of_crowd(key, segments) for key in segments}
    found = {}
    for key in tags if keys is None else keys:
        chain = _closure(key, lambda one: above.get(one, ()))
        meant = {key, *chain}
        crowds = tuple(name for name, fields in named.items() if fields & meant)
        places = tuple(place for place, listed in shown.items() if key in listed)
        found[key] = Uses(tuple(above.get(key, ())), chain, crowds, places)
    return found


def _fields_of_crowd(key: str, segments: Segments) -> set[str]:
    """The fields that a crowd's rule names, and those of the crowds that it names."""
    chain = _closure(key, lambda one: crowds_named(segments[one].condition) if one in segments else ())
    known = [segments[one].condition for one in (key, *chain) if one in segments]
    return {field for condition in known for field in fields_named(condition)}


def _closure(key: str, next_of: Any) -> tuple[str, ...]:
    found: dict[str, None] = {}
    waiting = [key]
    while waiting:
        for one in next_of(waiting.pop(0)):
            if one not in found and one != key:
                found[one] = None
                waiting.append(one)
    return tuple(found)


def _looked_at(rule: BaseModel) -> Iterator[tuple[str, set[str]]]:
    """The fact tables that a rule or the parts of it look at, each with the columns that they name."""
    fact = getattr(rule, "fact", None)
    if fact is not None:
        named = {value for name in ("column", "by") if isinstance(value := getattr(rule, name, None), str)}
        where = getattr(rule, "where", None)
        yield fact, named | (set(fields_named(where)) if where is not None else set())
    if isinstance(rule, Model):
        yield from ((table, set[str]()) for table in analysis_named(rule.analysis).inputs if table != "profile")
    if isinstance(rule, Layers):
        yield from ((name, set[str]()) for layer in rule.layers for name in facts_named(layer.when))
    for part in getattr(rule, "parts", ()):
        if isinstance(part, BaseModel):
            yield from _looked_at(part)
