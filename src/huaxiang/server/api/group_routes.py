"""Groups for programs: what sets a group apart from others, in honest numbers, and a short rule that finds it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from huaxiang.analyse.groups.concealed import concealed
from huaxiang.analyse.groups.contrast import group_portrait
from huaxiang.analyse.groups.echoes import echoes
from huaxiang.analyse.groups.pasted_list import MOST_LINES, on_pasted_list
from huaxiang.analyse.groups.records import portrait_record, suggestion_record
from huaxiang.analyse.groups.rule_quality import Suggested
from huaxiang.analyse.groups.said import portrait_said
from huaxiang.analyse.groups.suggested_rule import suggested_rule
from huaxiang.engine.interface import count_of
from huaxiang.model.conditions import EVERYONE
from huaxiang.server.api.calling import WRITING, Key, caller_of
from huaxiang.server.api.group_asked import SECONDS, Whom, condition_meant, group_meant, seen_tag
from huaxiang.server.api.problems import Problem
from huaxiang.server.api.saying import json_answer
from huaxiang.server.api.shapes import Text
from huaxiang.server.crowds.sight import Sight, sight_with
from huaxiang.server.groups.chosen import Group
from huaxiang.server.groups.offered import looked_at, seen_tags
from huaxiang.server.groups.shown import is_guarded, too_few
from huaxiang.words import Message

router = Router(tags=["crowd"])


class GroupAsked(Whom):
    """A group beside ``base``: ``everyone``, the ``rest``, or the key of a crowd; in these tags, by default all."""

    base: Annotated[str, Field(max_length=100)] = "everyone"
    known_only: bool = False
    tags: Annotated[list[Text] | None, Field(max_length=500)] = None


class GroupTold(Schema):
    """The portrait of a group; of one that is too few to be told nothing but that."""

    as_of: Any
    said: str
    is_few: bool
    base: str
    known_only: bool
    customers: int | None
    others: int | None
    shared: int | None
    tags: list[dict[str, Any]]


class SuggestionAsked(Whom):
    """Whom a rule is wanted for: a crowd, a rule, or people by any identifier. ``own`` allows the tags that the group's
    own rule asks for."""

    people: Annotated[list[Text], Field(max_length=MOST_LINES)] = []  # noqa: RUF012 - Pydantic copies it
    own: bool = False


class SuggestionTold(Schema):
    """A short rule with how well it finds the group among customers who had no part in finding it; ``rule`` is null
    where none tells the group apart."""

    rule: dict[str, Any] | None
    text: str | None
    sentence: str | None
    said: str
    judged_on: str
    group: int | None
    others: int | None
    precision: float | None = None
    recall: float | None = None
    lift: float | None = None
    people: dict[str, int] | None = None


@router.post("/groups/portrait", auth=Key("crowd:read"), response=GroupTold, operation_id="group_portrait")
def portrait(request: HttpRequest, body: GroupAsked) -> Any:
    """A group beside others, tag by tag."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang, SECONDS) as sight:
        return json_answer(_portrait(_group(sight, body), body.tags, sight))


@router.post("/groups/rule", auth=Key("crowd:read", also=WRITING), response=SuggestionTold, operation_id="suggest_rule")
def rule(request: HttpRequest, body: SuggestionAsked) -> Any:
    """A short rule that finds a group."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang, SECONDS) as sight:
        return json_answer(_suggested(body, sight))


def _portrait(group: Group, tags: list[str] | None, sight: Sight) -> dict[str, Any]:
    keys = _keys(tags, sight)
    own = echoes(group.condition, sight.definitions.tags, sight.population.segments)
    rows = group.rows(sight, keys)
    asked = {"base": group.base, "known_only": group.known_only}
    found = group_portrait(sight.engine, rows, sight.fields, keys, **asked, own=own)  # type: ignore[arg-type]
    told = {"as_of": sight.as_of, "is_few": too_few(found.customers, sight)}
    if told["is_few"]:
        few = dict.fromkeys(("customers", "others", "shared"))
        return {**told, "said": Message("api.group.few").say(sight.lang), **asked, **few, "tags": []}
    if is_guarded(sight.access):
        found = concealed(found, sight.workspace.settings.smallest_cell)
    return {**told, "said": portrait_said(found, group.name).say(sight.lang), **portrait_record(found, sight.lang)}


def _group(sight: Sight, body: GroupAsked) -> Group:
    group = replace(group_meant(sight, body), known_only=body.known_only)
    if body.base in ("everyone", "rest"):
        return replace(group, base=body.base)  # type: ignore[arg-type]
    other = condition_meant(sight, body.base, None)
    return replace(group, base="other", base_key=body.base, base_condition=other)


def _keys(tags: list[str] | None, sight: Sight) -> tuple[str, ...]:
    """The tags that are asked for, or as many as an answer can wait for."""
    if tags is None:
        customers = count_of(sight.engine, sight.table.select("customer_id"))
        return looked_at(sight, customers, everything=False)
    seen = seen_tags(sight)
    return tuple(dict.fromkeys(seen_tag(sight, key, f"/tags/{place}", seen) for place, key in enumerate(tags)))


def _suggested(body: SuggestionAsked, sight: Sight) -> dict[str, Any]:
    keys = seen_tags(sight)
    if body.people and (body.crowd or body.rule is not None):
        raise Problem(400, "api.crowd_or_rule")
    if body.people:
        whole = sight.population.over(sight.table.select("customer_id", *keys))
        population, named = on_pasted_list(whole, body.people)
        people = {"lines": named.rows, "unknown": named.unknown, "several": named.several}
        return _told(suggested_rule(population, keys), sight) | {"people": people}
    condition = condition_meant(sight, body.crowd, body.rule)
    if condition == EVERYONE:
        raise Problem(400, "api.no_group")
    left_out = frozenset() if body.own else echoes(condition, sight.definitions.tags, sight.population.segments)
    population = sight.population.over(sight.population.marked({"inside": condition}, keys))
    return _told(suggested_rule(population, keys, left_out), sight)


def _told(found: Suggested, sight: Sight) -> dict[str, Any]:
    """A rule that finds so few that it would be one of single people is none."""
    if found.quality is not None and too_few(found.quality.found, sight):
        found = replace(found, condition=None, quality=None)
    return suggestion_record(found, sight.lang, sight.fields) | {"people": None}
