"""Fields: whatever a condition may speak of, a column of a fact table or a tag of the portrait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.places import PlaceKind
from huaxiang.words import Message

FieldType = Literal["text", "int", "number", "share", "money", "quantity", "bool", "date", "timestamp", "list"]

#: Engine types by field type, in Ibis words. A number or share is the result of a division, so it is a float; a list
#: holds texts.
FIELD_IBIS_TYPES: dict[str, str] = {
    "text": "string",
    "int": "int64",
    "number": "float64",
    "share": "float64",
    "money": "decimal(18, 4)",
    "quantity": "decimal(18, 4)",
    "bool": "boolean",
    "date": "date",
    "timestamp": "timestamp(6)",
    "list": "array<string>",
}
NUMERIC: frozenset[str] = frozenset({"int", "number", "share", "money", "quantity"})


class Labels(BaseModel):
    """One thing named in Chinese and English."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str
    en: str

    def say(self, lang: str) -> str:
        """The name in ``zh`` or ``en``."""
        return self.zh if lang == "zh" else self.en

    @property
    def message(self) -> Message:
        """The name as a message, to stand inside other sentences."""
        return Message("analyse.named", {"zh": self.zh, "en": self.en})


class Field(BaseModel):
    """A named, typed column: its words, its unit and the names of its values where they are codes. One that is
    ``is_open`` has values without a name too, kept as they came; ``said`` are further words for a code, in lower case.
    Where it names a ``place``, all spellings of one place are one value. ``is_extra`` marks a column that no field of
    ours took."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    type: FieldType
    name: Labels
    unit: str | None = None
    values: Mapping[str, Labels] = {}
    is_open: bool = False
    said: Mapping[str, str] = {}
    place: PlaceKind | None = None
    is_extra: bool = False

    @property
    def ibis_type(self) -> str:
        """The field's type in Ibis words."""
        return FIELD_IBIS_TYPES[self.type]


Fields = Mapping[str, Field]


def field_named(key: str, fields: Fields) -> Field:
    """The field of that name; :class:`DefinitionError` names the nearest ones."""
    try:
        return fields[key]
    except KeyError:
        raise DefinitionError("condition.unknown_field", given=key, nearest=nearest(key, fields)) from None
