"""Keys of programs: made, found by their secret, rotated with an overlap, revoked. Every change is logged."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from huaxiang.errors import InputError, NotFound
from huaxiang.release.roles import role_named
from huaxiang.server.accounts import audit
from huaxiang.server.api.models import ApiKey
from huaxiang.server.api.scopes import scopes_from

RATE_PER_MINUTE = 6_000
MOST_PER_MINUTE = 600_000
LONGEST_DAYS = 3_650
OVERLAP = timedelta(days=7)
#: ``last_used_at`` is that exact: a key in use does not cost a write for every request.
_USED_EVERY = timedelta(minutes=1)
_PREFIX_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_TOKEN = re.compile(r"hx_([a-z0-9]{8})_([A-Za-z0-9_-]{43})\Z")
_SPOILED = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Wanted:
    """What a new key shall be: ``stores`` None for every store, ``days`` until it expires (None: never)."""

    name: str
    scopes: tuple[str, ...]
    role: str = "viewer"
    stores: tuple[str, ...] | None = None
    days: int | None = 365
    rate_per_minute: int = RATE_PER_MINUTE


@dataclass(frozen=True)
class Made:
    """A key with its secret, which nobody sees again."""

    key: ApiKey
    token: str


def make(wanted: Wanted, at: datetime, actor: str) -> Made:
    """A new key. Raises :class:`InputError` or :class:`NotFound` where something wanted does not hold together."""
    name, scopes = wanted.name.strip(), scopes_from(wanted.scopes)
    if not 0 < len(name) <= 60 or _SPOILED.search(name):
        raise InputError("api.key_name", given=_SPOILED.sub("?", name)[:60])
    if wanted.days is not None and not 0 < wanted.days <= LONGEST_DAYS:
        raise InputError("api.key_days", given=wanted.days, most=LONGEST_DAYS)
    if not 0 < wanted.rate_per_minute <= MOST_PER_MINUTE:
        raise InputError("api.key_rate", given=wanted.rate_per_minute, most=MOST_PER_MINUTE)
    prefix = "".join(secrets.choice(_PREFIX_LETTERS) for _ in range(8))
    secret = secrets.token_urlsafe(32)
    key = ApiKey(
        name=name,
        prefix=prefix,
        secret_hash=_hashed(secret),
        last4=secret[-4:],
        scopes=scopes,
        role=role_named(wanted.role).role,
        stores=None if wanted.stores is None else sorted(set(wanted.stores)),
        rate_per_minute=wanted.rate_per_minute,
        created_by=actor,
        created_at=at,
        expires_at=None if wanted.days is None else at + timedelta(days=wanted.days),
    )
    with transaction.atomic():
        key.save()
        _record(key, "made", actor)
    return Made(key, f"hx_{prefix}_{secret}")


def key_of(token: str, at: datetime) -> ApiKey | None:
    """The key of that token; None for one that is malformed, unknown, revoked or expired, which look the same."""
    found = _TOKEN.match(token)
    key = ApiKey.objects.filter(prefix=found[1]).first() if found else None
    if found is None or key is None or not _opens(key, found[2], at) or key.state(at) != "open":
        return None
    if key.last_used_at is None or at - key.last_used_at >= _USED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
    return key


def rotate(number: int, at: datetime, actor: str, overlap: timedelta = OVERLAP) -> Made:
    """A new secret for a key; the one before works until ``overlap`` has passed, older ones no longer."""
    key, secret = _open_key(number, at), secrets.token_urlsafe(32)
    key.previous_hash, key.previous_until = key.secret_hash, at + overlap
    key.secret_hash, key.last4 = _hashed(secret), secret[-4:]
    with transaction.atomic():
        key.save()
        _record(key, "rotated", actor)
    return Made(key, f"hx_{key.prefix}_{secret}")


def revoke(number: int, at: datetime, actor: str) -> ApiKey:
    """Take a key back at once and for good."""
    key = _open_key(number, at)
    key.revoked_at = at
    with transaction.atomic():
        key.save()
        _record(key, "revoked", actor)
    return key


def all_keys() -> Iterable[ApiKey]:
    """Every key, the newest first."""
    return ApiKey.objects.order_by("-pk")


def _open_key(number: int, at: datetime) -> ApiKey:
    key = ApiKey.objects.filter(pk=number).first()
    if key is None:
        raise NotFound("api.key_unknown", number=number)
    if key.state(at) == "revoked":
        raise InputError("api.key_revoked", name=key.name)
    return key


def _opens(key: ApiKey, secret: str, at: datetime) -> bool:
    given = _hashed(secret)
    # Both comparisons always run, so that the time tells nothing.
    is_now = hmac.compare_digest(given, key.secret_hash)
    is_previous = hmac.compare_digest(given, key.previous_hash or "-")
    return is_now or (is_previous and key.previous_until is not None and at < key.previous_until)


def _hashed(secret: str) -> str:
    # 256 random bits need no slow hash.
    return sha256(secret.encode()).hexdigest()


def _record(key: ApiKey, change: str, actor: str) -> None:
    body = {"key": key.prefix, "change": change, "name": key.name, "scopes": key.scopes, "role": key.role}
    audit.record("key.changed", actor, {**body, "stores": key.stores, "expires_at": key.expires_at})
