"""Where accounts and sessions are kept: SQLite in the workspace, or PostgreSQL by a URL."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from huaxiang.errors import InputError


def app_database(app_folder: Path, url: str | None) -> dict[str, Any]:
    """Django's description of the database.

    Without a URL: ``app.sqlite3`` in the folder (write-ahead log, every commit on disk before it is acknowledged),
    opened once by each thread: opening and settling it costs more than asking for a key.
    With ``postgresql://user:password@host:port/name``: that server. Another kind of URL, or PostgreSQL
    without its driver ``psycopg``, raises :class:`InputError`.
    """
    if url:
        return _postgresql(url)
    app_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": app_folder / "app.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
            # A write lock taken at once waits its turn; one taken later fails when two people save together.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        # The URL itself may hold a password, so only its kind is named.
        raise InputError("server.database_url_unknown", scheme=parts.scheme or "-")
    if find_spec("psycopg") is None:
        raise InputError("server.postgresql_driver_missing")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
