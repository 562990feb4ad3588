"""Who wants to be told of what, and the messages on their way. No secret is kept: they are derived when needed."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models

from huaxiang.apply.webhook_messages import Behind, Wanted

ACTIVE, PAUSED, GONE = "active", "paused", "gone"
WAITING, DELIVERED, DEAD, WITHHELD = "waiting", "delivered", "dead", "withheld"


class Subscription(models.Model):
    """One destination and what it is told of.

    ``state`` is active, paused by a person, or gone (it answered 410). ``generation`` numbers the secret; the one
    before also signs until ``previous_until``. Messages have been made of all refreshes up to ``run_id``, and of the
    one after it up to that customer of that crowd.
    """

    name: models.CharField[str, str] = models.CharField(max_length=60)
    token: models.CharField[str, str] = models.CharField(max_length=32, unique=True)
    url: models.CharField[str, str] = models.CharField(max_length=2000)
    crowds = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    purpose: models.CharField[str, str] = models.CharField(max_length=40)
    state: models.CharField[str, str] = models.CharField(max_length=10, default=ACTIVE)
    generation: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=1)
    previous_until: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, default=None
    )
    run_id: models.CharField[str, str] = models.CharField(max_length=40, blank=True, default="")
    behind_crowd: models.CharField[str, str] = models.CharField(max_length=80, blank=True, default="")
    behind_customer: models.CharField[str, str] = models.CharField(max_length=80, blank=True, default="")
    created_by: models.CharField[str, str] = models.CharField(max_length=64)
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def wanted(self) -> Wanted:
        """What it is told of."""
        return Wanted(self.token, tuple(self.crowds), tuple(self.changes), self.purpose)

    @property
    def behind(self) -> Behind:
        """How far messages of the refresh at hand were made."""
        return Behind(self.behind_crowd, self.behind_customer)

    def made_until(self, run_id: str, behind: Behind) -> None:
        """Note how far the making came."""
        self.run_id, self.behind_crowd, self.behind_customer = run_id, *behind


class Delivery(models.Model):
    """One message on its way to one destination.

    ``body`` stays as it was made, so every try is signed alike, unless somebody in it withdraws; one in which nobody is
    left is withheld.
    """

    subscription: models.ForeignKey[Subscription, Subscription] = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="deliveries"
    )
    message_id: models.CharField[str, str] = models.CharField(max_length=40)
    run_id: models.CharField[str, str] = models.CharField(max_length=40)
    customers: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    body: models.TextField[str, str] = models.TextField()
    state: models.CharField[str, str] = models.CharField(max_length=10, default=WAITING)
    tries: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    next_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    last_status: models.PositiveIntegerField[int | None, int | None] = models.PositiveIntegerField(
        null=True, default=None
    )
    last_problem: models.CharField[str, str] = models.CharField(max_length=200, blank=True, default="")
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    settled_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, default=None)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["subscription", "state", "next_at"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subscription", "message_id"], name="one_message_once")
        ]

    def __str__(self) -> str:
        return self.message_id
