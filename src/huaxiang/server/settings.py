"""Django's settings, built from a workspace folder: no settings module to edit, nothing read from elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from django.conf import settings

from huaxiang.server.app_database import app_database
from huaxiang.server.clock import system_clock
from huaxiang.server.secret_key import django_key

DATABASE_URL_VARIABLE = "HUAXIANG_APP_DB_URL"
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")

_HERE = Path(__file__).parent

_MIDDLEWARE = [
    "huaxiang.server.headers.SecurityHeaders",
    "huaxiang.server.data.OneSnapshot",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "huaxiang.server.preferences.Preferences",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "huaxiang.server.error_pages.SayErrors",
    "huaxiang.server.permissions.DenyByDefault",
]

_TEMPLATES = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [_HERE / "templates"],
    "APP_DIRS": True,
    "OPTIONS": {
        "builtins": ["huaxiang.server.template_words", "huaxiang.server.icons"],
        "context_processors": [
            "django.template.context_processors.csrf",
            "django.template.context_processors.request",
            "django.contrib.messages.context_processors.messages",
            "huaxiang.server.shell.shell",
        ],
    },
}

_PASSWORD_RULES = "django.contrib.auth.password_validation"  # noqa: S105 - the name of a module


def configure(
    workspace: Path,
    *,
    debug: bool = False,
    allowed_hosts: Sequence[str] = LOOPBACK_HOSTS,
    now: Callable[[], datetime] = system_clock,
    https: bool = False,
) -> None:
    """Set Django up for one workspace; call it once in a process, before anything else of the server.

    Accounts and sessions live in ``app/app.sqlite3`` inside the workspace, or in the PostgreSQL named by the
    environment variable ``HUAXIANG_APP_DB_URL``. ``now`` gives aware datetimes. With ``https`` cookies travel only over
    HTTPS and browsers stay on it.
    """
    told = {"HUAXIANG_WORKSPACE": workspace, "HUAXIANG_CLOCK": now}
    settings.configure(**told, **_options(workspace, debug, allowed_hosts), **_https(https))
    django.setup()


def _options(workspace: Path, debug: bool, allowed_hosts: Sequence[str]) -> dict[str, Any]:
    return {
        "DEBUG": debug,
        "SECRET_KEY": django_key(workspace / "secrets"),
        "ALLOWED_HOSTS": list(allowed_hosts),
        "DATABASES": {"default": app_database(workspace / "app", os.environ.get(DATABASE_URL_VARIABLE))},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": _apps(),
        "MIDDLEWARE": _MIDDLEWARE,
        "TEMPLATES": [_TEMPLATES],
        "ROOT_URLCONF": "huaxiang.server.urls",
        "WSGI_APPLICATION": None,
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "LANGUAGE_CODE": "zh-hans",
        "LANGUAGES": [("zh-hans", "中文"), ("en", "English")],
        "LOGGING": _LOGGING,
        **_static_files(debug),
        **_sessions_and_forms(),
        **_passwords(),
    }


def _apps() -> list[str]:
    return [
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "django.contrib.messages",
        "whitenoise.runserver_nostatic",
        "django.contrib.staticfiles",
        "django_htmx",
        "huaxiang.server.accounts",
        "huaxiang.server.overview",
        "huaxiang.server.customers",
        "huaxiang.server.imports",
        "huaxiang.server.quality",
        "huaxiang.server.jobs",
        "huaxiang.server.runs",
        "huaxiang.server.crowds",
        "huaxiang.server.groups",
        "huaxiang.server.tags",
        "huaxiang.server.identity",
        "huaxiang.server.rfm",
        "huaxiang.server.editions",
        "huaxiang.server.api",
        "huaxiang.server.webhooks",
    ]


def _static_files(debug: bool) -> dict[str, Any]:
    return {
        "STATIC_URL": "/static/",
        "STATICFILES_DIRS": [_HERE / "static"],
        # Files are served from the installed package: there is no collecting step to forget.
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": debug,
    }


def _sessions_and_forms() -> dict[str, Any]:
    return {
        "SESSION_COOKIE_NAME": "huaxiang_session",
        "SESSION_COOKIE_AGE": 14 * 24 * 3600,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": "huaxiang_csrf",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_FAILURE_VIEW": "huaxiang.server.error_pages.csrf_failure",
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 2 * 1024 * 1024,
    }


def _passwords() -> dict[str, Any]:
    return {
        "AUTH_USER_MODEL": "accounts.User",
        "LOGIN_URL": "accounts:sign_in",
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"{_PASSWORD_RULES}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
            {"NAME": f"{_PASSWORD_RULES}.CommonPasswordValidator"},
            {
                "NAME": f"{_PASSWORD_RULES}.UserAttributeSimilarityValidator",
                "OPTIONS": {"user_attributes": ("username", "display_name")},
            },
        ],
    }


def _https(https: bool) -> dict[str, Any]:
    if not https:
        return {}
    return {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    }


_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # Below an error Django logs addresses, and the address of a one-time link must not stand in a log.
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}
