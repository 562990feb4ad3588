"""What is kept about accounts: people, one-time links and sign-in tries."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AnonymousUser
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.http import HttpRequest

from huaxiang.release.roles import role_named
from huaxiang.words import Message

USERNAME_RULE = RegexValidator(r"^[\w.@+-]+\Z")


class People(BaseUserManager["User"]):
    """Finds people by account name, whatever its capitals: phones like to write a capital first."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The person with this account name; ``User.DoesNotExist`` when there is none."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """One person who may sign in.

    ``role`` is one of :data:`huaxiang.release.roles.ROLES`.
    ``stores`` is None for every store, else the list of store codes whose customers the person sees.
    ``language`` and ``theme`` are empty until the person chooses.
    """

    username: models.CharField[str, str] = models.CharField(max_length=64, unique=True, validators=[USERNAME_RULE])
    display_name: models.CharField[str, str] = models.CharField(max_length=80, blank=True)
    role: models.CharField[str, str] = models.CharField(max_length=16, default="viewer")
    stores = models.JSONField(null=True, blank=True, default=None)
    language: models.CharField[str, str] = models.CharField(max_length=2, blank=True, default="")
    theme: models.CharField[str, str] = models.CharField(max_length=5, blank=True, default="")
    is_active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[People] = People()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("username"), name="one_account_whatever_capitals")
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def role_title(self) -> Message:
        """What people call the role."""
        return role_named(self.role).title

    @property
    def scope(self) -> frozenset[str] | None:
        """The store codes the person sees; None for every store."""
        return None if self.stores is None else frozenset(str(store) for store in self.stores)


class AccessLink(models.Model):
    """One link that lets somebody in once. Only the hash of its token is kept.

    ``user`` is null for the link that creates the first administrator. ``purpose`` is ``first_admin``,
    ``set_password`` (invitation or reset) or ``sign_in`` (printed when the server starts).
    """

    token_hash: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    purpose: models.CharField[str, str] = models.CharField(max_length=16)
    user: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        User, null=True, on_delete=models.CASCADE, related_name="access_links"
    )
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    used_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, default=None)

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class SignInTry(models.Model):
    """One attempt to sign in. ``subject`` is a keyed hash of the account name or of the network address."""

    subject: models.CharField[str, str] = models.CharField(max_length=64)
    tried_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["subject", "tried_at"])]

    def __str__(self) -> str:
        return f"{self.subject[:8]} {self.tried_at:%F %T}"


def signed_in(request: HttpRequest) -> User:
    """The person who made the request; only for pages that nobody opens without signing in."""
    user = request.user
    if isinstance(user, AnonymousUser) or not isinstance(user, User):
        raise TypeError("a page that names its visitor must not be public")
    return user
