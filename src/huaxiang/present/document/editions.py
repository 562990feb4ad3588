"""Editions of the document: published once, kept as they were, vouched for by the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from huaxiang.analyse.document_facts import FactBook, State, document_facts
from huaxiang.errors import NotFound, WorkspaceError, nearest
from huaxiang.ledger import Entry, Ledger
from huaxiang.present.document.compose import compose
from huaxiang.present.document.folders import put_whole
from huaxiang.present.document.html import html
from huaxiang.present.document.markdown import markdown
from huaxiang.present.document.material import Material
from huaxiang.present.document.stored import book_from, written
from huaxiang.words import LANGUAGES

FACTS = "facts.json"


@dataclass(frozen=True)
class Edition:
    """One published edition. ``files`` has the SHA-256 of each file by its name, as the ledger has it."""

    edition_id: str
    as_of: date
    run_id: str
    published_at: datetime
    published_by: str
    files: Mapping[str, str]
    folder: Path

    @property
    def number(self) -> int:
        """The number that people know the edition by, from 1."""
        return int(self.edition_id.rsplit("-", 1)[1])

    def read(self, name: str) -> str:
        """The text of one file.

        Raises :class:`NotFound` for a file that the edition does not have, :class:`WorkspaceError` for one that is
        missing or not what was published.
        """
        if name not in self.files:
            raise NotFound("document.no_file", edition=self.edition_id, given=name, known=", ".join(self.files))
        path = self.folder / name
        content = path.read_bytes() if path.is_file() else b""
        if _digest(content) != self.files[name]:
            raise WorkspaceError("document.damaged_edition", edition=self.edition_id, file=name)
        return content.decode("utf-8")

    def facts(self) -> FactBook:
        """The numbers that the edition says."""
        return book_from(self.read(FACTS))


def editions(folder: Path, ledger: Ledger) -> list[Edition]:
    """Every published edition in that folder, the newest first."""
    return [_edition(folder, entry) for entry in ledger.entries("edition.published")][::-1]


def edition_named(folder: Path, ledger: Ledger, edition_id: str) -> Edition:
    """The edition of that id; :class:`NotFound` names the nearest ones."""
    known = {edition.edition_id: edition for edition in editions(folder, ledger)}
    if edition_id not in known:
        raise NotFound("document.no_edition", given=edition_id, known=nearest(edition_id, known) or "-")
    return known[edition_id]


def publish_edition(folder: Path, name: str, state: State, ledger: Ledger, now: datetime, actor: str) -> Edition:
    """Publish the document of a state as the next edition: facts, and the text in zh and en as HTML and Markdown.

    A state whose facts are those of the latest edition gives that edition again and writes nothing. ``name`` is that
    of the workspace. A kill before the ledger entry leaves no edition.
    """
    last = next(iter(editions(folder, ledger)), None)
    book = document_facts(state)
    if last and last.read(FACTS) == written(book):
        return last
    number = int(last.edition_id.split("-")[1]) + 1 if last else 1
    edition_id = f"edition-{number:04d}"
    files = edition_files(material_of(name, edition_id, book, last.facts() if last else None, state))
    put_whole(folder / edition_id, files)
    return _edition(folder, _log(edition_id, state, files, ledger, now, actor))


def material_of(name: str, edition_id: str, book: FactBook, previous: FactBook | None, state: State) -> Material:
    """What the document of that edition is composed of."""
    return Material(name, edition_id, book, previous, state.tags, state.segments, state.currency)


def edition_files(material: Material) -> dict[str, bytes]:
    """The content of every file of an edition by name; the same material gives the same bytes."""
    files = {FACTS: written(material.book)}
    for lang in LANGUAGES:
        document = compose(material, lang)
        files[f"document.{lang}.html"] = html(document)
        files[f"document.{lang}.md"] = markdown(document)
    return {name: text.encode("utf-8") for name, text in files.items()}


def _log(edition_id: str, state: State, files: Mapping[str, bytes], ledger: Ledger, now: datetime, actor: str) -> Entry:
    body = {
        "edition_id": edition_id,
        "as_of": state.as_of,
        "run_id": state.run_id,
        "refresh_position": state.ledger_position,
        "refresh_hash": state.ledger_hash,
        "definitions": state.definitions_version,
        "files": {name: _digest(content) for name, content in files.items()},
    }
    return ledger.append("edition.published", body, at=now, actor=actor, key=edition_id)


def _edition(folder: Path, entry: Entry) -> Edition:
    body, edition_id = entry.body, str(entry.body["edition_id"])
    return Edition(
        edition_id=edition_id,
        as_of=date.fromisoformat(body["as_of"]),
        run_id=body["run_id"],
        published_at=entry.at,
        published_by=entry.actor,
        files=body["files"],
        folder=folder / edition_id,
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
