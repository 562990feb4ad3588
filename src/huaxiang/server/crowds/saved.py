"""Saved segments of the workspace: which are its own, who may change them, saving, deleting and bringing back."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from huaxiang.errors import Denied, InputError, NotFound, nearest
from huaxiang.ledger import Ledger
from huaxiang.maintain.definitions import load_definitions, save_segment
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import Condition
from huaxiang.model.segments import Segment, Segments, segments_from
from huaxiang.release.roles import Access, require
from huaxiang.workspace import Workspace

LONGEST_NAME = 60
LONGEST_MEANING = 300
_SPOILED = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Naming:
    """How a segment is called and what it means, in both languages; an empty one is taken from the other language."""

    zh: str
    en: str
    meaning_zh: str
    meaning_en: str


def is_own(workspace: Workspace, key: str) -> bool:
    """Whether the segment has a file of its own in the workspace, so that pages can change it."""
    path = _file(workspace, key)
    if not path.is_file():
        return False
    return list(yaml.safe_load(path.read_text(encoding="utf-8")) or {}) == [key]


def may_change(workspace: Workspace, segment: Segment, access: Access) -> bool:
    """Whether this person may edit or delete the segment: their own one, any one for an administrator."""
    if not access.may("edit_definitions") or not is_own(workspace, segment.key):
        return False
    return segment.owner == access.user or access.may("manage_users")


def save(
    workspace: Workspace,
    condition: Condition,
    naming: Naming,
    access: Access,
    now: datetime,
    base: Segment | None = None,
) -> Segment:
    """Save a new segment, or the next version of ``base``; the version before is kept and the ledger knows both.

    Raises :class:`InputError` for a missing or taken name, :class:`Denied` for a segment that is not theirs.
    """
    require(access, "edit_definitions")
    names = _checked(naming, workspace.definitions.segments, base)
    if base is not None:
        _refuse_others(workspace, base, access)
    segment = Segment(
        key=base.key if base else _new_key(names, workspace),
        version=base.version + 1 if base else 1,
        owner=base.owner if base else access.user,
        advice=base.advice if base else None,
        condition=condition,
        zh=names.zh,
        en=names.en,
        meaning_zh=names.meaning_zh,
        meaning_en=names.meaning_en,
    )
    _keep_old(workspace, segment.key)
    _record(workspace, segment, "saved", access, now)
    save_segment(workspace.folder / "definitions", segment)
    return segment


def delete(workspace: Workspace, key: str, access: Access, now: datetime) -> Segment:
    """Take a segment out of the definitions; it stays in the history and can be brought back."""
    require(access, "edit_definitions")
    segments = workspace.definitions.segments
    if key not in segments:
        raise NotFound("segment.unknown", given=key, nearest=nearest(key, segments))
    segment = segments[key]
    _refuse_others(workspace, segment, access)
    _keep_old(workspace, key)
    _record(workspace, segment, "deleted", access, now)
    _file(workspace, key).unlink()
    return segment


def bring_back(workspace: Workspace, key: str, access: Access, now: datetime) -> Segment:
    """Undo the deletion of a segment. Raises :class:`NotFound` when there is none in the history."""
    require(access, "edit_definitions")
    versions = sorted(_history(workspace).glob(f"{key}.v*.yaml"), key=_version)
    if not versions or key in workspace.definitions.segments:
        raise NotFound("crowds.nothing_to_bring_back", given=key)
    segment = segments_from(yaml.safe_load(versions[-1].read_text(encoding="utf-8")))[key]
    if segment.owner != access.user and not access.may("manage_users"):
        raise Denied("crowds.not_yours", name=segment.name.message, owner=segment.owner)
    _record(workspace, segment, "restored", access, now)
    save_segment(workspace.folder / "definitions", segment)
    return segment


def _checked(naming: Naming, segments: Segments, base: Segment | None) -> Naming:
    zh, en = (text.strip() for text in (naming.zh, naming.en))
    if not zh and not en:
        raise InputError("crowds.name_missing")
    names = Naming(zh or en, en or zh, naming.meaning_zh.strip(), naming.meaning_en.strip())
    for text, most in ((names.zh, LONGEST_NAME), (names.en, LONGEST_NAME), (names.meaning_zh, LONGEST_MEANING)):
        if len(text) > most or _SPOILED.search(text):
            raise InputError("crowds.name_unfit", given=_SPOILED.sub("?", text)[:40], most=most)
    for other in segments.values():
        if names.zh == other.zh and (base is None or other.key != base.key):
            raise InputError("crowds.name_taken", name=names.zh)
    return names


def _refuse_others(workspace: Workspace, segment: Segment, access: Access) -> None:
    if not is_own(workspace, segment.key):
        raise Denied("crowds.shipped", name=segment.name.message)
    if not may_change(workspace, segment, access):
        raise Denied("crowds.not_yours", name=segment.name.message, owner=segment.owner)


def _new_key(names: Naming, workspace: Workspace) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", names.en.lower()).strip("_")[:48]
    if not re.match(r"[a-z]", plain):
        plain = f"crowd_{hashlib.sha256(names.zh.encode()).hexdigest()[:8]}"
    taken = {
        *workspace.definitions.segments,
        *(path.name.split(".v")[0] for path in _history(workspace).glob("*.yaml")),
    }
    return next(key for key in (plain, *(f"{plain}_{n}" for n in range(2, len(taken) + 3))) if key not in taken)


def _keep_old(workspace: Workspace, key: str) -> None:
    path = _file(workspace, key)
    if not path.is_file():
        return
    old = load_definitions(workspace.folder / "definitions").segments[key]
    _history(workspace).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, _history(workspace) / f"{key}.v{old.version}.yaml")


def _record(workspace: Workspace, segment: Segment, change: str, access: Access, now: datetime) -> None:
    body = {
        "definition_id": f"segment/{segment.key}",
        "version": segment.version,
        "change": change,
        "zh": segment.zh,
        "en": segment.en,
        "owner": segment.owner,
        # As text, for the ledger keeps no numbers that are not exact.
        "condition": text_of(segment.condition),
    }
    with Ledger.open(workspace.ledger_path) as ledger:
        ledger.append("definition.saved", body, at=now, actor=access.user)


def _file(workspace: Workspace, key: str) -> Path:
    return workspace.folder / "definitions" / "segments" / f"{key}.yaml"


def _history(workspace: Workspace) -> Path:
    return workspace.folder / "definitions" / "history" / "segments"


def _version(path: Path) -> int:
    return int(path.stem.rsplit(".v", 1)[1])
