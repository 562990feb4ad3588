"""What is kept about the keys of the API. A secret is never kept, only its hash."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models

from huaxiang.release.roles import Access, role_named
from huaxiang.words import Message


class ApiKey(models.Model):
    """One key of a program.

    ``prefix`` names it in public and ``last4`` lets its owner recognise the secret. After a rotation the secret before
    works until ``previous_until``. ``role`` and ``stores`` (None: every store) bound what it sees, ``scopes`` what it
    may ask for, ``rate_per_minute`` how often.
    """

    name: models.CharField[str, str] = models.CharField(max_length=60)
    prefix: models.CharField[str, str] = models.CharField(max_length=16, unique=True)
    secret_hash: models.CharField[str, str] = models.CharField(max_length=64)
    last4: models.CharField[str, str] = models.CharField(max_length=4)
    previous_hash: models.CharField[str, str] = models.CharField(max_length=64, blank=True, default="")
    previous_until: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, default=None
    )
    scopes = models.JSONField(default=list)
    role: models.CharField[str, str] = models.CharField(max_length=16)
    stores = models.JSONField(null=True, blank=True, default=None)
    rate_per_minute: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    created_by: models.CharField[str, str] = models.CharField(max_length=64)
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    expires_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, default=None)
    revoked_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, default=None)
    last_used_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, default=None)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.shown})"

    @property
    def shown(self) -> str:
        """How the key is recognised: its beginning and its end."""
        return f"hx_{self.prefix}_…{self.last4}"

    @property
    def access(self) -> Access:
        """What the key sees; in the ledger it acts under ``key:<prefix>``."""
        stores = None if self.stores is None else frozenset(str(store) for store in self.stores)
        return Access(f"key:{self.prefix}", self.role, stores)

    @property
    def role_title(self) -> Message:
        """What people call the role."""
        return role_named(self.role).title

    def state(self, at: datetime) -> str:
        """``open``, ``revoked`` or ``expired`` at that instant."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= at else "open"
