"""Which group a program means: a crowd by its key, or a rule that it may write; and the tags that it may look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from huaxiang.errors import nearest
from huaxiang.model.conditions import EVERYONE, Condition
from huaxiang.release.roles import require
from huaxiang.server.api.calling import WRITING
from huaxiang.server.api.problems import Problem
from huaxiang.server.api.rule_checks import checked_rule
from huaxiang.server.api.shapes import Asked, Rule
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.groups.chosen import Group
from huaxiang.server.groups.offered import seen_tags
from huaxiang.words import Message

#: A group takes longer than a count, and no answer waits longer than this.
SECONDS = 120.0


class Whom(Asked):
    """A group: a crowd by its key, or a rule; neither means everyone."""

    crowd: Annotated[str, Field(max_length=100)] = ""
    rule: Rule | None = None


def group_meant(sight: Sight, whom: Whom) -> Group:
    """The group, without anything that it is compared with."""
    condition = condition_meant(sight, whom.crowd, whom.rule)
    named = sight.segment(whom.crowd).name.message if whom.crowd else None
    name = named or Message("groups.these" if whom.rule is not None else "group.base.everyone")
    return Group(condition, name, key=whom.crowd)


def condition_meant(sight: Sight, crowd: str, rule: dict[str, Any] | str | None) -> Condition:
    """The condition of a crowd or a rule. A rule is for those who may write rules: counting any rule is how single
    people are told apart."""
    if crowd and rule is not None:
        raise Problem(400, "api.crowd_or_rule")
    if rule is not None:
        require(sight.access, WRITING)
    condition = sight.segment(crowd).condition if crowd else EVERYONE
    condition = condition if rule is None else checked_rule(rule, sight.population)
    sight.population.check_countable(condition)
    return condition


def seen_tag(sight: Sight, key: str, at: str, offered: Sequence[str] | None = None) -> str:
    """The tag of that key, where it is one of those ``offered`` (by default all that may be seen of groups); one that
    may not be seen is none. ``at`` points to where it was asked for."""
    seen = seen_tags(sight) if offered is None else offered
    if key not in seen:
        given = key[:60]
        raise Problem(400, "api.unknown_tag", members={"at": at}, given=given, nearest=nearest(given, seen))
    return key
