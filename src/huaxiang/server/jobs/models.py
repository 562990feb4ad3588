"""What is kept about a job: who asked for what, how far it is, how it ended. No personal data."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
ACTIVE = (WAITING, RUNNING)


class Job(models.Model):
    """One piece of long work.

    ``kind`` is one of :data:`huaxiang.server.jobs.work.KINDS`. ``about`` names what it works on in words that are no
    personal data (file names, an import, a day); ``subject`` is the address part of the page it belongs to.
    ``step`` is the file or step it is at, the ``step_number``-th (from 0) of ``step_count``. ``work`` is its size in
    bytes (0 where that means nothing), ``expected_seconds`` how long it should take after its like, None when unknown.
    ``message`` is a code with parameters: what it waits for, or why it ended. ``result`` is what it made.
    """

    token: models.CharField[str, str] = models.CharField(max_length=32, unique=True)
    kind: models.CharField[str, str] = models.CharField(max_length=16)
    state: models.CharField[str, str] = models.CharField(max_length=16, default=WAITING)
    actor: models.CharField[str, str] = models.CharField(max_length=64)
    about: models.CharField[str, str] = models.CharField(max_length=400, blank=True)
    subject: models.CharField[str, str] = models.CharField(max_length=64, blank=True, db_index=True)
    step: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    step_number: models.IntegerField[int, int] = models.IntegerField(default=0)
    step_count: models.IntegerField[int, int] = models.IntegerField(default=0)
    work: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    expected_seconds: models.FloatField[float | None, float | None] = models.FloatField(null=True, default=None)
    cancel_requested: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    message: models.JSONField[Any, Any] = models.JSONField(null=True, default=None)
    result: models.JSONField[Any, Any] = models.JSONField(null=True, default=None)
    pid: models.IntegerField[int | None, int | None] = models.IntegerField(null=True, default=None)
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    started_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, default=None)
    finished_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, default=None)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_active(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in ACTIVE
