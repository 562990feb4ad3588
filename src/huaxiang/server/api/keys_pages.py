"""The administrator's page of keys: make, rotate, revoke. A secret is shown on the page that follows, then never."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from huaxiang.errors import HuaxiangError, InputError
from huaxiang.number_words import date_words
from huaxiang.release.roles import ROLES
from huaxiang.server.accounts.models import signed_in
from huaxiang.server.api import keys as kept
from huaxiang.server.api.models import ApiKey
from huaxiang.server.api.scopes import SCOPES
from huaxiang.server.clock import now
from huaxiang.server.freshness import ago
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of
from huaxiang.words import say


@page(permission="manage_users")
def keys(request: HttpRequest) -> HttpResponse:
    """Every key with what it may do and when it was last used."""
    return _page(request)


@page(permission="manage_users", methods=("POST",))
def make(request: HttpRequest) -> HttpResponse:
    """A new key; its secret stands on the answer."""
    try:
        made = kept.make(_wanted(request), now(), signed_in(request).username)
    except HuaxiangError as error:
        return _page(request, error.say(lang_of(request)), 400)
    return _made(request, made)


@page(permission="manage_users", methods=("POST",))
def rotate(request: HttpRequest, number: int) -> HttpResponse:
    """A new secret; the one before works for seven more days."""
    return _made(request, kept.rotate(number, now(), signed_in(request).username))


@page(permission="manage_users", methods=("POST",))
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """The key opens nothing from now on."""
    kept.revoke(number, now(), signed_in(request).username)
    return redirect("api:keys")


def _wanted(request: HttpRequest) -> kept.Wanted:
    form = request.POST
    stores = [part.strip() for part in form.get("stores", "").replace("，", ",").split(",") if part.strip()]
    return kept.Wanted(
        name=form.get("name", "")[:200],
        scopes=tuple(form.getlist("scope")[:20]),
        role=form.get("role", "")[:20],
        stores=tuple(stores) or None,
        days=_number(form.get("days", ""), "days") if form.get("days", "").strip() else None,
        rate_per_minute=_number(form.get("rate", ""), "rate"),
    )


def _number(text: str, field: str) -> int:
    if not (text.strip().isascii() and text.strip().isdigit() and len(text) < 9):
        raise InputError("api.not_a_number", field=field, given=text[:20])
    return int(text)


def _page(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    lang, at = lang_of(request), now()
    listed = [_row(key, lang, at) for key in kept.all_keys()]
    scopes = [(one.scope, say(f"api.scope.{one.scope}", lang)) for one in SCOPES]
    context = {
        "listed": listed,
        "caption": say("api.keys.title", lang),
        "make_title": say("api.keys.make", lang),
        "make_address": reverse("api:make"),
        "make_do": say("api.keys.make_do", lang),
        "open_count": sum(1 for row in listed if row["state"] == "open"),
        "scopes": scopes,
        "roles": [(role.role, role.title.say(lang)) for role in ROLES],
        "chosen": request.POST,
        "chosen_scopes": request.POST.getlist("scope") or ["profile:read", "crowd:read"],
        "rate": kept.RATE_PER_MINUTE,
        "refusal": refusal,
    }
    return render(request, "api/keys.html", context, status=status)


def _row(key: ApiKey, lang: str, at: Any) -> dict[str, Any]:
    never = say("api.never", lang)
    return {
        "key": key,
        "state": key.state(at),
        "state_words": say(f"api.state.{key.state(at)}", lang),
        "scopes": [(scope, say(f"api.scope.{scope}", lang)) for scope in key.scopes],
        "stores": ", ".join(key.stores) if key.stores else say("page.users.all_stores", lang),
        "expires": date_words(key.expires_at.date(), lang) if key.expires_at else say("api.no_expiry", lang),
        "used": ago(key.last_used_at, at).say(lang) if key.last_used_at else never,
        "overlap": date_words(key.previous_until.date(), lang)
        if key.previous_until and key.previous_until > at
        else "",
    }


def _made(request: HttpRequest, made: kept.Made) -> HttpResponse:
    address = request.build_absolute_uri("/api/v1/tags")
    return render(request, "api/key_made.html", {"made": made, "address": address})
