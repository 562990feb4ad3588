"""The own definitions of a workspace, one file each: who may change them, every version before, and who wrote it."""

from __future__ import annotations

import fcntl
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from huaxiang.errors import Denied, InputError
from huaxiang.ledger import Entry, Ledger
from huaxiang.model.fields import Labels
from huaxiang.release.roles import Access
from huaxiang.workspace import Workspace

LONGEST_NAME = 60
LONGEST_MEANING = 300
_SPOILED = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


@dataclass(frozen=True)
class Naming:
    """How a definition is called and what it means, in both languages; an empty one is taken from the other."""

    zh: str
    en: str
    meaning_zh: str
    meaning_en: str


class Owned(NamedTuple):
    """What decides who may change a definition: its key, name and owner."""

    key: str
    name: Labels
    owner: str


@dataclass(frozen=True)
class Shelf:
    """Definitions of one kind (``segment``, ``tag``) in ``definitions/<folder>``; ``words`` begins their messages."""

    workspace: Workspace
    kind: str
    folder: str
    words: str

    def file(self, key: str) -> Path:
        """Where the definition of that key stands when it has a file of its own."""
        return self.workspace.folder / "definitions" / self.folder / f"{key}.yaml"

    def is_own(self, key: str) -> bool:
        """Whether the definition has a file of its own in the workspace, so that pages can change it."""
        path = self.file(key)
        return path.is_file() and list(_read(path)) == [key]

    def may_change(self, one: Owned, access: Access) -> bool:
        """Whether this person may change the definition: their own one, any one for an administrator."""
        if not access.may("edit_definitions") or not self.is_own(one.key):
            return False
        return one.owner == access.user or access.may("manage_users")

    def refuse_others(self, one: Owned, access: Access) -> None:
        """Raise :class:`Denied`, saying whose it is, when this person may not change the definition."""
        if not self.is_own(one.key):
            raise Denied(f"{self.words}.shipped", name=one.name.message)
        if not self.may_change(one, access):
            raise Denied(f"{self.words}.not_yours", name=one.name.message, owner=one.owner)

    def body(self, key: str) -> dict[str, Any] | None:
        """What the own file of a definition says; None without one."""
        return _read(self.file(key))[key] if self.is_own(key) else None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the shelf, so that what was looked at still holds when it is written."""
        lock = self.file("x").parent / ".lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def put(self, key: str, body: Mapping[str, Any]) -> None:
        """Write the definition; what its file said before goes into the history."""
        self._keep_old(key)
        target = self.file(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        partial.write_text(yaml.safe_dump({key: dict(body)}, allow_unicode=True, sort_keys=False), encoding="utf-8")
        partial.replace(target)

    def remove(self, key: str) -> None:
        """Take the definition away; it stays in the history."""
        self._keep_old(key)
        self.file(key).unlink(missing_ok=True)

    def versions(self, key: str) -> dict[int, dict[str, Any]]:
        """What earlier versions said, by version, the oldest first."""
        found = {_version(path): path for path in self._history.glob(f"{key}.v*.yaml")}
        return {number: _read(found[number])[key] for number in sorted(found)}

    def record(
        self,
        one: Owned,
        version: int,
        change: str,
        said: str,
        access: Access,
        now: datetime,
        of_version: int | None = None,
    ) -> None:
        """Tell the ledger what changed; ``said`` is the definition as text, for the ledger keeps exact values only.

        ``of_version`` is the earlier version that it says again, where it does.
        """
        body: dict[str, Any] = {
            "definition_id": f"{self.kind}/{one.key}",
            "version": version,
            "change": change,
            "zh": one.name.zh,
            "en": one.name.en,
            "owner": one.owner,
            "said": said,
        }
        body |= {} if of_version is None else {"of_version": of_version}
        with Ledger.open(self.workspace.ledger_path) as ledger:
            ledger.append("definition.saved", body, at=now, actor=access.user)

    def entries(self, key: str) -> list[Entry]:
        """What the ledger knows of the definition, the oldest first."""
        with Ledger.open(self.workspace.ledger_path) as ledger:
            return list(ledger.entries("definition.saved", definition_id=f"{self.kind}/{key}"))

    def checked(self, naming: Naming, others: Mapping[str, Labels]) -> Naming:
        """The names made whole. Raises :class:`InputError` for a missing or unfit one, or one that another has."""
        zh, en = naming.zh.strip(), naming.en.strip()
        if not zh and not en:
            raise InputError(f"{self.words}.name_missing")
        meanings = naming.meaning_zh.strip(), naming.meaning_en.strip()
        names = Naming(zh or en, en or zh, meanings[0] or meanings[1], meanings[1] or meanings[0])
        limits = ((names.zh, LONGEST_NAME), (names.en, LONGEST_NAME))
        for text, most in (*limits, (names.meaning_zh, LONGEST_MEANING), (names.meaning_en, LONGEST_MEANING)):
            if len(text) > most or _SPOILED.search(text):
                raise InputError(f"{self.words}.name_unfit", given=_SPOILED.sub("?", text)[:40], most=most)
        if any(names.zh == other.zh for other in others.values()):
            raise InputError(f"{self.words}.name_taken", name=names.zh)
        return names

    def new_key(self, names: Naming, known: Mapping[str, Any]) -> str:
        """A key that no definition has or ever had, made of the English name where it can be."""
        plain = re.sub(r"[^a-z0-9]+", "_", names.en.lower()).strip("_")[:48]
        if not re.match(r"[a-z]", plain):
            plain = f"{self.kind}_{hashlib.sha256(names.zh.encode()).hexdigest()[:8]}"
        taken = {*known, *(path.name.split(".v")[0] for path in self._history.glob("*.yaml"))}
        return next(key for key in (plain, *(f"{plain}_{n}" for n in range(2, len(taken) + 3))) if key not in taken)

    @property
    def _history(self) -> Path:
        return self.workspace.folder / "definitions" / "history" / self.folder

    def _keep_old(self, key: str) -> None:
        old = self.body(key)
        if old is None:
            return
        self._history.mkdir(parents=True, exist_ok=True)
        kept = self._history / f"{key}.v{old.get('version', 1)}.yaml"
        kept.write_bytes(self.file(key).read_bytes())


def _read(path: Path) -> dict[str, Any]:
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, ValueError, RecursionError):
        # What cannot be read belongs to nobody and is left as it is.
        return {}
    return said if isinstance(said, dict) else {}


def _version(path: Path) -> int:
    return int(path.stem.rsplit(".v", 1)[1])
