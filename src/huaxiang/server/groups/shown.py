"""What the pages of a group share: choosing the group, empty and refused states, and small counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.errors import InputError
from huaxiang.release.roles import Access
from huaxiang.server.crowds.sight import Sight, is_not_refreshed, sight_of
from huaxiang.server.groups.chosen import Group, group_of, shell_of
from huaxiang.server.not_refreshed import GROUPS

Answer = Callable[[HttpRequest, Group, Sight], "dict[str, Any] | HttpResponse"]


def group_page(request: HttpRequest, tab: str, answer: Answer, *, template: str = "") -> HttpResponse:
    """The page of one tab: what ``answer`` gives beside the choice, or a response of its own such as a file."""
    try:
        with sight_of(request) as sight:
            group = group_of(request, sight)
            shell = shell_of(group, sight, tab)
            found = _answered(request, group, sight, answer)
    except InputError as error:
        if is_not_refreshed(error):
            return GROUPS.page(request)
        raise
    if isinstance(found, HttpResponse):
        return found
    told = {"smallest": sight.workspace.settings.smallest_cell, "is_guarded": is_guarded(sight.access)}
    context = {**shell, **told, **found}
    return render(request, template or f"groups/{tab}.html", context, status=400 if found.get("refusal") else 200)


def is_guarded(access: Access) -> bool:
    """Whether small counts are hidden from this person: from all who could not take the list away anyway."""
    return not access.may("export_masked")


def too_few(customers: int, sight: Sight) -> bool:
    """Whether a group is so small that its portrait would be one of single people."""
    return customers < sight.workspace.settings.smallest_cell


def _answered(request: HttpRequest, group: Group, sight: Sight, answer: Answer) -> dict[str, Any] | HttpResponse:
    try:
        return answer(request, group, sight)
    except InputError as error:
        return {"refusal": error.say(sight.lang)}


def chosen_of(given: str, offered: tuple[str, ...], otherwise: str) -> str:
    """The given one where it is offered, else ``otherwise``, else the first that is."""
    return given if given in offered else otherwise if otherwise in offered else offered[0]
