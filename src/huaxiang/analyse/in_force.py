"""Which tags are in force: published, not expired, permitted where they need a purpose, and resting on such tags."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from huaxiang.analyse.order import needed_by
from huaxiang.errors import DefinitionError, NotFound
from huaxiang.model.tags import STANDING, Tag, Tags


def in_force(tags: Tags, permitted: Collection[str]) -> dict[str, Tag]:
    """The tags of ``tags`` that may be computed and shown, in their order.

    ``permitted`` are the keys of those whose purpose is recorded. A tag that needs a purpose and has none is left out,
    and with it every tag that is computed from it. Whether they hold together is told by
    :func:`huaxiang.analyse.check_tags.broken_tags`.
    """
    off = switched_off(tags, permitted)
    return {key: tag for key, tag in tags.items() if tag.status == "published" and key not in off}


def switched_off(tags: Tags, permitted: Collection[str]) -> dict[str, str]:
    """The tags without a value until a purpose is recorded, each with the tag whose purpose it waits for."""
    return resting_on(tags, {key: key for key, tag in tags.items() if tag.needs_purpose and key not in permitted})


def resting_on(tags: Tags, first: Mapping[str, str]) -> dict[str, str]:
    """The tags of ``first`` with what is said of them, and every tag computed from one, with what is said of that."""
    found = dict(first)
    needs = {key: _needs(tag) for key, tag in tags.items()}
    while more := {
        key: found[need]
        for key, wanted in needs.items()
        if key not in found
        for need in reversed(wanted)
        if need in found
    }:
        found |= more
    return found


def _needs(tag: Tag) -> tuple[str, ...]:
    try:
        return needed_by(tag.rule)
    except NotFound:
        return ()  # an analysis that there is not: nobody knows what it would look at


def computed_on(tags: Tags, day: date) -> dict[str, Tag]:
    """The tags in force that a refresh of ``day`` computes: every one that has not expired, and what they and the pages
    need.

    A tag that is needed beyond its last day is a helper then: nobody is shown it.
    """
    wanted = {key for key, tag in tags.items() if not is_expired(tag, day)}
    needed = {key for key in STANDING if key in tags and key not in wanted}
    waiting = [*wanted, *needed]
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


def lacking(tags: Tags, columns: Collection[str], as_of: date) -> dict[str, DefinitionError]:
    """The tags that are not among the columns of a profile of the day, each with what to say of it: it has expired, or
    is not computed yet."""
    return {key: _lacks(tag, as_of) for key, tag in tags.items() if key not in columns}


def _lacks(tag: Tag, as_of: date) -> DefinitionError:
    if is_expired(tag, as_of):
        return DefinitionError("condition.tag_expired", tag=tag.name.message)
    return DefinitionError("condition.not_computed", tag=tag.name.message)
