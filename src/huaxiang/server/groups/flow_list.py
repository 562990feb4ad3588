"""Keeping those who went from one state to another as a list: what they were on a past day no rule can say."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from huaxiang.analyse.groups.movement import Movement, State, moved_customers, movement
from huaxiang.errors import HuaxiangError, InputError
from huaxiang.server.clock import now
from huaxiang.server.crowds.lists import require_all_stores
from huaxiang.server.crowds.sight import sight_of
from huaxiang.server.data import workspace
from huaxiang.server.groups.chosen import group_of
from huaxiang.server.groups.movement_page import days_of, rows_on, tag_of
from huaxiang.server.permissions import access_of, page
from huaxiang.server.preferences import lang_of
from huaxiang.words import say


@page(permission="edit_definitions", methods=("POST",))
def keep(request: HttpRequest) -> HttpResponse:
    """Those of one flow (``flow``, such as ``0-3``, by the places of its states) of the movement in the address, as a
    list of the given name; it opens in the builder."""
    require_all_stores(access_of(request))
    lang = lang_of(request)
    try:
        customers = _customers(request)
        name = request.POST.get("name", "")[:200]
        source = say("groups.movement.source", lang)
        done = workspace().keep_list_of(customers, name, "", now(), actor=access_of(request).user, source=source)
    except HuaxiangError as problem:
        messages.error(request, problem.say(lang))
        return redirect(f"{reverse('groups:movement')}?{request.GET.urlencode()}")
    messages.success(
        request, say("groups.movement.kept", lang, name=done.list.name.message, n=f"{done.found.customers:,}")
    )
    return redirect(f"{reverse('crowds:new')}?{urlencode({'rule': f'list {done.list.key}'})}")


def _customers(request: HttpRequest) -> list[str]:
    with sight_of(request) as sight:
        group, key = group_of(request, sight), tag_of(request, sight)
        days = days_of(request.GET.get("from", "")[:10], request.GET.get("to", "")[:10], sight)
        before, after = (rows_on(day, group, sight, key) for day in days)
        found = movement(sight.engine, before, after, sight.fields, key)
        ends = _ends(request.POST.get("flow", ""), found)
        moved = moved_customers(sight.engine, before, after, sight.fields, key, ends)
        return [str(one) for one in sight.engine.arrow(moved).column("customer_id").to_pylist()]


def _ends(text: str, found: Movement) -> tuple[State, State]:
    for flow in found.flows:
        if text == f"{found.states.index(flow.before)}-{found.states.index(flow.after)}":
            return flow.before, flow.after
    raise InputError("groups.movement.no_flow", given=text[:20])
