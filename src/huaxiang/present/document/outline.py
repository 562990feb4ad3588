"""The outline of the document: its sections, and in each the sentences and exhibits in order (``outline.yaml``)."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from huaxiang.errors import DefinitionError
from huaxiang.model.fields import Labels
from huaxiang.present.document.locked_text import check_text
from huaxiang.shipped import shipped


class Line(BaseModel):
    """One line of a section: a sentence (``say``), an exhibit (``show``), or what repeats (``each``).

    ``when`` names facts that must be known and not 0 for the sentence to be said; ``unless`` facts of which all must
    be unknown or 0. ``answer`` marks the sentence that leads its section.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    say: Labels | None = None
    show: str | None = None
    each: str | None = None
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    answer: bool = False


class SectionPlan(BaseModel):
    """One planned section; ``numbered`` ones count in the table of contents."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    title: Labels
    numbered: bool = True
    lines: tuple[Line, ...] = ()


class Outline(BaseModel):
    """The whole plan. ``repeated`` has, by name, the lines said for each tag, element or crowd."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Labels
    subtitle: Labels
    sections: tuple[SectionPlan, ...]
    repeated: dict[str, tuple[Line, ...]]


@cache
def shipped_outline() -> Outline:
    """The outline that comes with the product."""
    return outline_from(shipped("document", "outline.yaml"))


def outline_from(raw: Any) -> Outline:
    """The outline that a definition holds.

    Raises :class:`DefinitionError` for one that does not hold together, or a sentence that says a number by itself.
    """
    try:
        outline = Outline.model_validate(raw)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise DefinitionError("document.outline_invalid", place=place, reason=first["msg"]) from problem
    for where, template in _texts(outline):
        check_text(template, where)
    return outline


def _texts(outline: Outline) -> list[tuple[str, Labels]]:
    named = [(section.key, line) for section in outline.sections for line in section.lines]
    named += [(name, line) for name, lines in outline.repeated.items() for line in lines]
    return [("subtitle", outline.subtitle), *((where, line.say) for where, line in named if line.say)]
