"""Keyed hashes in place of personal values: the same value gives the same name, and no value can be guessed back."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path
from typing import Self

from huaxiang.errors import InputError, WorkspaceError

_KEY_BYTES = 32


class Pseudonym:
    """HMAC-SHA-256 over the type and the value of an identifier, cut to 32 hex digits.

    Normalise values before: ``+86 138 0013 8000`` and ``13800138000`` are different texts, so different names.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < _KEY_BYTES:
            raise InputError("ledger.key_too_short", given=len(key), expected=_KEY_BYTES)
        self._key = key

    @classmethod
    def of_workspace(cls, workspace: Path) -> Self:
        """With the key in ``<workspace>/secrets/pseudonym.key``, which is made (mode 0600) when missing.

        Without this key no stored name can be matched again, so it belongs into every backup.
        """
        path = workspace / "secrets" / "pseudonym.key"
        if not path.exists():
            _create_key(path)
        return cls(_read_key(path))

    def of(self, identifier_type: str, value: str) -> str:
        """The 32 hex digits that stand for ``value`` of this ``identifier_type`` (``phone``, ``email``, …)."""
        # The length in front keeps ("a", "bc") and ("ab", "c") apart.
        message = f"{len(identifier_type)}:{identifier_type}{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()[:32]


def _read_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise WorkspaceError("ledger.key_file_damaged", path=path.name, expected=_KEY_BYTES)
    return key


def _create_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(_KEY_BYTES) + "\n")
            file.flush()
            os.fsync(handle)
        # A hard link fails when another process made the key first, so every process ends with the same key.
        os.link(temporary, path)
    except FileExistsError:
        return
    finally:
        Path(temporary).unlink()
