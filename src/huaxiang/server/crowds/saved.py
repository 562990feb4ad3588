"""Saved segments of the workspace: saving, deleting and bringing back."""

from __future__ import annotations

from datetime import datetime

from huaxiang.errors import Denied, InputError, NotFound, nearest
from huaxiang.maintain.definitions import body_of
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import Condition
from huaxiang.model.segments import Segment, segments_from
from huaxiang.release.roles import Access, require
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
) -> Segment:
    """Save a new segment, or the next version of ``base``; the version before is kept and the ledger knows both.

    Raises :class:`InputError` for a missing or taken name, or when ``base`` is not what stands any more, and
    :class:`Denied` for a segment that is not theirs.
    """
    require(access, "edit_definitions")
    own, segments = shelf(workspace), workspace.definitions.segments
    names = own.checked(naming, {key: one.name for key, one in segments.items() if base is None or key != base.key})
    if base is not None:
        own.refuse_others(_owned(base), access)
    with own.locked():
        if base is not None and (own.body(base.key) or {}).get("version", 1) != base.version:
            raise InputError("crowds.changed_meanwhile", name=base.name.message)
        segment = Segment(
            key=base.key if base else own.new_key(names, segments),
            version=base.version + 1 if base else 1,
            owner=base.owner if base else access.user,
            advice=base.advice if base else None,
            condition=condition,
            zh=names.zh,
            en=names.en,
            meaning_zh=names.meaning_zh,
            meaning_en=names.meaning_en,
        )
        _record(own, segment, "saved", access, now)
        own.put(segment.key, body_of(segment))
    return segment


def delete(workspace: Workspace, key: str, access: Access, now: datetime) -> Segment:
    """Take a segment out of the definitions; it stays in the history and can be brought back."""
    require(access, "edit_definitions")
    own, segments = shelf(workspace), workspace.definitions.segments
    if key not in segments:
        raise NotFound("segment.unknown", given=key, nearest=nearest(key, segments))
    own.refuse_others(_owned(segments[key]), access)
    with own.locked():
        _record(own, segments[key], "deleted", access, now)
        own.remove(key)
    return segments[key]


def bring_back(workspace: Workspace, key: str, access: Access, now: datetime) -> Segment:
    """Undo the deletion of a segment. Raises :class:`NotFound` when there is none in the history."""
    require(access, "edit_definitions")
    own = shelf(workspace)
    versions = list(own.versions(key).values())
    if not versions or key in workspace.definitions.segments:
        raise NotFound("crowds.nothing_to_bring_back", given=key)
    segment = segments_from({key: versions[-1]})[key]
    if segment.owner != access.user and not access.may("manage_users"):
        raise Denied("crowds.not_yours", name=segment.name.message, owner=segment.owner)
    _record(own, segment, "restored", access, now)
    own.put(key, versions[-1])
    return segment


def _owned(segment: Segment) -> Owned:
    return Owned(segment.key, segment.name, segment.owner)


def _record(own: Shelf, segment: Segment, change: str, access: Access, now: datetime) -> None:
    own.record(_owned(segment), segment.version, change, text_of(segment.condition), access, now)
