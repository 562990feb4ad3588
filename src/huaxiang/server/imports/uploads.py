"""Uploaded files until they are imported: under ``tmp/uploads`` in a folder of ours each, under names of our making."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from huaxiang.errors import NotFound

#: What nobody imported for so long is wiped.
KEPT_FOR = timedelta(hours=24)
_NAME_LENGTH = 80
_STATE = "upload.json"


@dataclass(frozen=True)
class Upload:
    """Several files that one person brought at once. The token is the address of its page."""

    token: str

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return uploads_folder() / self.token

    def place(self, number: int, name: str) -> Path:
        """A fresh place for the ``number``-th file, in a folder of its own so that equal names do not meet."""
        folder = self.folder / f"{number:03d}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / clean_name(name)

    def save(self, state: dict[str, Any]) -> None:
        """Keep what is known of the files: header, first rows, mapping."""
        path = self.folder / f"{_STATE}.new"
        path.touch(mode=0o600)
        path.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
        path.replace(self.folder / _STATE)

    def state(self) -> dict[str, Any]:
        """What is known of the files. Raises :class:`NotFound` when they are gone."""
        try:
            state: dict[str, Any] = json.loads((self.folder / _STATE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise NotFound("imports.upload_gone") from None
        return state

    @property
    def is_kept(self) -> bool:
        """Whether something is known of its files; what arrived without that is worth nothing."""
        return (self.folder / _STATE).exists()

    def wipe(self) -> None:
        """Leave nothing of it."""
        shutil.rmtree(self.folder, ignore_errors=True)


def uploads_folder() -> Path:
    """The folder of all uploads."""
    workspace: Path = settings.HUAXIANG_WORKSPACE
    return Path(workspace).resolve() / "tmp" / "uploads"


def new_upload(at: datetime) -> Upload:
    """An empty upload; those that were forgotten are wiped first."""
    sweep(at)
    upload = Upload(secrets.token_hex(12))
    upload.folder.mkdir(mode=0o700, parents=True)
    return upload


def find_upload(token: str, actor: str) -> Upload:
    """The upload of that token when this person brought it. Raises :class:`NotFound`."""
    if not re.fullmatch(r"[0-9a-f]{24}", token):
        raise NotFound("imports.upload_gone")
    upload = Upload(token)
    if upload.state()["actor"] != actor:
        raise NotFound("imports.upload_gone")
    return upload


def sweep(at: datetime) -> None:
    """Wipe uploads that nobody touched for :data:`KEPT_FOR`."""
    folder = uploads_folder()
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and at.timestamp() - path.stat().st_mtime > KEPT_FOR.total_seconds():
            shutil.rmtree(path, ignore_errors=True)


def clean_name(name: str) -> str:
    """A file name made of letters, digits and ``. _ - ( )`` only, without folders, without a leading dot, not long.

    The letters of any language stay, for the name tells people which file it is and names its source.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    plain = re.sub(r"[^\w.()（）-]+", "_", last).lstrip("._-") or "file"
    stem, dot, suffix = plain.rpartition(".")
    if not dot or len(suffix) > 10:
        return plain[:_NAME_LENGTH]
    return f"{stem[: _NAME_LENGTH - len(suffix) - 1]}.{suffix}"
