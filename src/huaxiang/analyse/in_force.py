"""Which tags are in force: published, not expired, permitted where they need a purpose, and resting on such tags."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from huaxiang.analyse.order import needed_by
from huaxiang.errors import DefinitionError
from huaxiang.model.tags import Tag, Tags
from huaxiang.words import Message


def in_force(tags: Tags, permitted: Collection[str]) -> dict[str, Tag]:
    """The tags of ``tags`` that may be computed and shown, in their order.

    ``permitted`` are the keys of those whose purpose is recorded. A tag that needs a purpose and has none is left out,
    and with it every tag that is computed from it. Raises :class:`DefinitionError` for a published tag that needs a
    draft or a retired one.
    """
    off = switched_off(tags, permitted)
    found = {key: tag for key, tag in tags.items() if tag.status == "published" and key not in off}
    for tag in found.values():
        for need in needed_by(tag.rule):
            if need in tags and need not in found:
                status = Message(f"tag.status.{tags[need].status}")
                raise DefinitionError("tag.needs_unpublished", tag=tag.key, given=need, status=status)
    return found


def switched_off(tags: Tags, permitted: Collection[str]) -> dict[str, str]:
    """The tags without a value until a purpose is recorded, each with the tag whose purpose it waits for."""
    off = {key: key for key, tag in tags.items() if tag.needs_purpose and key not in permitted}
    while more := {
        key: off[need]
        for key, tag in tags.items()
        if key not in off
        for need in reversed(needed_by(tag.rule))
        if need in off
    }:
        off |= more
    return off


def computed_on(tags: Tags, day: date) -> dict[str, Tag]:
    """The tags in force that a refresh of ``day`` computes: every daily one that has not expired, and what they need.

    A tag that is needed beyond its last day, or is computed on demand, is a helper then: nobody is shown it.
    """
    wanted = {key for key, tag in tags.items() if tag.refresh == "daily" and not is_expired(tag, day)}
    waiting = list(wanted)
    needed: set[str] = set()
    while waiting:
        for need in needed_by(tags[waiting.pop()].rule):
            if need in tags and need not in needed:
                needed.add(need)
                waiting.append(need)
    return {
        key: tag if key in wanted else tag.model_copy(update={"helper": True})
        for key, tag in tags.items()
        if key in wanted or key in needed
    }


def is_expired(tag: Tag, day: date) -> bool:
    """Whether the tag's last day lies before ``day``."""
    return tag.expires_on is not None and tag.expires_on < day
