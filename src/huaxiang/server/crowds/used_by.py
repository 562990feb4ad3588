"""What a segment serves: the segments and the tags whose rules name it, which would change with it."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse

from huaxiang.model.rules import Layers
from huaxiang.model.segment_order import crowds_named
from huaxiang.model.tags import Tag
from huaxiang.server.crowds.sight import Sight


class User(NamedTuple):
    """Something whose rule names the segment: its name, its page, and whether it is a tag."""

    name: str
    address: str
    is_tag: bool


def used_by(key: str, sight: Sight) -> list[User]:
    """The segments and then the tags in force that name the segment of that key themselves, in their order."""
    known = sight.definitions
    crowds = [one for one in known.segments.values() if key in crowds_named(one.condition)]
    tags = [one for one in known.tags.values() if _names(one, key)]
    found = [User(one.name.say(sight.lang), reverse("crowds:crowd", args=[one.key]), is_tag=False) for one in crowds]
    return found + [User(one.name.say(sight.lang), reverse("tags:tag", args=[one.key]), is_tag=True) for one in tags]


def _names(tag: Tag, key: str) -> bool:
    return isinstance(tag.rule, Layers) and any(key in crowds_named(layer.when) for layer in tag.rule.layers)
