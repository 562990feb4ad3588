"""The customers who are most like this one: who they are, masked, and in which tags the two agree and differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from huaxiang.analyse.likeness import Likeness, comparable, likeness, seen_in
from huaxiang.analyse.similar import LEAST_TAGS, Similar, compared, similar
from huaxiang.model.one_customer import one_customer
from huaxiang.model.tags import Tag
from huaxiang.number_words import percent, short_number
from huaxiang.release.door import ColumnPolicy
from huaxiang.release.row_door import release_row
from huaxiang.server.customers.at_hand import several
from huaxiang.server.customers.one_row import CONTACT_POLICIES, OPEN, OneRow
from huaxiang.server.customers.values import tag_words
from huaxiang.server.customers.visit import Visit
from huaxiang.server.snapshot_values import once_per_snapshot
from huaxiang.words import say

MOST_ALIKE, MOST_DIFFERENT = 5, 2


@dataclass(frozen=True)
class Trait:
    """One tag by which two customers were compared; ``other`` is how the other one has it, where the two differ."""

    element: str
    label: str
    value: str
    other: str = ""


@dataclass(frozen=True)
class Alike:
    """One customer who is like the one shown."""

    customer_id: str
    name: str
    likeness: str
    same: tuple[Trait, ...]
    different: tuple[Trait, ...]


def alike_part(_: HttpRequest, visit: Visit, one: OneRow) -> dict[str, Any]:
    """The customers of the visitor's stores who are most alike; a past day has none to compare with."""
    tags = compared(one_customer().likeness, visit.tags, one.raw)
    near = [] if visit.past_day or len(tags) < LEAST_TAGS else _near(visit, one, tags)
    others = _others(visit, [each.customer_id for each in near], tags)
    shown = [_alike(visit, one, each, others[each.customer_id]) for each in near if each.customer_id in others]
    by = say("portrait.join", visit.lang).join(tag.name.say(visit.lang) for tag in tags)
    return {
        "alike": shown,
        "alike_by": by,
        "alike_lede": say("portrait.alike.lede", visit.lang, n=short_number(len(tags), visit.lang)),
        "alike_empty": _why_nobody(visit, tags),
    }


def _why_nobody(visit: Visit, tags: tuple[Tag, ...]) -> str:
    code = "past" if visit.past_day else "little" if len(tags) < LEAST_TAGS else "nobody"
    return say(f"portrait.alike.{code}", visit.lang)


def _near(visit: Visit, one: OneRow, tags: tuple[Tag, ...]) -> list[Similar]:
    tables, stores = visit.portrait.tables, visit.access.stores
    everyone = _everyone(visit)
    among = None if stores is None else once_per_snapshot(
        visit.engine, ("seen_in", stores), lambda: seen_in(visit.engine, everyone, tables["sale"], stores)
    )  # fmt: skip
    return similar(everyone, tags, one.customer_id, among)


def _everyone(visit: Visit) -> Likeness:
    every = comparable(one_customer().likeness, visit.tags)
    key = ("likeness", tuple((tag.key, tag.type) for tag in every))
    profile = visit.portrait.tables["profile"]
    return once_per_snapshot(visit.engine, key, lambda: likeness(visit.engine, profile, every))


def _others(visit: Visit, customer_ids: list[str], tags: tuple[Tag, ...]) -> dict[str, Mapping[str, Any]]:
    """How these customers are called, masked, and their values; those whom the visitor does not see are left out."""
    rows = several(visit.engine, visit.portrait, customer_ids, [tag.key for tag in tags])
    policies = [*OPEN, *CONTACT_POLICIES, *(ColumnPolicy(tag.key, tag.sensitivity) for tag in tags)]
    released = (release_row(row, policies, visit.access) for row in rows)
    return {out.row["customer_id"]: out.row for out in released if out is not None}


def _alike(visit: Visit, one: OneRow, found: Similar, other: Mapping[str, Any]) -> Alike:
    name = other["person_name"] or say("customer.nameless", visit.lang)
    same = tuple(_trait(visit, one, visit.tags[key]) for key in found.alike(MOST_ALIKE))
    different = tuple(
        _trait(visit, one, visit.tags[key], _words(visit, visit.tags[key], other[key]))
        for key in found.different(MOST_DIFFERENT)
    )
    return Alike(found.customer_id, name, percent(1 - found.distance, visit.lang), same, different)


def _trait(visit: Visit, one: OneRow, tag: Tag, other: str = "") -> Trait:
    return Trait(tag.element, tag.name.say(visit.lang), _words(visit, tag, one.shown[tag.key]), other)


def _words(visit: Visit, tag: Tag, value: Any) -> str:
    return tag_words(value, tag, visit.lang, visit.currency)
