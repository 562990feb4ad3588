"""The rules by which accounts of several sources become one customer, read from ``definitions/identity.yaml``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IdentifierRule(_Record):
    """How values of one identifier type join accounts.

    ``verified_sides`` of two accounts must have the value verified (0, 1 or 2). ``most_per_customer`` such values may
    join the accounts of one customer. ``joins`` is ``accounts``, or ``anonymous`` for a value that may only bring an
    account without a login to the one customer who used it.
    """

    joins: Literal["accounts", "anonymous"] = "accounts"
    verified_sides: int = Field(default=1, ge=0, le=2)
    most_per_customer: int = Field(default=10, ge=1)


class Sharing(_Record):
    """When a value is used by too many to say who somebody is.

    ``most_people`` people may share it: each name counts, and each account without a name that is more than the value
    itself. ``most_accounts`` accounts may carry it, or ``most_share`` of all accounts when that is more.
    """

    most_people: int = Field(ge=1)
    most_accounts: int = Field(ge=2)
    most_share: float = Field(ge=0, le=1)


class Placeholders(_Record):
    """Values that people type when they have none: exact ones, and regular expressions for the whole value.

    Compared after NFKC, case folding, trimming and stripping of quotes. ``any`` holds for every type.
    """

    values: dict[str, frozenset[str]]
    patterns: dict[str, tuple[str, ...]]


class NameRules(_Record):
    """Forms of address that are no part of a name, and words that are no name at all."""

    titles: tuple[str, ...]
    not_names: frozenset[str]


class IdentityRules(_Record):
    """All rules of unification.

    ``identifiers`` is keyed by identifier type; a type that is not in it joins nothing. A customer has at most one
    account of each name space in ``one_per_customer``. ``value_namespaces`` are name spaces whose accounts stand for
    nothing but a phone or e-mail in one source.
    """

    version: int
    identifiers: dict[str, IdentifierRule]
    one_per_customer: frozenset[str]
    value_namespaces: frozenset[str]
    sharing: Sharing
    placeholders: Placeholders
    names: NameRules


@cache
def identity_rules() -> IdentityRules:
    """The shipped rules."""
    text = (files("huaxiang") / "definitions" / "identity.yaml").read_text(encoding="utf-8")
    return IdentityRules.model_validate(yaml.safe_load(text))
