"""By which tags groups of customers are told where nobody asks for others."""

from __future__ import annotations

from functools import cache

from pydantic import BaseModel, ConfigDict

from huaxiang.model.rule_parts import TagKey
from huaxiang.shipped import shipped


class GroupTags(BaseModel):
    """The content of ``definitions/portrait/groups.yaml``: tags by key, in the order in which they are told.

    ``usual`` are those of a portrait and of the API, ``at_a_glance`` those beside a rule while it is built.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    usual: tuple[TagKey, ...]
    at_a_glance: tuple[TagKey, ...]


@cache
def group_tags() -> GroupTags:
    """The shipped content."""
    return GroupTags.model_validate(shipped("portrait", "groups.yaml"))
