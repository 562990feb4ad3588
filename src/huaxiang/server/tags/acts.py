"""What is done about a tag: publishing, proposing, approving, sending back, retiring, going back, and its purpose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from huaxiang.errors import InputError, nearest
from huaxiang.release.roles import Access, require
from huaxiang.server.clock import now
from huaxiang.server.data import workspace
from huaxiang.server.permissions import access_of, page
from huaxiang.server.preferences import lang_of
from huaxiang.server.tags import life
from huaxiang.server.tags.shelves import Shelves
from huaxiang.words import say

Act = Callable[[Shelves, str, str, Access, datetime], None]


@page(permission="see_profile", methods=("POST",))
def act(request: HttpRequest, key: str) -> HttpResponse:
    """Do what the button says; each act asks for its own permission."""
    name = request.POST.get("act", "")
    if name not in _ACTS:
        raise InputError("tags.unknown_act", given=name[:40], nearest=nearest(name[:40], _ACTS))
    shelves = Shelves(workspace())
    title = shelves.tag(key).name.message
    _ACTS[name](shelves, key, request.POST.get("why", "")[:300], access_of(request), now())
    messages.success(request, say(f"tags.done.{name}", lang_of(request), name=title))
    is_gone = name == "discard" and key not in shelves.known.catalogue
    return redirect("tags:list") if is_gone else redirect("tags:tag", key)


@page(permission="edit_definitions", methods=("POST",))
def roll_back(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Make a draft of an earlier version."""
    draft = life.roll_back(Shelves(workspace()), key, number, access_of(request), now())
    messages.success(request, say("tags.done.roll_back", lang_of(request), name=draft.name.message, version=number))
    return redirect("tags:tag", key)


def _permit(shelves: Shelves, key: str, why: str, access: Access, at: datetime) -> None:
    require(access, "approve_tags")
    shelves.workspace.permit_tag(key, why, at, actor=access.user)


def _forbid(shelves: Shelves, key: str, why: str, access: Access, at: datetime) -> None:
    require(access, "approve_tags")
    shelves.workspace.forbid_tag(key, why, at, actor=access.user)


def _publish(shelves: Shelves, key: str, _why: str, access: Access, at: datetime) -> None:
    life.publish(shelves, key, access, at)


def _approve(shelves: Shelves, key: str, _why: str, access: Access, at: datetime) -> None:
    life.approve(shelves, key, access, at)


def _retire(shelves: Shelves, key: str, _why: str, access: Access, at: datetime) -> None:
    life.retire(shelves, key, access, at)


def _discard(shelves: Shelves, key: str, _why: str, access: Access, at: datetime) -> None:
    life.discard(shelves, key, access, at)


_ACTS: dict[str, Act] = {
    "publish": _publish,
    "propose": life.propose,
    "approve": _approve,
    "refuse": life.refuse,
    "retire": _retire,
    "discard": _discard,
    "permit": _permit,
    "forbid": _forbid,
}
