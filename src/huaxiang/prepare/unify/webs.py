"""What hangs together: accounts and the values that they share, as numbers in arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.arrays import Bools, Column, Ints, connected, places


class Told(NamedTuple):
    """What the engine found. ``uses``: one row per account and value that two or more share, value by value.
    ``traits``: one row per account, with a column for each type of things carried along. ``exclusive``: one row per
    account and number of which a person has one."""

    uses: pa.Table
    traits: pa.Table
    exclusive: pa.Table


def carried(kind: str) -> str:
    """The column of accounts that counts the values of this type, which people carry along."""
    return f"carried_{kind}"


class Webs(NamedTuple):
    """The accounts and values that hang together, as numbers.

    By use ``account`` and ``value``; by account ``web``, the number of what it hangs in; by value ``first``, the place
    of its first use, and ``brings``, whether it only brings an account without a login.
    """

    account: Ints
    value: Ints
    first: Ints
    brings: Bools
    web: Ints

    def of_value(self) -> Ints:
        """The web of every value."""
        return self.web[self.account[self.first]]


def webs(told: Told, rules: IdentityRules) -> Webs:
    """What hangs together by any value."""
    kinds, values = (told.uses.column(name) for name in ("identifier_type", "identifier_value"))
    first = np.flatnonzero(_changes(kinds) | _changes(values))
    value = np.repeat(np.arange(len(first)), np.diff([*first, len(kinds)]))
    account = places(told.uses.column("account_key"), told.traits.column("account_key"))
    brings = np.asarray(pc.is_in(kinds.take(pa.array(first)), _anonymous(rules)))
    return Webs(account, value, first, brings, connected(account, value, told.traits.num_rows, len(first)))


def anonymous(told: Told, rules: IdentityRules) -> Bools:
    """By account whether it stands for a device and the like, not for a login."""
    return np.asarray(pc.is_in(told.traits.column("namespace"), _anonymous(rules)))


def _changes(column: Column) -> Bools:
    flat = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not len(flat):
        return np.zeros(0, np.bool_)
    return np.concatenate([[True], np.asarray(pc.not_equal(flat[1:], flat[:-1]))])


def _anonymous(rules: IdentityRules) -> pa.Array:
    return pa.array(sorted(kind for kind, rule in rules.identifiers.items() if rule.joins == "anonymous"), pa.string())
