"""Saved segments of the workspace: saving, going back to an earlier version, deleting and bringing back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from huaxiang.errors import DefinitionError, Denied, InputError, NotFound, nearest
from huaxiang.maintain.definitions import Definitions, body_of
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import Condition, InCrowd
from huaxiang.model.fields import Labels
from huaxiang.model.segments import Segment, Segments, segments_from
from huaxiang.model.vocabulary import Vocabulary, check_asked
from huaxiang.release.roles import Access, require
from huaxiang.server.crowds.bounds import Bounds, bounds_of
from huaxiang.server.shelf import Naming, Owned, Shelf
from huaxiang.workspace import Workspace


def shelf(workspace: Workspace) -> Shelf:
    """The own segments of a workspace."""
    return Shelf(workspace, "segment", "segments", "crowds")


def is_own(workspace: Workspace, key: str) -> bool:
    """Whether the segment has a file of its own in the workspace, so that pages can change it."""
    return shelf(workspace).is_own(key)


def may_change(workspace: Workspace, segment: Segment, access: Access) -> bool:
    """Whether this person may edit or delete the segment: their own one, any one for an administrator."""
    return shelf(workspace).may_change(_owned(segment), access)


def save(
    workspace: Workspace,
    condition: Condition,
    naming: Naming,
    access: Access,
    now: datetime,
    base: Segment | None = None,
    bounds: Bounds | None = None,
) -> Segment:
    """Save a new segment, or the next version of ``base``; the version before is kept and the ledger knows both.

    Without ``bounds`` those of ``base`` stay.

    Raises :class:`InputError` for a missing or taken name, or when ``base`` is not what stands any more,
    :class:`DefinitionError` when the segment would not hold together, as when it named itself through others, and
    :class:`Denied` for a segment that is not theirs.
    """
    require(access, "edit_definitions")
    kept = bounds or bounds_of(base)
    kept.check()
    if base is not None:
        shelf(workspace).refuse_others(_owned(base), access)
    with _alone(workspace) as standing:
        own = shelf(standing)
        names = own.checked(naming, _others(standing, base.key if base else ""))
        said = {**names.__dict__, "condition": condition, "least_customers": kept.least, "most_customers": kept.most}
        if base is not None:
            _refuse_stale(own, base)
            following = base.model_copy(update={**said, "version": base.version + 1})
            return _written(standing, following, "saved", access, now)
        key = own.new_key(names, {**standing.definitions.segments, **standing.definitions.unreadable_segments})
        return _written(standing, Segment(key=key, owner=access.user, **said), "saved", access, now)


def restore(workspace: Workspace, key: str, number: int, seen: int, access: Access, now: datetime) -> Segment:
    """Save as the next version what version ``number`` said; nothing of the history is rewritten.

    ``seen`` is the version that the person looked at. Raises as :func:`save` does, and :class:`NotFound` for a version
    that there is not or that is the one that stands.
    """
    require(access, "edit_definitions")
    with _alone(workspace) as standing:
        own, now_said = shelf(standing), _standing(standing, key)
        own.refuse_others(_owned(now_said), access)
        if now_said.version != seen:
            raise InputError("crowds.changed_meanwhile", name=now_said.name.message)
        old = _earlier(standing, now_said, number)
        own.checked(_naming(old), _others(standing, key))
        back = old.model_copy(update={"version": now_said.version + 1, "owner": now_said.owner})
        return _written(standing, back, "rolled_back", access, now, of_version=number)


def versions(workspace: Workspace, segment: Segment) -> dict[int, Segment]:
    """What every version of a segment said, the one that stands last; those that no program reads any more left out."""
    earlier = shelf(workspace).versions(segment.key)
    found = {number: one for number, body in earlier.items() if (one := _readable(segment.key, body)) is not None}
    return {number: found[number] for number in found if number < segment.version} | {segment.version: segment}


def delete(workspace: Workspace, key: str, access: Access, now: datetime) -> Segment:
    """Take a segment out of the definitions; it stays in the history and can be brought back.

    Raises :class:`DefinitionError` naming a tag that could not be computed any more.
    """
    require(access, "edit_definitions")
    with _alone(workspace) as standing:
        own, segment = shelf(standing), _standing(standing, key)
        own.refuse_others(_owned(segment), access)
        rest = {other: one for other, one in standing.definitions.segments.items() if other != key}
        _refuse_breaking(segment, rest, standing.definitions)
        _record(own, segment, "deleted", access, now)
        own.remove(key)
        return segment


def bring_back(workspace: Workspace, key: str, access: Access, now: datetime) -> Segment:
    """Undo the deletion of a segment.

    Raises :class:`NotFound` when there is none in the history, :class:`InputError` when another has its name by now,
    and :class:`DefinitionError` when it would not hold together any more, as when a tag is gone that it names.
    """
    require(access, "edit_definitions")
    with _alone(workspace) as standing:
        own = shelf(standing)
        bodies = list(own.versions(key).values())
        if not bodies or key in standing.definitions.segments:
            raise NotFound("crowds.nothing_to_bring_back", given=key)
        try:
            return _brought_back(standing, segments_from({key: bodies[-1]})[key], access, now)
        except DefinitionError as problem:
            name = Labels(zh=str(bodies[-1].get("zh", key)), en=str(bodies[-1].get("en", key)))
            raise DefinitionError("crowds.unfit_to_bring_back", name=name.message, reason=problem.message) from None


def _brought_back(standing: Workspace, segment: Segment, access: Access, now: datetime) -> Segment:
    if segment.owner != access.user and not access.may("manage_users"):
        raise Denied("crowds.not_yours", name=segment.name.message, owner=segment.owner)
    shelf(standing).checked(_naming(segment), _others(standing, segment.key))
    return _written(standing, segment, "restored", access, now)


@contextmanager
def _alone(workspace: Workspace) -> Iterator[Workspace]:
    """The workspace with its definitions as they stand now, while nobody else changes a segment."""
    with shelf(workspace).locked():
        yield Workspace.open(workspace.folder)


def _standing(workspace: Workspace, key: str) -> Segment:
    segments = workspace.definitions.segments
    if key not in segments:
        raise NotFound("segment.unknown", given=key, nearest=nearest(key, segments))
    return segments[key]


def _earlier(workspace: Workspace, segment: Segment, number: int) -> Segment:
    earlier = versions(workspace, segment)
    if number not in earlier or number == segment.version:
        known = ", ".join(str(each) for each in earlier if each != segment.version) or "—"
        raise NotFound("crowds.no_such_version", given=number, known=known)
    return earlier[number]


def _others(workspace: Workspace, key: str) -> dict[str, Labels]:
    return {other: one.name for other, one in workspace.definitions.segments.items() if other != key}


def _naming(segment: Segment) -> Naming:
    return Naming(segment.zh, segment.en, segment.meaning_zh, segment.meaning_en)


def _refuse_stale(own: Shelf, base: Segment) -> None:
    body = own.body(base.key)
    if body is None or body.get("version", 1) != base.version:
        raise InputError("crowds.changed_meanwhile", name=base.name.message)


def _written(
    workspace: Workspace, segment: Segment, change: str, access: Access, now: datetime, of_version: int | None = None
) -> Segment:
    check_held(segment, workspace)
    own = shelf(workspace)
    _record(own, segment, change, access, now, of_version)
    own.put(segment.key, body_of(segment))
    return segment


def check_held(segment: Segment, workspace: Workspace) -> None:
    """Raise :class:`DefinitionError` where the segment, standing among the others, would not hold together, or where a
    tag that names it could not be computed any more."""
    known = workspace.definitions
    segments = {**known.segments, segment.key: segment}
    lists, unread = frozenset(workspace.id_lists), known.unreadable_segments
    check_asked(InCrowd(crowd=segment.key), Vocabulary(known.fields, segments, lists, known.broken, unread=unread))
    _refuse_breaking(segment, segments, known)


def _refuse_breaking(segment: Segment, segments: Segments, known: Definitions) -> None:
    after = known.with_segments(segments)
    for key, why in after.broken.items():
        if key not in known.broken:
            raise DefinitionError("crowds.breaks_tag", crowd=segment.name.message, why=why)


def _readable(key: str, body: Mapping[str, Any]) -> Segment | None:
    try:
        return segments_from({key: body})[key]
    except DefinitionError:
        return None


def _owned(segment: Segment) -> Owned:
    return Owned(segment.key, segment.name, segment.owner)


def _record(
    own: Shelf, segment: Segment, change: str, access: Access, now: datetime, of_version: int | None = None
) -> None:
    said = text_of(segment.condition)
    own.record(_owned(segment), segment.version, change, said, access, now, of_version)
