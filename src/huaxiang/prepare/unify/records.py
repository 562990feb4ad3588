"""What unification in Python works on: accounts, the values they share, the groups they form, and what came out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple

import pyarrow as pa

HoldReason = Literal[
    "placeholder", "staff_phone", "over_shared", "unverified", "other_name", "contradiction", "two_accounts_one_source",
    "other_id_card", "split", "never_same", "changed_hands", "learned_placeholder", "operator_phone",
    "untrusted_source", "stranger", "weak_bridge",
]  # fmt: skip
LinkRule = Literal[
    "shared_value", "hashed_phone", "hashed_email", "hashed_value", "shared_in_period", "only_user_of_device",
    "decided_same", "likely_same", "coupon_used",
]  # fmt: skip
#: What stands in ``identifier_type`` of a link without an identifier: the value is the number of the ledger entry, or
#: the probability with two digits of what it lacks to certainty.
DECISION, LIKENESS = "decision", "likeness"
#: The identifier type of a coupon that was given to one account and used by another.
COUPON = "coupon"


class Account(NamedTuple):
    """One account that shares a value with another. ``age`` orders accounts by when they were first known.

    ``exclusive`` are values (type, value) of which a person has one. ``person`` is the same for accounts that somebody
    decided to be one person, so that their differences contradict nothing; empty means nobody decided. ``carries`` are
    the types of things that people carry along, such as a device, of which the account shows any; ``address`` is told
    of accounts of which a person has one, where it was always the same.
    """

    key: str
    namespace: str
    name: str | None
    gender: str | None
    birth_date: date | None
    age: tuple[str, str, str]
    exclusive: frozenset[tuple[str, str]] = frozenset()
    person: str = ""
    carries: frozenset[str] = frozenset()
    address: str | None = None


class Use(NamedTuple):
    """One account's use of a value, in clear or hashed. ``seen`` are the first and last day of it, where data say so.
    What only untrusted sources told joins nobody."""

    account: str
    is_verified: bool
    is_hashed: bool = False
    is_trusted: bool = True
    seen: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """A value that at least two accounts use: all uses, or the first of many (``account_count`` says how many).

    ``trusted_count`` of the accounts have it from a trusted source; None: all of them."""

    identifier_type: str
    value: str
    account_count: int
    uses: tuple[Use, ...]
    trusted_count: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts that one value joins, two or more; ``period`` is when, of a value that changed hands, else empty."""

    identifier_type: str
    value: str
    uses: tuple[Use, ...]
    period: str = ""

    def of(self, uses: Iterable[Use]) -> Group:
        """The group of these uses alone; they may be too few to join anything."""
        return replace(self, uses=tuple(uses))

    def without(self, accounts: set[str]) -> Group:
        """The group without these accounts; it may be too small to join anything."""
        return self.of(use for use in self.uses if use.account not in accounts)


class Hold(NamedTuple):
    """A value that does not join all of its accounts, and why. ``account_keys`` are the first 20, sorted.

    ``detail`` is what the reason counts or dates: the periods of a value that changed hands, the names on a learned
    placeholder; empty for other reasons.
    """

    identifier_type: str
    identifier_value: str
    reason: HoldReason
    account_count: int
    account_keys: str
    detail: str = ""


class Link(NamedTuple):
    """One reason why two accounts are one customer. ``is_verified``: both accounts have the value verified.

    ``detail`` is the period of a link by a value that changed hands, else empty."""

    account_key_a: str
    account_key_b: str
    identifier_type: str
    identifier_value: str
    rule: LinkRule
    is_verified: bool
    detail: str = ""


#: The columns of links in Arrow.
LINK_TYPES = {**dict.fromkeys(Link._fields, pa.string()), "is_verified": pa.bool_()}


class Crowd(NamedTuple):
    """Why so many use a value, where that can be told from who they are, and what the reason counts."""

    reason: HoldReason
    detail: str


class Likely(NamedTuple):
    """Two accounts that are probably one person: ``probability`` is above 0, at most 1."""

    account_key_a: str
    account_key_b: str
    probability: float


def hold(shared: Shared | Group, reason: HoldReason, detail: str = "") -> Hold:
    """The hold on a value and its accounts."""
    keys = sorted(use.account for use in shared.uses)
    count = shared.account_count if isinstance(shared, Shared) else len(keys)
    return Hold(shared.identifier_type, shared.value, reason, count, ", ".join(keys[:20]), detail)
