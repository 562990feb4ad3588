"""What translating from any tool shares: foreign names looked up, tests made and checked, refusals written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.compared import check
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import Condition, condition_from, record_of
from huaxiang.model.fields import NUMERIC, Field, Fields
from huaxiang.model.foreign.names import EventMeant, FieldMeant, Names
from huaxiang.model.foreign.place import Place
from huaxiang.model.foreign.report import Report, Translated
from huaxiang.model.measured import fact_meant
from huaxiang.model.vocabulary import Vocabulary, check_asked

Raw = dict[str, Any]
#: Stands where a part could not be said; the report says so and the whole is refused.
NOTHING: Raw = {"all": []}


@dataclass(frozen=True)
class Meant:
    """A foreign property found here: the field, and how its values are called."""

    field: Field
    said: FieldMeant

    def value(self, given: Any) -> Any:
        """A foreign value as we write it; a number written as text becomes one where the field has numbers."""
        if isinstance(given, str | int | float) and str(given) in self.said.values:
            return self.said.values[str(given)]
        if isinstance(given, str) and self.field.type in NUMERIC:
            return number(given)
        return str(given) if self.field.type == "text" and isinstance(given, int) else given


@dataclass
class Translator:
    """One foreign document on its way here. ``known`` is what a condition may name."""

    names: Names
    known: Vocabulary
    report: Report = field(default_factory=Report)

    def translated(self, name: str, meaning: str, raw: Raw, at: Place) -> Translated:
        """The whole: its condition when nothing was refused and all of it holds together."""
        refused = any(found.weight == "refusal" for found in self.report.findings)
        condition = None if refused else self.checked(at, raw)
        return Translated(name, meaning, condition, tuple(self.report.findings))

    def checked(self, at: Place, raw: Raw) -> Condition | None:
        """The condition that the record says; None, and a refusal, where it does not hold together."""
        try:
            condition = condition_from(raw)
            check_asked(condition, self.known)
        except DefinitionError as problem:
            self.report.add(at, "refusal", problem.message)
            return None
        return condition

    def leaf(self, at: Place, raw: Raw) -> Raw:
        """A part that is checked where it stands, so that the refusal names the place."""
        return raw if self.checked(at, raw) is not None else NOTHING

    def row(self, at: Place, raw: Raw, columns: Fields) -> Raw:
        """The same for a test on the columns of a row."""
        try:
            check(condition_from(raw), columns)
        except DefinitionError as problem:
            self.report.add(at, "refusal", problem.message)
            return NOTHING
        return raw

    def field_of(self, at: Place, name: str) -> Meant | None:
        """The tag that a foreign property of customers is."""
        said = self.names.fields.get(name) or (FieldMeant(field=name) if name in self.known.fields else None)
        if said is None or said.field not in self.known.fields:
            near = nearest(said.field if said else name, self.known.fields)
            self.report.refuse(at, "foreign.unknown_field", given=name, nearest=near or "—")
            return None
        self.report.note(at, "foreign.field_taken", given=name, taken=self.known.fields[said.field].name.message)
        return Meant(self.known.fields[said.field], said)

    def event_of(self, at: Place, name: str) -> EventMeant | None:
        """The rows that a foreign event is."""
        said = self.names.events.get(name)
        if said is None:
            self.report.refuse(at, "foreign.unknown_event", given=name)
            return None
        where = text_of(said.where) if said.where is not None else "everyone"
        self.report.note(at, "foreign.event_taken", given=name, taken=fact_meant(said.fact).row.message, where=where)
        return said

    def column_of(self, at: Place, event: EventMeant, name: str) -> Meant | None:
        """The column that a property of a foreign event is."""
        columns = fact_meant(event.fact).columns
        shared = self.names.columns if event.fact == "act" else {}
        said = event.columns.get(name) or shared.get(name) or (FieldMeant(field=name) if name in columns else None)
        if said is None or said.field not in columns:
            near = nearest(said.field if said else name, columns)
            self.report.refuse(at, "foreign.unknown_column", given=name, fact=event.fact, nearest=near or "—")
            return None
        self.report.note(at, "foreign.field_taken", given=name, taken=columns[said.field].name.message)
        return Meant(columns[said.field], said)


def rows_of(event: EventMeant, extra: Raw | None = None) -> Raw:
    """``where`` of the rows of an event that also meet ``extra``."""
    found = [record_of(event.where)] if event.where is not None else []
    found += [extra] if extra and extra != NOTHING else []
    return {"where": found[0] if len(found) == 1 else {"all": found}} if found else {}


def number(given: str) -> Any:
    """The number that a text writes; the text itself where it is none."""
    try:
        return int(given) if given.strip().lstrip("+-").isdecimal() else float(given)
    except ValueError:
        return given


def together(word: str, parts: list[Raw]) -> Raw:
    """The parts under ``all`` or ``any``; a single one stands alone."""
    return parts[0] if len(parts) == 1 else {word: parts}
