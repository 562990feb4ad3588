"""Where originals land: files kept by content, and an ordered log of what was done with them.

``landing/objects`` holds every file under its SHA-256; ``landing/operations`` one JSON per operation, numbered in the
order in which it was accepted. An operation counts once its file stands there under its final name; the lake is
brought up to it afterwards, and again after a kill.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from huaxiang.flushing import flush
from huaxiang.model.mapping import Mapping

#: How files end while they are being written.
PARTIAL = ".partial"


@dataclass(frozen=True)
class Operation:
    """One accepted operation.

    ``kind`` is ``import`` (read one sheet of one file) or ``replay`` (read again the rows that a person mended:
    ``fixes`` maps row number to header to text). ``known_at`` is local time, ISO 8601 without zone; ``actor`` whoever
    asked for it.
    """

    name: str
    kind: str
    import_id: str
    sha256: str
    file_name: str
    sheet: str | None
    known_at: str
    mapping: dict[str, Any]
    fixes: dict[str, dict[str, str]] = field(default_factory=dict)
    actor: str = "local"

    def reading(self) -> Mapping:
        """The mapping that the file is read with."""
        return Mapping.model_validate(self.mapping)


@dataclass(frozen=True)
class Landing:
    """The landing folder of one workspace."""

    folder: Path

    @property
    def objects(self) -> Path:
        """Files by content."""
        return self.folder / "objects"

    @property
    def log(self) -> Path:
        """Operations in order."""
        return self.folder / "operations"

    def create(self) -> None:
        """Make the folders."""
        self.objects.mkdir(parents=True, exist_ok=True)
        self.log.mkdir(parents=True, exist_ok=True)

    def store(self, path: Path) -> str:
        """Keep a copy of the file, durable on disk, and give its SHA-256; a copy already there is not made again."""
        digest = file_sha256(path)
        target = self.object(digest, path.suffix)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            flush(self.objects)
            partial = target.with_name(target.name + PARTIAL)
            shutil.copyfile(path, partial)
            _settle(partial, target)
        return digest

    def object(self, digest: str, suffix: str) -> Path:
        """Where the file of that content stands."""
        return self.objects / digest[:2] / (digest + suffix.lower())

    def file_of(self, operation: Operation) -> Path:
        """The original that an operation reads."""
        return self.object(operation.sha256, Path(operation.file_name).suffix)

    def operations(self) -> Iterator[Operation]:
        """Every accepted operation in order."""
        for path in sorted(self.log.glob("*.json")):
            yield Operation(**json.loads(path.read_text(encoding="utf-8")))

    def next_number(self) -> int:
        """The number of the operation to come."""
        numbers = [int(match[1]) for path in self.log.glob("*.json") if (match := re.match(r"(\d+)", path.name))]
        return max(numbers, default=0) + 1

    def accept(self, operation: Operation) -> None:
        """Write the operation down; from here on it happens, whatever is killed."""
        target = self.log / f"{operation.name}.json"
        partial = target.with_suffix(PARTIAL)
        partial.write_text(json.dumps(asdict(operation), ensure_ascii=False, indent=1), encoding="utf-8")
        _settle(partial, target)

    def withdraw(self, operation: Operation) -> None:
        """Take back an operation that could not be done; its original stays."""
        (self.log / f"{operation.name}.json").unlink()
        flush(self.log)

    def sweep(self) -> None:
        """Remove copies that a kill cut short. Only while nothing else writes here."""
        for partial in [*self.log.glob(f"*{PARTIAL}"), *self.objects.glob(f"*/*{PARTIAL}")]:
            partial.unlink()

    def import_operation(self, digest: str, sheet: str | None, mapping: Mapping) -> Operation | None:
        """The operation that already reads this content as this form, if there is one."""
        for operation in self.operations():
            same = (operation.kind, operation.sha256, operation.sheet) == ("import", digest, sheet)
            if same and (operation.mapping["form"], operation.mapping["source"]) == (mapping.form, mapping.source):
                return operation
        return None


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _settle(partial: Path, target: Path) -> None:
    flush(partial)
    partial.rename(target)
    flush(target.parent)
