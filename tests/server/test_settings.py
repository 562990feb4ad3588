"""What the settings promise about keys, databases and addresses."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from huaxiang.errors import InputError
from huaxiang.server.app_database import app_database
from huaxiang.server.secret_key import django_key
from huaxiang.server.serve import crew, serve


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    key = django_key(tmp_path / "secrets")
    assert len(key) >= 50
    assert django_key(tmp_path / "secrets") == key
    assert stat.S_IMODE((tmp_path / "secrets" / "django.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["django.key"]
    assert django_key(tmp_path / "other") != key


def test_sqlite_acknowledges_only_what_is_on_disk(workspace: Path) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        values = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert values == ["wal", 2]
    assert (workspace / "app" / "app.sqlite3").is_file()


def test_the_tables_in_the_history_are_those_of_the_models(workspace: Path) -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_postgresql_without_its_driver_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huaxiang.server.app_database.find_spec", lambda _name: None)
    with pytest.raises(InputError, match="psycopg"):
        app_database(tmp_path, "postgresql://li:secret@db.example/shop")


def test_a_postgresql_url_is_taken_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huaxiang.server.app_database.find_spec", lambda _name: "installed")
    found = app_database(tmp_path, "postgresql://li:p%40ss@db.example:6543/shop")
    parts = [found[name] for name in ("ENGINE", "USER", "PASSWORD", "HOST", "PORT", "NAME")]
    assert parts == ["django.db.backends.postgresql", "li", "p@ss", "db.example", 6543, "shop"]


@pytest.mark.parametrize("url", ["mysql://li:secret@db/shop", "postgresql://li:secret@db", "secret"])
def test_another_database_is_refused_without_telling_its_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refusal:
        app_database(tmp_path, url)
    assert "secret" not in refusal.value.say("zh") + refusal.value.say("en")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "shop.example"])  # noqa: S104
def test_other_computers_come_in_only_when_asked_for(host: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="other computers"):
        serve(tmp_path, host, tell=print)


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=str(port)):
            serve(tmp_path, port=port, tell=print)


def test_pages_are_made_by_a_few_processes_with_a_few_threads() -> None:
    assert [crew(cores) for cores in (1, 2, 4, 64)] == [(1, 3), (2, 3), (2, 4), (2, 4)]
