"""What a translation says beside the condition: what was assumed, what would change, what cannot be carried over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from huaxiang.model.conditions import Condition
from huaxiang.model.foreign.place import Place
from huaxiang.model.shown import printable
from huaxiang.words import Message

#: ``note``: the rule selects the same customers; ``change``: the nearest rule that we have selects others in some
#: cases; ``refusal``: there is no such rule here.
Weight = Literal["note", "change", "refusal"]


@dataclass(frozen=True)
class Finding:
    """One remark about one place of the foreign document."""

    path: str
    weight: Weight
    message: Message


@dataclass
class Report:
    """The remarks of one translation, in the order of the document."""

    findings: list[Finding] = field(default_factory=list)

    def note(self, place: Place, code: str, **params: Any) -> None:
        """Something that does not change who is meant."""
        self.add(place, "note", _message(code, params))

    def change(self, place: Place, code: str, **params: Any) -> None:
        """Something that is said here in another way, which may mean others."""
        self.add(place, "change", _message(code, params))

    def refuse(self, place: Place, code: str, **params: Any) -> None:
        """Something that cannot be said here."""
        self.add(place, "refusal", _message(code, params))

    def add(self, place: Place, weight: Weight, message: Message) -> None:
        """A remark; one that was made already is not repeated."""
        found = Finding(place.path, weight, message)
        if found not in self.findings:
            self.findings.append(found)


def _message(code: str, params: Mapping[str, Any]) -> Message:
    # Names of the document are shown, whatever they hold and however long they are.
    return Message(
        code, {name: printable(each)[:80] if isinstance(each, str) else each for name, each in params.items()}
    )


@dataclass(frozen=True)
class Translated:
    """One foreign crowd: its name and meaning as written there, and what it means here.

    ``condition`` is None where a part of it cannot be said here. With remarks of weight ``change`` it is the nearest
    rule, not the same one.
    """

    name: str
    meaning: str
    condition: Condition | None
    findings: tuple[Finding, ...]

    def allowed(self, *, approximate: bool) -> Condition | None:
        """The condition if it means the same, or if the nearest one will do; None where it is refused."""
        changed = any(finding.weight == "change" for finding in self.findings)
        return self.condition if approximate or not changed else None
