"""Results: what an answer to "why?" and an analysis give, before anybody puts them into words or pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from huaxiang.model.fields import Field, FieldType, Labels
from huaxiang.words import Message

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class Why:
    """Why a customer has a value of a tag.

    ``rule`` says the rule in ``zh`` and ``en``. ``first_day`` and ``last_day`` bound its window, both included;
    ``first_day`` is None where it looks at everything. ``evidence`` are the rows that count, newest first, at most 50
    of ``evidence_count``; each names the row of its import. ``inputs`` are the tags it is computed from. Where nobody
    states the value, ``how`` says whether it was filled from another source or inferred, and ``from_trait`` from what.
    Evidence of preferences comes from several tables: each row names its ``fact``, the value and the weight that it
    still has. Evidence of layers is what the customer did that put them there, with the column that was looked at
    first. ``confidence`` says how sure the value is, from 0 to 1; None for values that are certain where they are
    known, and for those computed from other tags.
    What comes from an ``analysis`` has what speaks for it as evidence, the strongest first.
    ``given`` is what people said by hand or by file: the first stands, and beats the rows of a golden value.
    """

    tag: str
    version: int
    value: Any
    rule: Mapping[str, str]
    first_day: date | None
    last_day: date
    fact: str | None = None
    evidence: tuple[Mapping[str, Any], ...] = ()
    evidence_count: int = 0
    inputs: tuple[Why, ...] = ()
    how: Literal["filled", "inferred"] | None = None
    from_trait: str | None = None
    confidence: float | None = None
    analysis: str | None = None
    given: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class OutputColumn:
    """One column of an analysis: its type, unit and words, and the names of its values where they are codes."""

    name: str
    type: FieldType
    labels: Labels
    unit: str | None = None
    values: Mapping[str, Labels] = field(default_factory=dict)

    @property
    def field(self) -> Field:
        """The column as a field, whose values can be put into words."""
        return Field(key=self.name, type=self.type, name=self.labels, unit=self.unit, values=self.values)


@dataclass(frozen=True)
class Parameter:
    """One choice that an analysis leaves open, with its range and what it is when nobody chooses."""

    name: str
    type: Literal["int", "number", "choice", "tag"]
    labels: Labels
    help: Labels
    default: int | float | str | None = None
    least: float | None = None
    greatest: float | None = None
    choices: Mapping[str, Labels] = field(default_factory=dict)
    unit: str | None = None


@dataclass(frozen=True)
class Result:
    """What an analysis found.

    ``answer`` is the one sentence that says it. ``tables`` are named lists of rows small enough to read, ``figures``
    single numbers (sample sizes, cuts), ``notes`` what the reader must know to trust them. ``members`` has one row per
    customer with what the analysis says of them, not yet computed; None where it speaks of no single customer.
    """

    answer: Message
    tables: Mapping[str, tuple[Mapping[str, Any], ...]]
    figures: Mapping[str, Any]
    notes: tuple[Message, ...] = ()
    members: ir.Table | None = None
