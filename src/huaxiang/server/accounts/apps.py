"""The accounts feature as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the accounts feature under its own name."""

    name = "huaxiang.server.accounts"
    label = "accounts"
