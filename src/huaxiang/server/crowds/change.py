"""Deleting a saved segment and bringing it back."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from huaxiang.server.clock import now
from huaxiang.server.crowds import saved
from huaxiang.server.data import workspace
from huaxiang.server.permissions import access_of, page
from huaxiang.server.preferences import lang_of
from huaxiang.words import say


@page(permission="edit_definitions", methods=("POST",))
def delete(request: HttpRequest, key: str) -> HttpResponse:
    """Delete a segment of one's own; the list then offers to undo it."""
    gone = saved.delete(workspace(), key, access_of(request), now())
    messages.success(request, say("crowds.deleted", lang_of(request), name=gone.name.message))
    return redirect(f"{reverse('crowds:list')}?{urlencode({'removed': key})}")


@page(permission="edit_definitions", methods=("POST",))
def bring_back(request: HttpRequest, key: str) -> HttpResponse:
    """Undo the deletion."""
    back = saved.bring_back(workspace(), key, access_of(request), now())
    messages.success(request, say("crowds.brought_back", lang_of(request), name=back.name.message))
    return redirect("crowds:crowd", key)
