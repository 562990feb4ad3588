"""Accounts of which nothing needs judging: what they share joins them all, and nothing they say contradicts.

Most of them are of this kind. They are told apart by numbers in arrays, so that a million of them never become a
million objects; the others are judged one by one, and what comes out is the same as if all had been. When in doubt an
account is not plain.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.arrays import Bools, Ints, codes, connected, most_in, places, several_in
from huaxiang.prepare.unify.placeholders import is_placeholder
from huaxiang.prepare.unify.records import Likely
from huaxiang.prepare.unify.webs import Told, Webs, anonymous, carried


def plain_webs(
    told: Told,
    found: Webs,
    rules: IdentityRules,
    staff_phones: frozenset[str],
    most_accounts: int,
    judged: Iterable[str],
    likely: Iterable[Likely],
) -> Bools:
    """By web whether nothing in it needs judging. ``judged`` are accounts that people decided about."""
    is_plain = np.ones(int(found.web.max(initial=-1)) + 1, np.bool_)
    for doubtful in (
        found.of_value()[_doubtful_values(told, found, rules, most_accounts)],
        *_contradicting(told, found, rules),
        *_strange(told, found, rules),
        _over_caps(told, found, rules),
        _unclear_devices(told, found, rules),
        found.web[_known(places(pa.array(sorted(judged), pa.string()), told.traits.column("account_key")))],
        _paired(told, found, rules, likely),
    ):
        is_plain[doubtful] = False
    is_plain[_worthless(told, found, is_plain, rules, staff_phones)] = False
    return is_plain


def _known(found: Ints) -> Ints:
    return found[found >= 0]


def _doubtful_values(told: Told, found: Webs, rules: IdentityRules, most_accounts: int) -> Bools:
    """By value whether it could be held: too many have it, in part untrusted, hashed or not verified as it must be."""
    count = np.bincount(found.value, minlength=len(found.first))
    stated = told.uses.column("account_count").to_numpy()[found.first]
    verified = np.bincount(found.value, weights=_flags(told, "is_verified"), minlength=len(count))
    needed = {kind: rule.verified_sides for kind, rule in rules.identifiers.items()}
    kinds = told.uses.column("identifier_type").take(pa.array(found.first)).to_pylist()
    sides = np.array([needed[kind] for kind in kinds], np.int64)
    unverified = ((sides == 1) & (verified < 1)) | ((sides == 2) & (verified < count))
    odd = np.bincount(
        found.value, weights=_flags(told, "is_hashed") | ~_flags(told, "is_trusted"), minlength=len(count)
    )
    many = min(rules.sharing.most_people, most_accounts)
    return np.asarray((count != stated) | (count > many) | (odd > 0) | (unverified & ~found.brings))


def _flags(told: Told, name: str) -> Bools:
    return np.asarray(told.uses.column(name).to_numpy(zero_copy_only=False), np.bool_)


def _contradicting(told: Told, found: Webs, rules: IdentityRules) -> Iterable[Ints]:
    """Webs with two names, genders, birth dates or numbers of which one has one."""
    for name in ("person_name", "gender", "birth_date"):
        yield several_in(found.web, codes(told.traits.column(name)))
    space = told.traits.column("namespace")
    numbered = np.asarray(pc.is_in(space, pa.array(sorted(rules.one_per_customer), pa.string())))
    spaces = codes(space)
    yield most_in(found.web[numbered], spaces[numbered], 1)
    owner = places(told.exclusive.column("account_key"), told.traits.column("account_key"))
    kind = codes(told.exclusive.column("identifier_type"))
    values = codes(told.exclusive.column("identifier_value"))
    for one in range(int(kind.max(initial=-1)) + 1):
        yield several_in(found.web[owner[kind == one]], values[kind == one])


def _strange(told: Told, found: Webs, rules: IdentityRules) -> Iterable[Ints]:
    """Webs in which an account without a name carries other things of a kind than some account does."""
    kinds = told.uses.column("identifier_type")
    silent = codes(told.traits.column("person_name")) < 0
    own = ~anonymous(told, rules)
    count = int(found.web.max(initial=-1)) + 1
    for kind in sorted(rules.carried):
        shown = told.traits.column(carried(kind)).to_numpy()
        of_kind = np.asarray(pc.equal(kinds, kind))
        shared = np.bincount(found.account[of_kind], minlength=len(shown))
        different = np.bincount(found.web, weights=shown - shared, minlength=count)
        different += np.bincount(found.of_value()[of_kind[found.first]], minlength=count)
        carriers = np.bincount(found.web[own & (shown > 0)], minlength=count)
        unnamed = np.bincount(found.web[own & silent & (shown > 0)], minlength=count)
        yield np.flatnonzero((carriers > 1) & (unnamed > 0) & (different > 1))


def _over_caps(told: Told, found: Webs, rules: IdentityRules) -> Ints:
    """Webs with more values or accounts of a kind than one customer may have."""
    kinds = told.uses.column("identifier_type").take(pa.array(found.first))
    full: list[Ints] = []
    for kind, rule in rules.identifiers.items():
        of_kind = found.of_value()[np.asarray(pc.equal(kinds, kind))]
        in_space = found.web[np.asarray(pc.equal(told.traits.column("namespace"), kind))]
        full += [np.flatnonzero(np.bincount(web) > rule.most_per_customer) for web in (of_kind, in_space)]
    return np.concatenate(full)


def _unclear_devices(told: Told, found: Webs, rules: IdentityRules) -> Ints:
    """Webs in which not every account without a login belongs, by a single device, to the one customer there is."""
    bringing = found.brings[found.value]
    of_device = anonymous(told, rules)
    of_stranger = of_device[found.account]
    devices = np.bincount(found.account[bringing & of_stranger], minlength=len(of_device))
    owned = np.bincount(found.value[~of_stranger], minlength=len(found.first))
    brought = np.bincount(found.value[of_stranger], minlength=len(found.first))
    joined = connected(found.account[~bringing], found.value[~bringing], len(of_device), len(found.first))
    return np.concatenate([
        found.web[of_device & (devices != 1)],
        found.web[found.account[~bringing & of_stranger]],
        found.of_value()[(brought > 0) & (owned == 0)],
        several_in(found.web[~of_device], joined[~of_device]),
    ])  # fmt: skip


def _paired(told: Told, found: Webs, rules: IdentityRules, likely: Iterable[Likely]) -> Ints:
    """Webs that a probable pair would connect, or in which it speaks of an account without a login."""
    pairs = list(likely)
    keys = told.traits.column("account_key")
    one, other = (places(pa.array([pair[side] for pair in pairs], pa.string()), keys) for side in (0, 1))
    here = (one >= 0) & (other >= 0)
    one, other = one[here], other[here]
    of_device = anonymous(told, rules)
    matter = (found.web[one] != found.web[other]) | of_device[one] | of_device[other]
    return np.concatenate([found.web[one[matter]], found.web[other[matter]]])


def _worthless(told: Told, found: Webs, is_plain: Bools, rules: IdentityRules, staff_phones: frozenset[str]) -> Ints:
    """Webs with a placeholder or a phone of the staff; only values of webs that are plain so far are looked at."""
    looked_at = np.flatnonzero(is_plain[found.of_value()])
    rows = told.uses.select(["identifier_type", "identifier_value"]).take(pa.array(found.first[looked_at]))
    pairs = zip(*(column.to_pylist() for column in rows.columns), strict=True)
    bad = [(kind == "phone" and value in staff_phones) or is_placeholder(kind, value, rules) for kind, value in pairs]
    return found.of_value()[looked_at[np.array(bad, np.bool_)]]
