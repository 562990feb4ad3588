"""The table of keys as it was first."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Creates the table of keys."""

    initial = True

    dependencies: ClassVar[list[tuple[str, str]]] = []

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("prefix", models.CharField(max_length=16, unique=True)),
                ("secret_hash", models.CharField(max_length=64)),
                ("last4", models.CharField(max_length=4)),
                ("previous_hash", models.CharField(blank=True, default="", max_length=64)),
                ("previous_until", models.DateTimeField(default=None, null=True)),
                ("scopes", models.JSONField(default=list)),
                ("role", models.CharField(max_length=16)),
                ("stores", models.JSONField(blank=True, default=None, null=True)),
                ("rate_per_minute", models.PositiveIntegerField()),
                ("created_by", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(default=None, null=True)),
                ("revoked_at", models.DateTimeField(default=None, null=True)),
                ("last_used_at", models.DateTimeField(default=None, null=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
    ]
