"""The tables of the webhooks as they were first."""

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Creates the tables of subscriptions and messages."""

    initial = True

    dependencies: ClassVar[list[tuple[str, str]]] = []

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("token", models.CharField(max_length=32, unique=True)),
                ("url", models.CharField(max_length=2000)),
                ("crowds", models.JSONField(default=list)),
                ("changes", models.JSONField(default=list)),
                ("purpose", models.CharField(max_length=40)),
                ("state", models.CharField(default="active", max_length=10)),
                ("generation", models.PositiveIntegerField(default=1)),
                ("previous_until", models.DateTimeField(default=None, null=True)),
                ("run_id", models.CharField(blank=True, default="", max_length=40)),
                ("behind_crowd", models.CharField(blank=True, default="", max_length=80)),
                ("behind_customer", models.CharField(blank=True, default="", max_length=80)),
                ("created_by", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(max_length=40)),
                ("run_id", models.CharField(max_length=40)),
                ("customers", models.PositiveIntegerField()),
                ("body", models.TextField()),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("last_status", models.PositiveIntegerField(default=None, null=True)),
                ("last_problem", models.CharField(blank=True, default="", max_length=200)),
                ("created_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(default=None, null=True)),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="webhooks.subscription",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["subscription", "state", "next_at"], name="webhooks_de_subscri_2df5dd_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("subscription", "message_id"), name="one_message_once")
                ],
            },
        ),
    ]
