"""What the versions of a saved segment say: who wrote each when, its rule in words, and what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from huaxiang.errors import DefinitionError
from huaxiang.ledger import Entry
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import All, AnyOf, Condition, parts, record_of
from huaxiang.model.segments import Segment
from huaxiang.server.crowds.saved import check_held, shelf, versions
from huaxiang.words import say
from huaxiang.workspace import Workspace

#: Acts of the history that made a version; the others (deleted, brought back) left it as it was.
_MADE = ("saved", "rolled_back")


class Line(NamedTuple):
    """One thing that a version says otherwise than the one before it: ``plus``, ``minus``, or ``note`` with a word."""

    sign: str
    text: str


class Act(NamedTuple):
    """That somebody did something to the segment: ``change`` names what, ``words`` say it, ``at`` is in UTC."""

    change: str
    words: str
    actor: str
    at: datetime


@dataclass(frozen=True)
class Version:
    """One version. ``unfit`` is the sentence that says why its rule cannot be counted now, empty where it can;
    ``is_by_hand`` where its file says something else than the history knows of it."""

    number: int
    name: str
    condition: Condition
    rule: str
    acts: tuple[Act, ...]
    changed: tuple[Line, ...]
    is_latest: bool
    is_by_hand: bool
    unfit: str = ""

    @property
    def record(self) -> dict[str, Any]:
        """The version for programs; ``unfit`` is None where its rule can be counted."""
        return {
            "version": self.number,
            "is_latest": self.is_latest,
            "name": self.name,
            "rule": record_of(self.condition),
            "text": text_of(self.condition),
            "sentence": self.rule,
            "unfit": self.unfit or None,
            "is_by_hand": self.is_by_hand,
            "changed": [line._asdict() for line in self.changed],
            "acts": [{"change": act.change, "by": act.actor, "at": act.at} for act in self.acts],
        }


def told(segment: Segment, workspace: Workspace, lang: str) -> list[Version]:
    """The versions of the segment in ``zh`` or ``en``, the newest first."""
    teller = _Teller(workspace, lang)
    entries = shelf(workspace).entries(segment.key)
    found: list[Version] = []
    before: Segment | None = None
    for number, one in versions(workspace, segment).items():
        own = [entry for entry in entries if entry.body["version"] == number]
        found.append(teller.version(one, before, own, is_latest=number == segment.version))
        before = one
    return found[::-1]


@dataclass(frozen=True)
class _Teller:
    """Puts versions into words by the definitions of the workspace."""

    workspace: Workspace
    lang: str

    def version(self, one: Segment, before: Segment | None, entries: list[Entry], *, is_latest: bool) -> Version:
        made = [entry for entry in entries if entry.body["change"] in _MADE]
        return Version(
            number=one.version,
            name=one.name.say(self.lang),
            condition=one.condition,
            rule=self._words(one.condition),
            acts=tuple(self._act(entry) for entry in entries),
            changed=tuple(self._changed(before, one)) if before else (),
            is_latest=is_latest,
            is_by_hand=not made or made[-1].body["said"] != text_of(one.condition),
            unfit=self._unfit(one),
        )

    def _act(self, entry: Entry) -> Act:
        change = str(entry.body["change"])
        words = say(f"crowds.change.{change}", self.lang, version=entry.body.get("of_version", ""))
        return Act(change, words, entry.actor, entry.at)

    def _changed(self, before: Segment, after: Segment) -> list[Line]:
        lines = self._changed_rule(before.condition, after.condition)
        old, new = before.name.say(self.lang), after.name.say(self.lang)
        if old != new:
            lines.append(Line("note", say("crowds.versions.name", self.lang, before=old, after=new)))
        if (before.meaning_zh, before.meaning_en) != (after.meaning_zh, after.meaning_en):
            lines.append(Line("note", say("crowds.versions.meaning", self.lang)))
        if before.packs != after.packs:
            lines.append(Line("note", say("crowds.versions.packs", self.lang)))
        return lines

    def _changed_rule(self, before: Condition, after: Condition) -> list[Line]:
        if before == after:
            return []
        old, new = _compared(before, after)
        gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
        if not gone and not come:
            return [Line("note", say("crowds.versions.order", self.lang))]
        lines = [Line("minus", self._words(one)) for one in gone]
        return lines + [Line("plus", self._words(one)) for one in come]

    def _words(self, condition: Condition) -> str:
        try:
            return self.workspace.definitions.sentence(condition, self.lang, self.workspace.list_names)
        except DefinitionError:
            # A tag or an event that is no longer defined: the rule stands as it was written.
            return text_of(condition)

    def _unfit(self, one: Segment) -> str:
        try:
            check_held(one, self.workspace)
        except DefinitionError as problem:
            return problem.say(self.lang)
        return ""


def _compared(before: Condition, after: Condition) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """What is compared one by one: the parts where both join them alike, else both conditions as a whole."""
    if isinstance(before, AnyOf) != isinstance(after, AnyOf):
        return (before,), (after,)
    return _side_by_side(before), _side_by_side(after)


def _side_by_side(condition: Condition) -> tuple[Condition, ...]:
    return parts(condition) if isinstance(condition, All | AnyOf) else (condition,)
