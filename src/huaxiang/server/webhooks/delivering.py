"""Making messages of what refreshes found, and delivering them: at least once, each destination by itself."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from django.db import transaction

from huaxiang.apply.webhook_addresses import Resolve, resolved
from huaxiang.apply.webhook_messages import Behind, Message, messages, runs_after, still_agreed
from huaxiang.apply.webhook_signing import signed_headers
from huaxiang.engine.points import latest_points
from huaxiang.errors import HuaxiangError
from huaxiang.server.data import reading, workspace
from huaxiang.server.webhooks.models import ACTIVE, DEAD, DELIVERED, GONE, WAITING, WITHHELD, Delivery, Subscription
from huaxiang.server.webhooks.subscribing import allowed, secrets_of

#: Seconds to wait after the first, second, … try: from five seconds to a day, three days in all.
WAITS = (5, 30, 300, 1_800, 7_200, 18_000, 36_000, 86_400, 86_400)
JITTER = 0.2
#: Messages of one destination that wait; more are made when there is room, from where the making stopped.
MOST_WAITING = 100
#: Delivered and withheld messages are kept for people to look at.
KEPT = timedelta(days=14)
_TIMEOUT = httpx.Timeout(10, connect=5)
_GONE = 410


@dataclass(frozen=True)
class Answered:
    """How a try ended: the status, or in a few words why there was none. ``retry_after`` is in seconds."""

    status: int | None
    problem: str = ""
    retry_after: int = 0

    @property
    def is_ok(self) -> bool:
        """Whether the destination took the message."""
        return self.status is not None and 200 <= self.status < 300


def make_messages(subscription: Subscription, at: datetime) -> int:
    """Turn what refreshes found since into waiting messages, as many as there is room for; gives how many.

    The messages and how far the making came are written at once, so that a kill makes none twice and loses none.
    """
    points = latest_points(workspace().lake)
    # A look at a folder tells whether there is anything new; an engine is opened only then.
    if subscription.state != ACTIVE or points is None or points.run_id <= subscription.run_id:
        return 0
    room = MOST_WAITING - Delivery.objects.filter(subscription=subscription, state=WAITING).count()
    made = 0
    with reading() as engine:
        for run_id in runs_after(engine, subscription.run_id):
            if made >= room:
                break
            batch = messages(engine, subscription.wanted, run_id, subscription.behind, room - made)
            if len(batch) < room - made:
                subscription.made_until(run_id, Behind())
            else:
                subscription.made_until(subscription.run_id, batch[-1].last)
            _write(subscription, run_id, batch, at)
            made += len(batch)
    return made


def _write(subscription: Subscription, run_id: str, batch: Sequence[Message], at: datetime) -> None:
    rows = [
        Delivery(
            subscription=subscription,
            message_id=one.id,
            run_id=run_id,
            customers=one.customers,
            body=one.body,
            next_at=at,
            created_at=at,
        )
        for one in batch
    ]
    with transaction.atomic():
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        subscription.save(update_fields=["run_id", "behind_crowd", "behind_customer"])


def due(subscription: Subscription, at: datetime) -> Delivery | None:
    """The oldest message of a destination whose time has come."""
    if subscription.state != ACTIVE:
        return None
    waiting = Delivery.objects.filter(subscription=subscription, state=WAITING, next_at__lte=at)
    return waiting.order_by("next_at", "pk").first()


def deliver(delivery: Delivery, clock: Callable[[], datetime], resolve: Resolve | None = None) -> Answered:
    """Try one message once and write down how it ended. A kill in between tries it again under the same id.

    Who withdrew since it was made is left out; a message in which nobody is left is not sent.
    """
    subscription = delivery.subscription
    if not _is_to_be_sent(delivery, clock()):
        return Answered(None)
    answered = send(subscription, delivery, clock(), resolve)
    at = clock()
    delivery.tries += 1
    delivery.last_status, delivery.last_problem = answered.status, answered.problem[:200]
    if answered.is_ok:
        delivery.state, delivery.settled_at = DELIVERED, at
    elif answered.status == _GONE or delivery.tries > len(WAITS):
        delivery.state, delivery.settled_at = DEAD, at
    else:
        delivery.next_at = at + timedelta(seconds=max(wait_after(delivery.tries), answered.retry_after))
    with transaction.atomic():
        delivery.save()
        if answered.status == _GONE:
            Subscription.objects.filter(pk=subscription.pk).update(state=GONE)
    return answered


def _is_to_be_sent(delivery: Delivery, at: datetime) -> bool:
    with reading() as engine:
        body, left = still_agreed(engine, delivery.subscription.purpose, delivery.body, workspace().local(at).date())
    if left == delivery.customers:
        return True
    delivery.body, delivery.customers = body, left
    if not left:
        delivery.state, delivery.settled_at = WITHHELD, at
    delivery.save()
    return left > 0


def wait_after(tries: int) -> float:
    """Seconds until the next try, a fifth more or less so that destinations that fail together do not come together."""
    return WAITS[tries - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreading, not secrecy


def send(subscription: Subscription, delivery: Delivery, at: datetime, resolve: Resolve | None = None) -> Answered:
    """Post the message to the address that was checked: no redirects, no proxies, the answer's body unread."""
    body = delivery.body.encode()
    try:
        where = resolved(subscription.url, allowed(), resolve)
    except HuaxiangError as refused:
        return Answered(None, str(refused))
    headers = signed_headers(secrets_of(subscription, at), delivery.message_id, int(at.timestamp()), body)
    headers |= {"Host": where.host_header, "Content-Type": "application/json", "User-Agent": "Huaxiang-Webhooks"}
    try:
        with (
            httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False) as client,
            client.stream(
                "POST",
                where.connect_url,
                content=body,
                headers=headers,
                extensions={"sni_hostname": where.host},
            ) as answer,
        ):
            return Answered(answer.status_code, "", _retry_after(answer.headers.get("retry-after", "")))
    except (httpx.HTTPError, OSError) as problem:
        return Answered(None, type(problem).__name__)


def forget_old(at: datetime) -> None:
    """Forget what was delivered or withheld long ago."""
    Delivery.objects.filter(state__in=(DELIVERED, WITHHELD), settled_at__lt=at - KEPT).delete()


def _retry_after(text: str) -> int:
    return min(int(text), WAITS[-1]) if text.isascii() and text.isdigit() and len(text) < 7 else 0
