"""What foreign names mean here: shipped guesses for each tool, and what a workspace says over them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from huaxiang.errors import DefinitionError
from huaxiang.model.conditions import RowCondition
from huaxiang.model.field_tests import Name, Scalar
from huaxiang.model.shown import shown
from huaxiang.shipped import shipped

Tool = Literal["sensors", "ga4"]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldMeant(_Record):
    """The tag or column that a foreign property is; ``values`` are foreign values that are called otherwise here, and
    ``days`` is the tag that counts the days since a date."""

    field: Name
    values: Mapping[str, Scalar] = {}
    days: Name | None = None


def _field(given: Any) -> Any:
    return {"field": given} if isinstance(given, str) else given


class EventMeant(_Record):
    """The rows that a foreign event is: of ``fact``, those that ``where`` picks; ``columns`` are its properties."""

    fact: Name = "act"
    where: RowCondition | None = None
    columns: Mapping[str, Annotated[FieldMeant, BeforeValidator(_field)]] = {}


def _event(given: Any) -> Any:
    return {"where": {"field": "event_name", "op": "=", "value": given}} if isinstance(given, str) else given


class Names(_Record):
    """Foreign names and what they mean here: ``fields`` of customers, ``events``, ``columns`` of every event that is an
    act, and ``crowds``. In short, a field or column is written as our key and an event as our ``event_name``."""

    fields: Mapping[str, Annotated[FieldMeant, BeforeValidator(_field)]] = {}
    events: Mapping[str, Annotated[EventMeant, BeforeValidator(_event)]] = {}
    columns: Mapping[str, Annotated[FieldMeant, BeforeValidator(_field)]] = {}
    crowds: Mapping[str, Name] = {}

    def under(self, own: Names) -> Names:
        """These names with what ``own`` says over them."""
        return Names(
            fields={**self.fields, **own.fields},
            events={**self.events, **own.events},
            columns={**self.columns, **own.columns},
            crowds={**self.crowds, **own.crowds},
        )


def known_names(tool: Tool) -> Names:
    """The names that are guessed of a tool."""
    return names_from(shipped("foreign", f"{tool}.yaml"))


def read_names(text: str) -> Names | None:
    """The names that somebody wrote as YAML or JSON; None for an empty text. Raises :class:`DefinitionError`, with the
    place where the text stops making sense."""
    if not text.strip():
        return None
    try:
        given = yaml.safe_load(text)
    except yaml.MarkedYAMLError as problem:
        raise _stops(text, problem.problem_mark or problem.context_mark) from None
    except yaml.YAMLError as problem:
        raise DefinitionError("foreign.names_character", given=shown(getattr(problem, "character", "?"))) from None
    except RecursionError:
        raise DefinitionError("foreign.names_deep") from None
    except ValueError:
        # YAML reads what looks like a day, or a number, as one, whether there is such a one or not.
        if day := _day_in(text):
            raise DefinitionError("foreign.names_value", given=day) from None
        raise DefinitionError("foreign.names_unfit", place="-", given=shown(text)) from None
    return names_from(given)


def _stops(text: str, mark: Any) -> DefinitionError:
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    lines = text.splitlines() or [""]
    near = lines[min(line, len(lines) - 1)].strip()
    return DefinitionError("foreign.names_unreadable", line=line + 1, column=column + 1, near=shown(near[:60]))


def _day_in(text: str) -> str:
    """The first text that looks like a day and is none."""
    return next((found for found in _DAY.findall(text) if not _is_day(found)), "")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def names_from(given: Any) -> Names:
    """The names that a mapping file says. Raises :class:`DefinitionError` naming the place that does not fit."""
    try:
        return Names.model_validate({} if given is None else given)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        place = ".".join(str(step)[:60] for step in first["loc"] if not str(step).startswith("function-"))
        raise DefinitionError("foreign.names_unfit", place=place or "-", given=shown(first["input"])) from None
