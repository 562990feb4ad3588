"""Which group the address means: everyone, a saved crowd, or a rule written out; and what it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import ibis.expr.types as ir
from django.http import HttpRequest
from django.urls import reverse

from huaxiang.analyse.groups.contrast import Base
from huaxiang.errors import DefinitionError, Denied, NotFound, nearest
from huaxiang.model.condition_text import condition_from_text, text_of
from huaxiang.model.conditions import EVERYONE, All, Condition, Not, OnList
from huaxiang.model.segments import Segment
from huaxiang.release.roles import require
from huaxiang.server.crowds.sight import Sight
from huaxiang.words import Message, say

#: The pages of a group in the order of their tabs, by the name of their address.
TABS = ("portrait", "cross", "measures", "regions", "movement", "overlap", "rule")
_LONGEST_RULE = 2_000
#: What stands before the key of an uploaded list.
_LIST = "list:"


@dataclass(frozen=True)
class Group:
    """The group that is meant. ``key`` names a saved crowd, or behind ``list:`` an uploaded list; ``rule`` is a written
    rule; both empty mean everyone."""

    condition: Condition
    name: Message | str
    key: str = ""
    rule: str = ""
    base: Base = "everyone"
    base_key: str = ""
    base_condition: Condition | None = None
    known_only: bool = False

    @property
    def is_everyone(self) -> bool:
        """Whether all customers are meant."""
        return self.condition == EVERYONE

    def query(self, **more: Any) -> str:
        """The choice as the end of an address; ``more`` adds to it, lists as several values."""
        own = {"crowd": self.key, "rule": self.rule, "base": self.base_key or self.base}
        own |= {"known": "1" if self.known_only else ""}
        said = {
            name: value for name, value in {**own, **more}.items() if value and (name, value) != ("base", "everyone")
        }
        return urlencode(said, doseq=True)

    def rows(self, sight: Sight, columns: tuple[str, ...]) -> ir.Table:
        """One row per customer: ``customer_id``, ``inside``, for another crowd as base ``other``, and the columns."""
        marks = {"inside": self.condition}
        if self.base_condition is not None:
            marks["other"] = self.base_condition
        return sight.population.marked(marks, columns)


def group_of(request: HttpRequest, sight: Sight) -> Group:
    """The group that the address names (``crowd``, ``rule``, ``base``, ``known``).

    A rule written into the address is for those who may write rules: counting any rule is how single people are told
    apart. Raises :class:`Denied`, :class:`NotFound` and :class:`DefinitionError` accordingly.
    """
    key, rule = request.GET.get("crowd", "")[:64], request.GET.get("rule", "")[:_LONGEST_RULE].strip()
    base = request.GET.get("base", "")[:64]
    condition, name = _meant(sight, key, rule)
    known_only = request.GET.get("known") == "1"
    if base in ("", "everyone", "rest"):
        return Group(condition, name, key, rule, "rest" if base == "rest" else "everyone", known_only=known_only)
    other = sight.segment(base).condition
    return Group(condition, name, key, rule, "other", base, other, known_only)


def crowd_choices(sight: Sight) -> list[tuple[str, str]]:
    """Key and name of every crowd whose rule fits the tags, by name."""
    found = [(key, one.name.say(sight.lang)) for key, one in sight.definitions.segments.items() if _fits(sight, one)]
    return sorted(found, key=lambda each: each[1])


def list_choices(sight: Sight) -> list[tuple[str, str]]:
    """The same of every uploaded list; none for who may not see who is on them."""
    if not sight.access.may("edit_definitions") or sight.access.stores is not None:
        return []
    found = [(_LIST + key, one.name.say(sight.lang)) for key, one in sight.workspace.id_lists.items()]
    return sorted(found, key=lambda each: each[1])


def bar_address(sight: Sight, *conditions: Condition) -> str:
    """Where a crowd of those who meet all conditions is made; empty for who may not make one."""
    return _with_rule("crowds:new", sight, conditions)


def explained_address(sight: Sight, *conditions: Condition) -> str:
    """Where those who meet all conditions are explained in tags; empty for who may not write rules, and for conditions
    too long for an address."""
    address = _with_rule("groups:rule", sight, conditions)
    return address if len(parse_qs(urlsplit(address).query).get("rule", [""])[0]) <= _LONGEST_RULE else ""


def neither(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """The conditions turned into their opposites."""
    return tuple(Not(part=condition) for condition in conditions)


def shell_of(group: Group, sight: Sight, tab: str) -> dict[str, Any]:
    """What every page of a group shows around its own part: the choice, the tabs, and what the numbers stand on."""
    lang = sight.lang
    tabs = [
        (say(f"groups.tab.{each}", lang), f"{reverse(f'groups:{each}')}?{group.query()}", each == tab) for each in TABS
    ]
    return {
        "group": group,
        "group_name": _said(group.name, lang),
        "group_rule": "" if group.is_everyone else sight.population.sentence(group.condition, lang),
        "base_name": _base_name(group, sight),
        "tabs": tabs,
        "crowds": crowd_choices(sight),
        "lists": list_choices(sight),
        "sight": sight,
        "may_write": sight.access.may("edit_definitions"),
        "crowd_address": _address_of(group),
    }


def _with_rule(name: str, sight: Sight, conditions: tuple[Condition, ...]) -> str:
    if not sight.access.may("edit_definitions"):
        return ""
    parts = [
        part for condition in conditions for part in (condition.all if isinstance(condition, All) else (condition,))
    ]
    joined = parts[0] if len(parts) == 1 else All(all=tuple(parts))
    return f"{reverse(name)}?{urlencode({'rule': text_of(joined)})}"


def _list_meant(sight: Sight, key: str) -> tuple[Condition, Message | str]:
    require(sight.access, "edit_definitions")
    if sight.access.stores is not None:
        raise Denied("list.scope", user=sight.access.user)
    known = sight.workspace.id_lists
    if key not in known:
        raise NotFound("list.unknown", given=key, nearest=nearest(key, known))
    return OnList(list=key), known[key].name.message


def _meant(sight: Sight, key: str, rule: str) -> tuple[Condition, Message | str]:
    if key.startswith(_LIST):
        return _list_meant(sight, key.removeprefix(_LIST))
    if key:
        segment = sight.segment(key)
        sight.population.check_countable(segment.condition)
        return segment.condition, segment.name.message
    if not rule:
        return EVERYONE, Message("group.base.everyone")
    require(sight.access, "edit_definitions")
    condition = condition_from_text(rule)
    sight.population.check_countable(condition)
    return condition, Message("groups.these")


def _fits(sight: Sight, segment: Segment) -> bool:
    try:
        sight.population.check_countable(segment.condition)
    except DefinitionError:
        return False
    return True


def _address_of(group: Group) -> str:
    if group.key.startswith(_LIST):
        return reverse("crowds:lists")
    return reverse("crowds:crowd", args=[group.key]) if group.key else ""


def _base_name(group: Group, sight: Sight) -> str:
    if group.base == "other":
        return sight.segment(group.base_key).name.say(sight.lang)
    return say(f"group.base.{group.base}", sight.lang)


def _said(name: Message | str, lang: str) -> str:
    return name.say(lang) if isinstance(name, Message) else name


def words_of(parts: Mapping[str, Any], lang: str) -> dict[str, str]:
    """Messages by name, put into words."""
    return {name: _said(part, lang) for name, part in parts.items()}
