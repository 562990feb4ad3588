"""The rules by which accounts of several sources become one customer, read from ``definitions/identity.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from huaxiang.model.own_rules import unknown_key, with_own
from huaxiang.shipped import shipped

_FILE = "identity.yaml"
#: What a workspace may say for itself.
_OWN = (
    "identifiers",
    "one_per_customer",
    "registered_again",
    "least_likeness_of_groups",
    "sharing",
    "learned",
    "households",
    "placeholders",
)
Fact = Literal["person_name", "gender", "birth_date", "address"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChangesHands(_Record):
    """When a value that is given out again has a new owner: after ``days_between`` days without anybody's use.

    An owner who was seen for less than ``days_seen`` days may simply buy seldom: next to him the days without use must
    be ``days_between_brief`` at least.
    """

    days_between: int = Field(ge=1)
    days_seen: int = Field(ge=0)
    days_between_brief: int = Field(ge=1)


class IdentifierRule(_Record):
    """How values of one identifier type join accounts.

    ``verified_sides`` of two accounts must have the value verified (0, 1 or 2). ``most_per_customer`` such values may
    join the accounts of one customer. ``joins`` is ``accounts``, or ``anonymous`` for a value that may only bring an
    account without a login to the one customer who used it. Only values that one of ``sources`` told join anybody
    (none listed: any source); where two types contradict each other, the one of the greater ``priority`` stands.
    ``changes_hands`` is None for a value that is never given out again. ``relatives_share``: people who live together
    may have one.
    """

    joins: Literal["accounts", "anonymous"] = "accounts"
    verified_sides: int = Field(default=1, ge=0, le=2)
    most_per_customer: int = Field(default=10, ge=1)
    sources: frozenset[str] = frozenset()
    priority: int = 0
    relatives_share: bool = False
    changes_hands: ChangesHands | None = None


class Hashed(_Record):
    """How values of one type are written before somebody hashes them; ``{value}`` is the value as we have it.

    ``by_shape``: whatever looks like a hash is one, because no clear value of the type does.
    """

    forms: tuple[str, ...]
    by_shape: bool = True


class Sharing(_Record):
    """When a value is used by too many to say who somebody is.

    ``most_people`` people may share it: each name counts, and each account without a name that is more than the value
    itself. ``most_accounts`` accounts may carry it, or ``most_share`` of all accounts when that is more.
    """

    most_people: int = Field(ge=1)
    most_accounts: int = Field(ge=2)
    most_share: float = Field(ge=0, le=1)


class Learned(_Record):
    """When a value that too many use is a placeholder that nobody listed, or one that an operator types for customers.

    A placeholder is used by more than ``times_usual`` times the accounts of the median value of its type; of the
    accounts with a name at least ``least_distinct_names`` have one of their own and none more than
    ``most_of_one_name``. Of an operator's value one operator wrote at least ``least_of_one_operator`` of the accounts.
    """

    times_usual: int = Field(ge=1)
    least_distinct_names: float = Field(gt=0, le=1)
    most_of_one_name: float = Field(gt=0, le=1)
    least_of_one_operator: float = Field(gt=0, le=1)


class HouseholdRules(_Record):
    """Who lives together without being one person.

    A value or an address of more than ``most_members`` customers says nothing, and no household has more. An address
    counts from ``least_address_length`` characters on, when it has a digit in it. ``landline`` is the form of phones
    that belong to a home.
    """

    most_members: int = Field(ge=2)
    least_address_length: int = Field(ge=1)
    landline: str


class Placeholders(_Record):
    """Values that people type when they have none: exact ones, and regular expressions for the whole value.

    Compared after NFKC, case folding, trimming and stripping of quotes. ``any`` holds for every type.
    """

    values: dict[str, frozenset[str]]
    patterns: dict[str, tuple[str, ...]]

    def and_also(self, more: Placeholders) -> Placeholders:
        """These and the others."""
        values, patterns = self.values, self.patterns
        return Placeholders(
            values={key: values.get(key, frozenset()) | more.values.get(key, frozenset()) for key in more.values},
            patterns={
                key: tuple(dict.fromkeys((*patterns.get(key, ()), *more.patterns.get(key, ()))))
                for key in more.patterns
            },
        )


class NameRules(_Record):
    """Forms of address that are no part of a name, and words that are no name at all."""

    titles: tuple[str, ...]
    not_names: frozenset[str]


class IdentityRules(_Record):
    """All rules of unification.

    ``identifiers`` is keyed by identifier type; a type that is not in it joins nothing. A customer has at most one
    account of each name space in ``one_per_customer``, but where both show all facts of ``registered_again`` and none
    of them differs: then it is a second number of one person. ``carried`` are types of what a person carries along.
    ``value_namespaces`` are name spaces whose accounts stand for nothing but a phone or e-mail in one source.
    ``hashed`` is keyed by identifier type. ``least_likeness_of_groups`` is the probability from which on (inclusive)
    likeness alone joins two groups of several accounts each.
    """

    version: int
    identifiers: dict[str, IdentifierRule]
    one_per_customer: frozenset[str]
    registered_again: tuple[Fact, ...]
    carried: frozenset[str]
    value_namespaces: frozenset[str]
    least_likeness_of_groups: float = Field(gt=0, le=1)
    sharing: Sharing
    learned: Learned
    hashed: dict[str, Hashed]
    households: HouseholdRules
    placeholders: Placeholders
    names: NameRules


@cache
def identity_rules() -> IdentityRules:
    """The shipped rules."""
    return IdentityRules.model_validate(shipped("identity.yaml"))


def own_identity_rules(said: Mapping[str, Any]) -> IdentityRules:
    """The shipped rules with what a workspace says over them. Placeholders that it names are added to the shipped ones;
    of an identifier type that it gives nothing (``device_id:``) no value joins anybody.

    Raises :class:`DefinitionError` naming the key when it is another one or its value does not hold.
    """
    known, told = identity_rules(), {**said}
    types = told.get("identifiers")
    if isinstance(types, Mapping):
        if unknown := sorted(map(str, types.keys() - known.identifiers.keys())):
            raise unknown_key(_FILE, f"identifiers.{unknown[0]}", known.identifiers)
        off = [kind for kind, rule in types.items() if rule is None]
        known = known.model_copy(update={"identifiers": {k: v for k, v in known.identifiers.items() if k not in off}})
        told["identifiers"] = {kind: rule for kind, rule in types.items() if rule is not None}
    more = with_own(known, told, _OWN, _FILE)
    return more.model_copy(update={"placeholders": known.placeholders.and_also(more.placeholders)})
