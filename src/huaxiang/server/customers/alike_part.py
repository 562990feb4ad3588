"""The customers who are most like this one: who they are, masked, and in which tags the two agree and differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.http import HttpRequest

from huaxiang.analyse.contacts import contacts
from huaxiang.analyse.customers import stores_of
from huaxiang.analyse.similar import LEAST_TAGS, Similar, compared, similar
from huaxiang.model.one_customer import one_customer
from huaxiang.model.tags import Tag
from huaxiang.number_words import percent, short_number
from huaxiang.release.door import release
from huaxiang.server.customers.one_row import CONTACT_POLICIES, OPEN, OneRow
from huaxiang.server.customers.values import tag_words
from huaxiang.server.customers.visit import Visit
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
    near = [] if visit.past_day else similar(
        visit.engine, visit.portrait.tables, tags, one.customer_id, visit.access.stores
    )  # fmt: skip
    names = _names(visit, [each.customer_id for each in near])
    shown = [_alike(visit, one, each, names[each.customer_id]) for each in near if each.customer_id in names]
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


def _names(visit: Visit, customer_ids: list[str]) -> dict[str, str]:
    if not customer_ids:
        return {}
    rows = contacts(visit.engine, visit.portrait.tables, customer_ids)
    stores = stores_of(visit.engine, visit.portrait.tables["sale"], customer_ids)
    known = pa.array([stores.get(each, []) for each in customer_ids], pa.list_(pa.string()))
    out = release(rows.append_column("stores", known), [*OPEN, *CONTACT_POLICIES], visit.access).table
    nameless = say("customer.nameless", visit.lang)
    return {str(row["customer_id"]): row["person_name"] or nameless for row in out.to_pylist()}


def _alike(visit: Visit, one: OneRow, found: Similar, name: str) -> Alike:
    same = tuple(_trait(visit, one, visit.tags[key]) for key in found.alike(MOST_ALIKE))
    different = tuple(
        _trait(visit, one, visit.tags[key], _words(visit, visit.tags[key], found.values[key]))
        for key in found.different(MOST_DIFFERENT)
    )
    return Alike(found.customer_id, name, percent(1 - found.distance, visit.lang), same, different)


def _trait(visit: Visit, one: OneRow, tag: Tag, other: str = "") -> Trait:
    return Trait(tag.element, tag.name.say(visit.lang), _words(visit, tag, one.shown[tag.key]), other)


def _words(visit: Visit, tag: Tag, value: Any) -> str:
    return tag_words(value, tag, visit.lang, visit.currency)
