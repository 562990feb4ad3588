"""Links that let somebody in once: the first administrator, an invited colleague, the owner at the keyboard."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.urls import reverse

from huaxiang.errors import NotFound
from huaxiang.server.accounts.models import AccessLink, User

FIRST_ADMIN = "first_admin"
SET_PASSWORD = "set_password"  # noqa: S105 - the name of a purpose
SIGN_IN = "sign_in"

VALID_FOR = {FIRST_ADMIN: timedelta(days=1), SET_PASSWORD: timedelta(days=3), SIGN_IN: timedelta(hours=1)}


def new_link(purpose: str, user: User | None, at: datetime) -> str:
    """The path of a fresh link; earlier unused links of the same purpose and person stop working."""
    token = secrets.token_urlsafe(32)
    AccessLink.objects.filter(purpose=purpose, user=user, used_at=None).delete()
    AccessLink.objects.create(token_hash=_hashed(token), purpose=purpose, user=user, expires_at=at + VALID_FOR[purpose])
    return reverse("accounts:link", args=[token])


def start_link(at: datetime) -> str:
    """The path that lets the owner of the machine in: create the first administrator, or sign in as the earliest."""
    admin = User.objects.filter(role="admin", is_active=True).order_by("pk").first()
    return new_link(SIGN_IN if admin else FIRST_ADMIN, admin, at)


def find(token: str, at: datetime) -> AccessLink:
    """The link that still works for this token. Raises :class:`NotFound` for one unknown, used or out of date."""
    link = AccessLink.objects.filter(token_hash=_hashed(token), used_at=None, expires_at__gt=at).first()
    first_admin_exists = User.objects.filter(role="admin").exists()
    if link is None or (link.purpose == FIRST_ADMIN and first_admin_exists) or (link.user and not link.user.is_active):
        raise NotFound("server.link_spent")
    return link


def use(link: AccessLink, at: datetime) -> None:
    """Spend the link. Raises :class:`NotFound` when somebody else spent it a moment ago."""
    if not AccessLink.objects.filter(pk=link.pk, used_at=None).update(used_at=at):
        raise NotFound("server.link_spent")


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
