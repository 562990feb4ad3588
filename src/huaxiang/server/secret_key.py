"""The key that signs sessions and tokens, made once for each workspace."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def django_key(secrets_folder: Path) -> str:
    """The workspace's signing key from ``django.key``; made with 384 random bits, readable by its owner only."""
    secrets_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = secrets_folder / "django.key"
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def _write_once(path: Path, key: str) -> None:
    """Two processes that start together end with one key, whole: the first link wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
