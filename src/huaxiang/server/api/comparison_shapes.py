"""What is asked and told of groups in two tags, by what they bring, beside each other, and between two days."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from huaxiang.analyse.groups.overlap import MOST
from huaxiang.server.api.group_asked import Whom
from huaxiang.server.api.shapes import Asked

Name = Annotated[str, Field(max_length=100)]


class CrossAsked(Whom):
    """A group, and two tags of it."""

    down: Name
    across: Name


class MeasuresAsked(Whom):
    """A group, and the tag by whose values it is measured."""

    tag: Name


class OverlapAsked(Asked):
    """Two to six crowds by their keys."""

    crowds: Annotated[list[Name], Field(min_length=2, max_length=MOST)]


class MovementAsked(Whom):
    """A group, a tag with one value for each customer, and two days: a past ``day``, and a later one that is the
    published one where it is left out."""

    tag: Name
    day: date
    until: date | None = None


class CrossTold(Schema):
    """Two tags against each other; of too few customers nothing but that."""

    as_of: date
    is_few: bool
    said: str
    customers: int | None = None
    cramers_v: float | None = None
    rows: list[dict[str, Any]] | None = None
    columns: list[dict[str, Any]] | None = None
    cells: list[list[dict[str, Any]]] | None = None


class MeasuresTold(Schema):
    """What the customers of each value bring; of too few customers nothing but that."""

    as_of: date
    is_few: bool
    said: str
    values: list[dict[str, Any]] | None = None


class OverlapTold(Schema):
    """How crowds overlap, exactly: each combination with the rule that finds it, and each two crowds."""

    as_of: date
    said: str
    crowds: list[dict[str, Any]]
    exactly: list[dict[str, Any]]
    pairs: list[dict[str, Any]]
    everybody: int | None
    nowhere: int | None


class MovementTold(Schema):
    """Who went from which value to which between two days; of too few customers nothing but that."""

    as_of: date
    day: date
    until: date
    is_few: bool
    said: str
    states: list[dict[str, Any]] | None = None
    flows: list[dict[str, Any]] | None = None
    nets: list[dict[str, Any]] | None = None
    both: int | None = None
    stayed: int | None = None
    new: int | None = None
