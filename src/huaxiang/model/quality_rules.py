"""The kinds of rule by which cells and statements are judged. A rule never judges an empty cell unless it says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Filled(_Rule):
    """The cell is not empty."""

    kind: Literal["filled"]


class Matches(_Rule):
    """The whole text matches the regular expression; an empty cell does not. Only syntax that RE2 and Java share."""

    kind: Literal["matches"]
    pattern: str


class HasIdentifier(_Rule):
    """The account has an identifier of this type in the same source."""

    kind: Literal["has_identifier"]
    identifier_type: str


class IsName(_Rule):
    """The text is somebody's name."""

    kind: Literal["name"]


class NoTitle(_Rule):
    """The name carries no form of address."""

    kind: Literal["no_title"]


class KnownSurname(_Rule):
    """A Chinese name begins with a surname that is in use; other names are not judged."""

    kind: Literal["surname"]


class NoPlaceholder(_Rule):
    """The value is not one that people type when they have none."""

    kind: Literal["no_placeholder"]
    identifier_type: str


class NoTypo(_Rule):
    """The domain of an e-mail address is none of the mistyped ones; each has the one that was meant beside it."""

    kind: Literal["no_typo"]
    typos: dict[str, str]


class IdCardRule(_Rule):
    """Region, birth date and check digit of an identity card number are right."""

    kind: Literal["id_card"]


class KnownCity(_Rule):
    """The text names a city of China."""

    kind: Literal["city"]


class Age(_Rule):
    """The age in whole years on the day of the data, ends included."""

    kind: Literal["age"]
    least: int
    most: int


class Between(_Rule):
    """A number, ends included, other than ``but_not``."""

    kind: Literal["between"]
    least: Decimal
    most: Decimal
    but_not: Decimal | None = None


class NotOneOf(_Rule):
    """The value, as text, is none of these."""

    kind: Literal["not_one_of"]
    values: tuple[str, ...]


class Day(_Rule):
    """A time from ``least`` to the end of the day of the data."""

    kind: Literal["day"]
    least: date
    most: Literal["as_of"]


class Unique(_Rule):
    """No other row of the source has the same value here and in the columns of ``beside``.

    Rows of accounts that match ``but_not_accounts`` are not judged.
    """

    kind: Literal["unique"]
    beside: tuple[str, ...] = Field(default=(), alias="with")
    but_not_accounts: str | None = None


class Refers(_Rule):
    """Another table has a row with this value; nothing is judged while that table is empty."""

    kind: Literal["refers"]
    to: str
    by: str


class NotBefore(_Rule):
    """A time not before that of another column."""

    kind: Literal["not_before"]
    other: str


class Difference(_Rule):
    """The amount is ``of`` minus ``less`` (empty counts as 0), ``within`` so much."""

    kind: Literal["difference"]
    of: str
    less: str
    within: Decimal


class AtMostProduct(_Rule):
    """The amount is no more than one column times another, ``within`` so much; lines that came back are not judged."""

    kind: Literal["at_most_product"]
    of: str
    times: str
    within: Decimal


class Arrives(_Rule):
    """Judges spans of time instead of rows: each of the last ``periods`` spans of ``every_days`` days has a row."""

    kind: Literal["arrives"]
    every_days: int = Field(ge=1)
    periods: int = Field(ge=1)


Rule = Annotated[
    Filled
    | Matches
    | HasIdentifier
    | IsName
    | NoTitle
    | KnownSurname
    | NoPlaceholder
    | NoTypo
    | IdCardRule
    | KnownCity
    | Age
    | Between
    | NotOneOf
    | Day
    | Unique
    | Refers
    | NotBefore
    | Difference
    | AtMostProduct
    | Arrives,
    Field(discriminator="kind"),
]


class Differ(_Rule):
    """Wrong when no statement of the other kind says the same; of one kind with itself, none that came before."""

    kind: Literal["differ"]


class Later(_Rule):
    """Wrong when the left day is later than any right one."""

    kind: Literal["later"]


class AgeOfWord(_Rule):
    """Wrong when the left text is one of ``words`` and the age by the right birth date lies outside the limits."""

    kind: Literal["age_of_word"]
    words: tuple[str, ...]
    least: int = 0
    most: int = 200


PairRule = Annotated[Differ | Later | AgeOfWord, Field(discriminator="kind")]
