"""The versions of a tag on its page: who saved which, and what it changed."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml

from huaxiang.model.tags import Tag
from huaxiang.server.tags.shelves import Shelves
from huaxiang.words import say


@dataclass(frozen=True)
class Version:
    """One version: who wrote it when, and its text beside the one before, line by line (sign and text)."""

    number: int
    actor: str
    at: datetime | None
    change_words: str
    diff: tuple[tuple[str, str], ...]
    is_latest: bool


def versions(shelves: Shelves, one: Tag, lang: str) -> list[Version]:
    told = {int(entry.body["version"]): entry for entry in shelves.published.entries(one.key) if _holds(entry.body)}
    found: list[Version] = []
    before: list[str] = []
    for number, body in shelves.versions(one.key).items():
        lines = yaml.safe_dump(dict(body), allow_unicode=True, sort_keys=False).splitlines()
        entry = told.get(number)
        change = say(f"tags.change.{entry.body['change'] if entry else 'shipped'}", lang)
        actor, at = (entry.actor, entry.at) if entry else (one.owner, None)
        diff = _diff(before, lines) if before else ()
        found.append(Version(number, actor, at, change, diff, number == one.version))
        before = lines
    return found[::-1]


def _holds(body: Mapping[str, Any]) -> bool:
    return body["change"] not in ("drafted", "discarded")


def _diff(before: list[str], after: list[str]) -> tuple[tuple[str, str], ...]:
    lines = difflib.ndiff(before, after)
    return tuple((line[0], line[2:]) for line in lines if line[0] in "+-")
