"""The administrator's pages of webhooks: make, pause, change the secret, see deliveries, send dead ones again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from huaxiang.errors import HuaxiangError
from huaxiang.model.crowd_tables import ENTERED, LEFT
from huaxiang.number_words import date_words
from huaxiang.release.purposes import PURPOSES
from huaxiang.server.accounts.models import signed_in
from huaxiang.server.clock import now
from huaxiang.server.data import is_workspace, workspace
from huaxiang.server.freshness import ago
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of
from huaxiang.server.webhooks import subscribing
from huaxiang.server.webhooks.models import DEAD, WAITING, Delivery, Subscription
from huaxiang.words import say

SHOWN = 50


@page(permission="manage_users")
def webhooks(request: HttpRequest) -> HttpResponse:
    """Every subscription with how its messages fare."""
    return _page(request)


@page(permission="manage_users", methods=("POST",))
def make(request: HttpRequest) -> HttpResponse:
    """A new subscription; its secret stands on the answer."""
    form = request.POST
    asked = subscribing.Asked(
        name=form.get("name", "")[:200],
        url=form.get("url", "")[:4_000].strip(),
        crowds=tuple(form.getlist("crowd")[:500]),
        changes=tuple(form.getlist("change")[:4]),
        purpose=form.get("purpose", "")[:40],
    )
    try:
        made = subscribing.subscribe(asked, now(), signed_in(request).username)
    except HuaxiangError as error:
        return _page(request, error.say(lang_of(request)), 400)
    return _secret(request, made)


@page(permission="manage_users")
def webhook(request: HttpRequest, number: int) -> HttpResponse:
    """One subscription with its latest messages."""
    subscription, lang, at = subscribing.subscription_numbered(number), lang_of(request), now()
    deliveries = Delivery.objects.filter(subscription=subscription).order_by("-pk")[:SHOWN]
    context = {
        "row": _row(subscription, lang, at),
        "deliveries": [_told(one, lang, at) for one in deliveries],
        "dead": Delivery.objects.filter(subscription=subscription, state=DEAD).count(),
    }
    return render(request, "webhooks/one.html", context)


@page(permission="manage_users", methods=("POST",))
def pause(request: HttpRequest, number: int) -> HttpResponse:
    """Pause it, or go on."""
    subscribing.pause(number, signed_in(request).username)
    return redirect("webhooks:one", number)


@page(permission="manage_users", methods=("POST",))
def rotate(request: HttpRequest, number: int) -> HttpResponse:
    """A new secret; the one before also signs for seven more days."""
    return _secret(request, subscribing.rotate(number, now(), signed_in(request).username))


@page(permission="manage_users", methods=("POST",))
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take it away."""
    subscribing.remove(number, signed_in(request).username)
    return redirect("webhooks:list")


@page(permission="manage_users", methods=("POST",))
def replay(request: HttpRequest, number: int) -> HttpResponse:
    """Send dead messages again: the one that the form names, or all."""
    subscribing.replay(number, now(), signed_in(request).username, request.POST.get("message", "")[:60])
    return redirect("webhooks:one", number)


def _page(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    lang, at = lang_of(request), now()
    listed = [_row(one, lang, at) for one in Subscription.objects.all()]
    segments = workspace().definitions.segments.values() if is_workspace() else ()
    context = {
        "listed": listed,
        "caption": say("webhooks.title", lang),
        "make_title": say("webhooks.make", lang),
        "make_address": reverse("webhooks:make"),
        "make_do": say("webhooks.make_do", lang),
        "changes": [(one, say(f"webhooks.change.{one}", lang)) for one in (ENTERED, LEFT)],
        "dead": sum(row["dead"] for row in listed),
        "crowds": [(one.key, one.name.say(lang)) for one in segments],
        "purposes": [(one.purpose, say(f"release.purpose.{one.purpose}", lang)) for one in PURPOSES],
        "chosen": request.POST,
        "chosen_crowds": request.POST.getlist("crowd"),
        "chosen_changes": request.POST.getlist("change") or [ENTERED, LEFT],
        "refusal": refusal,
    }
    return render(request, "webhooks/list.html", context, status=status)


def _row(subscription: Subscription, lang: str, at: datetime) -> dict[str, Any]:
    known = workspace().definitions.segments if is_workspace() else {}
    names = [known[key].name.say(lang) if key in known else key for key in subscription.crowds]
    counts = Delivery.objects.filter(subscription=subscription)
    last = counts.filter(last_status__isnull=False).order_by("-settled_at").first()
    both = say("webhooks.join", lang).join(say(f"webhooks.change.{one}", lang) for one in subscription.changes)
    return {
        "one": subscription,
        "host": subscribing.checked_host(subscription.url),
        "crowds": say("webhooks.join", lang).join(names) or say("webhooks.all_crowds", lang),
        "changes": both,
        "purpose": say(f"release.purpose.{subscription.purpose}", lang),
        "state": say(f"webhooks.state.{subscription.state}", lang),
        "waiting": counts.filter(state=WAITING).count(),
        "dead": counts.filter(state=DEAD).count(),
        "last": ago(last.settled_at, at).say(lang) if last and last.settled_at else say("api.never", lang),
        "overlap": date_words(subscription.previous_until.date(), lang)
        if subscription.previous_until and subscription.previous_until > at
        else "",
    }


def _told(delivery: Delivery, lang: str, at: datetime) -> dict[str, Any]:
    problem = delivery.last_problem or (str(delivery.last_status) if delivery.last_status else "")
    wait = max(0, int((delivery.next_at - at).total_seconds())) if delivery.state == WAITING else 0
    return {
        "one": delivery,
        "state": say(f"webhooks.message.{delivery.state}", lang),
        "made": ago(delivery.created_at, at).say(lang),
        "problem": problem,
        "next": say("webhooks.next_in", lang, seconds=wait) if delivery.state == WAITING else "",
    }


def _secret(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    (secret, *_) = subscribing.secrets_of(subscription, now())
    return render(request, "webhooks/secret.html", {"one": subscription, "secret": secret})
