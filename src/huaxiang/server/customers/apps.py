"""The customers feature as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Registers the customers feature under its own name."""

    name = "huaxiang.server.customers"
    label = "customers"
