"""The life of a tag: drafted, published (sensitive ones by a second person), rolled back, retired."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, NamedTuple

from huaxiang.errors import Denied, InputError, NotFound
from huaxiang.ledger import Entry, Ledger
from huaxiang.maintain.definitions import body_of
from huaxiang.model.tags import Tag, tags_from
from huaxiang.prepare.unify.decisions import reasoned
from huaxiang.release.roles import Access, require
from huaxiang.server.shelf import Naming
from huaxiang.server.tags.shelves import Shelves, owned, yaml_of

PROPOSED, REFUSED = "definition.proposed", "definition.refused"


class Proposal(NamedTuple):
    """A draft that waits for the word of a second person: who asked for it when, and whether it is the draft of now."""

    actor: str
    at: datetime
    why: str
    is_current: bool


def save_draft(shelves: Shelves, tag: Tag, access: Access, now: datetime, base: int | None) -> Tag:
    """Keep a draft. ``base`` is the version of the draft that was opened, None for a new one.

    Raises :class:`Denied` for a tag of somebody else, :class:`InputError` for unfit names or when the draft was saved
    by somebody meanwhile.
    """
    require(access, "edit_definitions")
    standing = shelves.known.catalogue.get(tag.key)
    if standing is not None:
        _refuse_others(shelves, standing, access)
    named = _named(shelves, tag)
    with shelves.drafts.locked():
        there = shelves.drafts.body(tag.key)
        if (there or {}).get("version", 1 if there else None) != base:
            raise InputError("tags.changed_meanwhile", name=tag.name.message)
        version = (base or (standing.version if standing else 0)) + 1
        owner = _owner(standing, there, access)
        draft = named.model_copy(update={"status": "draft", "version": version, "owner": owner})
        shelves.drafts.record(owned(draft), version, "drafted", yaml_of(draft), access, now)
        shelves.drafts.put(tag.key, body_of(draft))
    return draft


def discard(shelves: Shelves, key: str, access: Access, now: datetime) -> None:
    """Throw a draft away; it stays in the history of drafts."""
    draft = _draft(shelves, key)
    _refuse_strangers(draft, access)
    shelves.drafts.record(owned(draft), draft.version, "discarded", yaml_of(draft), access, now)
    shelves.drafts.remove(key)


def publish(shelves: Shelves, key: str, access: Access, now: datetime) -> Tag:
    """Let a draft hold from the next refresh on. A sensitive one needs :func:`propose` and :func:`approve` instead.

    Raises :class:`DefinitionError` when the draft does not hold together with the other tags and crowds.
    """
    draft = _draft(shelves, key)
    _refuse_strangers(draft, access)
    if needs_approval(shelves, draft):
        raise Denied("tags.needs_second_person", name=draft.name.message)
    return _publish(shelves, draft, access, now, "published")


def needs_approval(shelves: Shelves, draft: Tag) -> bool:
    """Whether a second person must look at the draft: it is sensitive, or the tag that holds now is."""
    standing = shelves.known.catalogue.get(draft.key)
    return draft.is_guarded or (standing is not None and standing.is_guarded)


def propose(shelves: Shelves, key: str, why: str, access: Access, now: datetime) -> None:
    """Ask for the word of a second person on a draft as it stands now."""
    draft = _draft(shelves, key)
    _refuse_strangers(draft, access)
    shelves.check(draft.model_copy(update={"status": "published"}))
    _tell(shelves, PROPOSED, draft, access, now, why)


def proposal(shelves: Shelves, key: str) -> Proposal | None:
    """The proposal that waits for somebody; None when there is none or it was refused or published."""
    draft = shelves.draft_tags.get(key)
    if draft is None:
        return None
    with Ledger.open(shelves.workspace.ledger_path) as ledger:
        asked, refused = (ledger.latest(kind, f"tag/{key}") for kind in (PROPOSED, REFUSED))
    if asked is None or (refused is not None and refused.seq > asked.seq):
        return None
    return Proposal(asked.actor, asked.at, str(asked.body["why"]), asked.body["digest"] == _digest(draft))


def approve(shelves: Shelves, key: str, access: Access, now: datetime) -> Tag:
    """Publish what somebody else proposed. Raises :class:`Denied` for those who proposed or wrote it themselves."""
    require(access, "approve_tags")
    draft, asked = _draft(shelves, key), proposal(shelves, key)
    if asked is None or not asked.is_current:
        raise InputError("tags.nothing_proposed", name=draft.name.message)
    writers = {entry.actor for entry in _writers(shelves, key, draft.version)}
    if access.user in {asked.actor, *writers}:
        raise Denied("tags.own_proposal", name=draft.name.message)
    return _publish(shelves, draft, access, now, "approved")


def refuse(shelves: Shelves, key: str, why: str, access: Access, now: datetime) -> None:
    """Send a proposal back with a reason; the draft stays."""
    require(access, "approve_tags")
    draft = _draft(shelves, key)
    if proposal(shelves, key) is None:
        raise InputError("tags.nothing_proposed", name=draft.name.message)
    _tell(shelves, REFUSED, draft, access, now, why)


def retire(shelves: Shelves, key: str, access: Access, now: datetime) -> Tag:
    """Take a tag out of use. Raises :class:`DefinitionError` naming a published tag or a crowd that needs it."""
    standing = shelves.known.catalogue.get(key)
    if standing is None:
        raise NotFound("tag.unknown", given=key, nearest="—")
    _refuse_others(shelves, standing, access)
    if standing.status == "retired":
        raise InputError("tags.retired_already", name=standing.name.message)
    gone = standing.model_copy(update={"status": "retired", "version": standing.version + 1})
    shelves.check(gone)
    return _put(shelves, gone, access, now, "retired")


def roll_back(shelves: Shelves, key: str, version: int, access: Access, now: datetime) -> Tag:
    """Make a draft of what an earlier version said, to be looked at and published; it takes the place of any draft."""
    versions = shelves.versions(key)
    if version not in versions:
        raise NotFound("tags.no_such_version", given=version, known=", ".join(map(str, versions)))
    old = tags_from({key: dict(versions[version])})[key]
    there = shelves.draft_tags.get(key)
    return save_draft(shelves, old, access, now, there.version if there else None)


def _publish(shelves: Shelves, draft: Tag, access: Access, now: datetime, change: str) -> Tag:
    standing = shelves.known.catalogue.get(draft.key)
    version = standing.version + 1 if standing else 1
    done = draft.model_copy(update={"status": "published", "version": version})
    shelves.check(done)
    _put(shelves, done, access, now, change)
    shelves.drafts.remove(draft.key)
    return done


def _put(shelves: Shelves, tag: Tag, access: Access, now: datetime, change: str) -> Tag:
    own = shelves.published
    with own.locked():
        there = own.body(tag.key)
        if there is not None and there.get("version", 1) + 1 != tag.version:
            raise InputError("tags.changed_meanwhile", name=tag.name.message)
        own.record(owned(tag), tag.version, change, yaml_of(tag), access, now)
        own.put(tag.key, body_of(tag))
    return tag


def _named(shelves: Shelves, tag: Tag) -> Tag:
    others = {key: one.name for key, one in shelves.known.catalogue.items() if key != tag.key}
    naming = Naming(tag.zh, tag.en, tag.meaning_zh, tag.meaning_en)
    names = shelves.published.checked(naming, others)
    return tag.model_copy(update=vars(names))


def _owner(standing: Tag | None, there: dict[str, Any] | None, access: Access) -> str:
    if there is not None:
        return str(there.get("owner", access.user))
    return standing.owner if standing is not None and standing.owner != "huaxiang" else access.user


def _draft(shelves: Shelves, key: str) -> Tag:
    if key not in shelves.draft_tags:
        raise NotFound("tags.no_draft", given=key)
    return shelves.draft_tags[key]


def _refuse_strangers(draft: Tag, access: Access) -> None:
    require(access, "edit_definitions")
    if draft.owner != access.user and not access.may("manage_users"):
        raise Denied("tags.not_yours", name=draft.name.message, owner=draft.owner)


def _refuse_others(shelves: Shelves, standing: Tag, access: Access) -> None:
    require(access, "edit_definitions")
    if not may_change(shelves, standing, access):
        if shelves.published.is_own(standing.key):
            raise Denied("tags.not_yours", name=standing.name.message, owner=standing.owner)
        raise Denied("tags.shipped", name=standing.name.message)


def may_change(shelves: Shelves, tag: Tag, access: Access) -> bool:
    """Whether this person may write another version of the tag: their own one, any one for an administrator."""
    if not access.may("edit_definitions"):
        return False
    return access.may("manage_users") or (shelves.published.is_own(tag.key) and tag.owner == access.user)


def _writers(shelves: Shelves, key: str, version: int) -> list[Entry]:
    known = shelves.drafts.entries(key)
    return [entry for entry in known if entry.body["version"] == version and entry.body["change"] == "drafted"]


def _tell(shelves: Shelves, kind: str, draft: Tag, access: Access, now: datetime, why: str) -> None:
    which = {"definition_id": f"tag/{draft.key}", "version": draft.version, "digest": _digest(draft)}
    body = {**which, "why": reasoned(why)}
    with Ledger.open(shelves.workspace.ledger_path) as ledger:
        ledger.append(kind, body, at=now, actor=access.user)


def _digest(draft: Tag) -> str:
    return hashlib.sha256(yaml_of(draft).encode()).hexdigest()[:16]
