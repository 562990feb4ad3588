"""The jobs table as it was first."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Creates the table of jobs."""

    initial = True

    dependencies: ClassVar[list[tuple[str, str]]] = []

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=32, unique=True)),
                ("kind", models.CharField(max_length=16)),
                ("state", models.CharField(default="waiting", max_length=16)),
                ("actor", models.CharField(max_length=64)),
                ("about", models.CharField(blank=True, max_length=400)),
                ("subject", models.CharField(blank=True, db_index=True, max_length=64)),
                ("step", models.CharField(blank=True, max_length=200)),
                ("step_number", models.IntegerField(default=0)),
                ("step_count", models.IntegerField(default=0)),
                ("work", models.BigIntegerField(default=0)),
                ("expected_seconds", models.FloatField(default=None, null=True)),
                ("cancel_requested", models.BooleanField(default=False)),
                ("message", models.JSONField(default=None, null=True)),
                ("result", models.JSONField(default=None, null=True)),
                ("pid", models.IntegerField(default=None, null=True)),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(default=None, null=True)),
                ("finished_at", models.DateTimeField(default=None, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["state", "id"], name="jobs_job_state_a1d52a_idx")],
            },
        ),
    ]
