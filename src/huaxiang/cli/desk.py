"""What every command works at: the workspace asked for, the language, who asks, and where answers and messages go."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console, RenderableType

from huaxiang.cli.output import clean, console
from huaxiang.release.roles import Access
from huaxiang.words import Message, say
from huaxiang.workspace import Workspace


@dataclass
class Desk:
    """One run of one command. With ``as_json`` the answer is one JSON document on stdout, all else goes to stderr."""

    lang: str
    workspace_folder: Path = Path()
    as_json: bool = False
    out: Console = field(default_factory=lambda: console(sys.stdout))
    err: Console = field(default_factory=lambda: console(sys.stderr))

    @classmethod
    def of(cls, context: typer.Context) -> Desk:
        """The desk of a running command."""
        return context.ensure_object(cls)

    @property
    def actor(self) -> str:
        """Who is written into the ledger."""
        return f"cli:{getpass.getuser()}"

    @property
    def access(self) -> Access:
        """The command line acts as the owner of the machine; personal values stay masked all the same."""
        return Access(self.actor, "admin", None)

    def now(self) -> datetime:
        """This instant in UTC."""
        return datetime.now(UTC)

    def workspace(self) -> Workspace:
        """The workspace asked for. Raises :class:`WorkspaceError` when the folder is none."""
        return Workspace.open(self.workspace_folder)

    def say(self, code: str, **params: Any) -> str:
        """A sentence in the person's language, safe to show on a terminal."""
        return clean(say(code, self.lang, **params))

    def tell(self, code: str, **params: Any) -> None:
        """A message beside the answer."""
        self.show(self.say(code, **params))

    def warn(self, text: str) -> None:
        """A problem, always on stderr."""
        self.err.print(text)

    def show(self, *parts: RenderableType) -> None:
        """Parts of the answer for people."""
        for part in parts:
            (self.err if self.as_json else self.out).print(part)

    def answer(self, document: Mapping[str, Any], *parts: RenderableType) -> None:
        """The answer: the document for machines, or its parts for people."""
        if self.as_json:
            sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=_plain) + "\n")
        else:
            self.show(*parts)


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return value.record
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
