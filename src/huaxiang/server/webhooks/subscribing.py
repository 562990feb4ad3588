"""Subscriptions: made, paused, given a new secret, taken away; dead messages sent again. Every change is logged."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from huaxiang.apply.webhook_addresses import Allowed, checked_url
from huaxiang.apply.webhook_messages import latest_run_id
from huaxiang.apply.webhook_signing import secret_of
from huaxiang.errors import InputError, NotFound, nearest
from huaxiang.model.crowd_tables import ENTERED, LEFT
from huaxiang.release.purposes import purpose_named
from huaxiang.server.accounts import audit
from huaxiang.server.data import reading, workspace
from huaxiang.server.webhooks.models import ACTIVE, DEAD, PAUSED, WAITING, Delivery, Subscription

OVERLAP = timedelta(days=7)
MOST = 50
_SPOILED = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Asked:
    """A subscription to be: no ``crowds`` means all of them, ``changes`` are ``entered`` and ``left``."""

    name: str
    url: str
    crowds: tuple[str, ...] = ()
    changes: tuple[str, ...] = (ENTERED, LEFT)
    purpose: str = "service"


def allowed() -> Allowed:
    """What the owner of the machine allows beyond public addresses."""
    return Allowed(tuple(workspace().settings.webhook_hosts))


def subscribe(asked: Asked, at: datetime, actor: str) -> Subscription:
    """A new subscription; it is told of refreshes from the next one on. Raises where something does not hold."""
    name = asked.name.strip()
    if not 0 < len(name) <= 60 or _SPOILED.search(name):
        raise InputError("webhooks.name", given=_SPOILED.sub("?", name)[:60])
    if Subscription.objects.count() >= MOST:
        raise InputError("webhooks.too_many", most=MOST)
    checked_url(asked.url, allowed())
    subscription = Subscription(
        name=name,
        token=secrets.token_hex(12),
        url=asked.url,
        crowds=_crowds(asked.crowds),
        changes=_changes(asked.changes),
        purpose=purpose_named(asked.purpose).purpose,
        created_by=actor,
        created_at=at,
    )
    with reading() as engine:
        subscription.run_id = latest_run_id(engine)
    with transaction.atomic():
        subscription.save()
        _record(subscription, "made", actor)
    return subscription


def secrets_of(subscription: Subscription, at: datetime) -> list[str]:
    """The secrets that sign its messages now, the newest first."""
    key = _key(workspace().folder)
    names = [subscription.generation]
    if subscription.previous_until is not None and at < subscription.previous_until and subscription.generation > 1:
        names.append(subscription.generation - 1)
    return [secret_of(key, f"{subscription.token}/{generation}") for generation in names]


def rotate(number: int, at: datetime, actor: str) -> Subscription:
    """A new secret; the one before also signs for seven more days."""
    subscription = subscription_numbered(number)
    subscription.generation += 1
    subscription.previous_until = at + OVERLAP
    return _changed(subscription, "rotated", actor)


def pause(number: int, actor: str) -> Subscription:
    """Stop telling it, or go on: what happened meanwhile is told then."""
    subscription = subscription_numbered(number)
    subscription.state = PAUSED if subscription.state == ACTIVE else ACTIVE
    return _changed(subscription, subscription.state, actor)


def remove(number: int, actor: str) -> None:
    """Take it away, with its messages."""
    subscription = subscription_numbered(number)
    with transaction.atomic():
        _record(subscription, "removed", actor)
        subscription.delete()


def replay(number: int, at: datetime, actor: str, message_id: str = "") -> int:
    """Send dead messages again, one or all of a subscription; gives how many. A receiver sees the same ids."""
    subscription = subscription_numbered(number)
    chosen = Delivery.objects.filter(subscription=subscription, state=DEAD)
    if message_id:
        chosen = chosen.filter(message_id=message_id)
    with transaction.atomic():
        count = chosen.update(state=WAITING, tries=0, next_at=at, settled_at=None)
        if message_id and not count:
            raise NotFound("webhooks.no_dead", given=message_id[:60])
        _record(subscription, "replayed", actor)
    return count


def subscription_numbered(number: int) -> Subscription:
    """The subscription of that number. Raises :class:`NotFound`."""
    found = Subscription.objects.filter(pk=number).first()
    if found is None:
        raise NotFound("webhooks.unknown", number=number)
    return found


def _changed(subscription: Subscription, change: str, actor: str) -> Subscription:
    with transaction.atomic():
        subscription.save()
        _record(subscription, change, actor)
    return subscription


def _crowds(names: Sequence[str]) -> list[str]:
    known = workspace().definitions.segments
    for name in names:
        if name not in known:
            raise NotFound("segment.unknown", given=name[:80], nearest=nearest(name[:80], known))
    return sorted(set(names))


def _changes(names: Sequence[str]) -> list[str]:
    if not names or not set(names) <= {ENTERED, LEFT}:
        raise InputError("webhooks.changes", given=", ".join(names)[:80], expected=f"{ENTERED}, {LEFT}")
    return sorted(set(names))


def _record(subscription: Subscription, change: str, actor: str) -> None:
    body = {
        "webhook": subscription.token,
        "change": change,
        "name": subscription.name,
        # The path of an address may hold a secret of its receiver.
        "host": checked_host(subscription.url),
        "crowds": subscription.crowds,
        "changes": subscription.changes,
        "purpose": subscription.purpose,
    }
    audit.record("webhook.changed", actor, body)


def checked_host(url: str) -> str:
    """The host of an address, which is all of it that people are shown."""
    return url.split("/")[2] if url.count("/") >= 2 else url


def _key(folder: Path) -> bytes:
    path = folder / "secrets" / "webhooks.key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first: its key holds
        finally:
            draft.unlink()
    return path.read_bytes()
