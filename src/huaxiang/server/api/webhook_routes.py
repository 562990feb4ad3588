"""Webhooks for programs: subscribe, see how messages fare, change the secret, send dead ones again."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from huaxiang.server.api.calling import Key, caller_of
from huaxiang.server.api.saying import json_answer
from huaxiang.server.api.shapes import Asked, Text
from huaxiang.server.clock import now
from huaxiang.server.webhooks import subscribing
from huaxiang.server.webhooks.models import DEAD, WAITING, Delivery, Subscription

router = Router(tags=["webhooks"])
Number = Annotated[int, Field(ge=1, le=2**31)]
MOST_SHOWN = 100


class WebhookAsked(Asked):
    """A webhook to be: no crowds means all of them."""

    name: Annotated[str, Field(max_length=60)]
    url: Annotated[str, Field(max_length=2_000)]
    crowds: Annotated[list[Text], Field(max_length=500)] = []  # noqa: RUF012 - Pydantic copies it
    changes: Annotated[list[Text], Field(max_length=4)] = ["entered", "left"]  # noqa: RUF012
    purpose: Annotated[str, Field(max_length=40)] = "service"


@router.get("/webhooks", auth=Key("webhooks:write"), response=dict[str, Any], operation_id="webhooks")
def webhooks(request: HttpRequest) -> HttpResponse:
    """Every webhook."""
    caller_of(request)
    return json_answer({"webhooks": [_told(one) for one in Subscription.objects.all()]})


@router.post("/webhooks", auth=Key("webhooks:write"), response={201: dict[str, Any]}, operation_id="add_webhook")
def add_webhook(request: HttpRequest, body: WebhookAsked) -> HttpResponse:
    """A new webhook; the answer holds its secret."""
    asked = subscribing.Asked(body.name, body.url, tuple(body.crowds), tuple(body.changes), body.purpose)
    made = subscribing.subscribe(asked, now(), caller_of(request).access.user)
    return json_answer(_told(made) | {"secret": subscribing.secrets_of(made, now())[0]}, 201)


@router.delete("/webhooks/{number}", auth=Key("webhooks:write"), response={204: None}, operation_id="remove_webhook")
def remove_webhook(request: HttpRequest, number: Number) -> HttpResponse:
    """Take it away."""
    subscribing.remove(number, caller_of(request).access.user)
    return HttpResponse(status=204)


@router.post(
    "/webhooks/{number}/secret", auth=Key("webhooks:write"), response=dict[str, Any], operation_id="webhook_secret"
)
def webhook_secret(request: HttpRequest, number: Number) -> HttpResponse:
    """A new secret; the one before also signs for seven more days."""
    made = subscribing.rotate(number, now(), caller_of(request).access.user)
    return json_answer({"number": made.pk, "secret": subscribing.secrets_of(made, now())[0]})


@router.get(
    "/webhooks/{number}/messages", auth=Key("webhooks:write"), response=dict[str, Any], operation_id="webhook_messages"
)
def webhook_messages(request: HttpRequest, number: Number) -> HttpResponse:
    """Its latest messages."""
    caller_of(request)
    one = subscribing.subscription_numbered(number)
    latest = Delivery.objects.filter(subscription=one).order_by("-pk")[:MOST_SHOWN]
    names = ("message_id", "run_id", "customers", "state", "tries", "last_status", "last_problem", "next_at")
    return json_answer({"messages": [{name: getattr(each, name) for name in names} for each in latest]})


@router.post(
    "/webhooks/{number}/replay", auth=Key("webhooks:write"), response=dict[str, Any], operation_id="replay_webhook"
)
def replay_webhook(request: HttpRequest, number: Number) -> HttpResponse:
    """Send its dead messages again."""
    return json_answer({"messages": subscribing.replay(number, now(), caller_of(request).access.user)})


def _told(one: Subscription) -> dict[str, Any]:
    own = Delivery.objects.filter(subscription=one)
    return {
        "number": one.pk,
        "name": one.name,
        "host": subscribing.checked_host(one.url),
        "crowds": one.crowds,
        "changes": one.changes,
        "purpose": one.purpose,
        "state": one.state,
        "waiting": own.filter(state=WAITING).count(),
        "dead": own.filter(state=DEAD).count(),
    }
