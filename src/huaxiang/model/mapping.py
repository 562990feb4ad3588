"""How the columns of a file are understood: the fields that a column can be, the forms that a row can have, and the
mapping of one file, which a person corrects and uses again.

Fields, forms and vocabulary are content (``definitions/collect``); this module gives them as frozen records.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Default

from huaxiang.errors import DefinitionError, nearest
from huaxiang.shipped import shipped

Kind = Literal[
    "id", "phone", "email", "id_card", "name", "text", "bool", "gender", "time", "date", "birth_date", "birth_year",
    "age", "money", "quantity", "int", "score_0_10", "score_1_5", "sentiment_0_1", "order_status", "payment_status",
    "event_name", "currency", "province", "city",
]  # fmt: skip

#: Fields that say who a row is about, the strongest first; those before ``phone`` are accounts of their own.
ACCOUNT_FIELDS = ("member_no", "shop_account", "customer_no", "user_id", "openid", "unionid", "device_id")
WHO_FIELDS = (*ACCOUNT_FIELDS, "phone", "phone_verified", "email", "id_card", "person_name", "first_name", "last_name")


class SourceField(BaseModel):
    """What one column of a file can be, how its cells are read, and under which headers it travels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Kind
    zh: str
    en: str
    words: tuple[str, ...]
    on_bad: Literal["set_aside", "quarantine"] = "set_aside"


class Form(BaseModel):
    """What one row of a file can be: the canonical table that it mainly fills and the fields that make it so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    zh: str
    en: str
    table: str
    needs: tuple[tuple[str, ...], ...]
    refuses: tuple[str, ...] = ()
    who: bool
    columns: dict[str, str]
    fields: tuple[str, ...]

    @property
    def all_fields(self) -> tuple[str, ...]:
        """The form's own fields and, for rows about a person, those that say who."""
        return (
            *(WHO_FIELDS if self.who else ()),
            *(name for name in self.fields if name not in WHO_FIELDS or not self.who),
        )

    def field_of(self, column: str) -> str:
        """The field that fills a column of the main table."""
        return self.columns.get(column, column)


class Match(BaseModel):
    """Why a header was taken for a field: how sure (0 to 1) and on what ground. A person may write just the header."""

    model_config = ConfigDict(extra="forbid")

    header: str
    confidence: float = Default(default=1.0, ge=0, le=1)
    ground: Literal["word", "near_word", "values", "person"] = "person"

    @model_validator(mode="before")
    @classmethod
    def _header_alone(cls, given: Any) -> Any:
        return {"header": given} if isinstance(given, str) else given


class Mapping(BaseModel):
    """How one file is read. Saved as YAML; a person may correct every line of it.

    ``columns`` maps field to header. ``values`` gives the meaning of a source's own codes per field.
    ``month_first`` settles dates such as 03/04/2024; ``paid_is_net`` says that refunds are already taken off.
    ``header`` is all headers of the file that it was saved for, empty when it was not saved for one.
    """

    model_config = ConfigDict(extra="forbid")

    form: str
    source: str
    columns: dict[str, Match]
    values: dict[str, dict[str, str]] = {}
    month_first: bool = False
    decimal_comma: bool = False
    paid_is_net: bool = False
    currency: str | None = None
    phone_is_verified: bool | None = None
    header: tuple[str, ...] = ()

    def header_of(self, field: str) -> str | None:
        """The header that the field comes from."""
        match = self.columns.get(field)
        return match.header if match else None

    def to_yaml(self) -> str:
        """The mapping as the file that a person edits."""
        body = self.model_dump(mode="json", exclude_defaults=True)
        return yaml.safe_dump(body, allow_unicode=True, sort_keys=False)

    @classmethod
    def from_yaml(cls, text: str, where: str) -> Mapping:
        """The mapping in a file; :class:`DefinitionError` says what does not hold and which names are near."""
        try:
            mapping = cls.model_validate(yaml.safe_load(text))
        except (yaml.YAMLError, ValueError) as problem:
            raise DefinitionError("mapping.unreadable", where=where, reason=str(problem)) from None
        mapping.check(where)
        return mapping

    def check(self, where: str) -> None:
        """Raise :class:`DefinitionError` when form or fields are unknown."""
        if self.form not in forms():
            raise DefinitionError(
                "mapping.unknown_form", where=where, given=self.form, nearest=nearest(self.form, forms())
            )
        allowed = forms()[self.form].all_fields
        for name in self.columns:
            if name not in allowed:
                raise DefinitionError(
                    "mapping.unknown_field", where=where, given=name, form=self.form, nearest=nearest(name, allowed)
                )


@cache
def source_fields() -> dict[str, SourceField]:
    """Every field by name."""
    return {name: SourceField(name=name, **body) for name, body in shipped("collect", "fields.yaml").items()}


@cache
def forms() -> dict[str, Form]:
    """Every form by name, in the order in which ties are settled."""
    return {name: Form(name=name, **body) for name, body in shipped("collect", "forms.yaml").items()}


@cache
def vocabulary() -> dict[str, Any]:
    """The words that sources use for missing values, yes and no, gender, order status and acts."""
    return shipped("collect", "vocabulary.yaml")  # type: ignore[no-any-return]
