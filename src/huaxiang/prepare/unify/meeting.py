"""Identifiers in the form in which they meet: a hash as the value that it was made of, as far as somebody has that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine, only
from huaxiang.model.hashes import HASH_SHAPE
from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.coupons import coupon_uses
from huaxiang.prepare.unify.hashed import clear_of, hashed_types
from huaxiang.prepare.unify.records import COUPON

_TIMES = ("used_since", "used_until")
_HASHES = {"meet_type": pa.string(), "meet_hash": pa.string(), "meet_value": pa.string()}


def meeting_uses(
    engine: Engine, rules: IdentityRules, staff_phones: frozenset[str], hash_keys: Sequence[bytes] = ()
) -> ir.Table:
    """One row per account and value of a listed type: ``account_key, identifier_type, identifier_value, is_verified,
    is_hashed, is_trusted, told_first, told_last``.

    ``is_hashed``: the account has the value as a hash only. ``is_trusted``: a source that may join told it; what
    others told verifies nothing. ``told_first`` and ``told_last`` are since when and until when, null where the data do
    not say.
    """
    rows = _clear(engine, _listed(engine, rules), rules, staff_phones, hash_keys)
    if COUPON in rules.identifiers:
        # A null has the type that it is given; of a time read from a file each engine names the digits in its own way.
        uses = coupon_uses(engine)
        at = {name: uses.occurred_at.cast(rows[name].type()) for name in _TIMES}
        rows = rows.union(uses.mutate(**at).select(rows.columns))
    trusted = _is_trusted(rows, rules)
    judged = rows.mutate(is_trusted=trusted, is_verified=rows.is_verified & trusted)
    return judged.group_by("account_key", "identifier_type", "identifier_value").agg(
        is_verified=judged.is_verified.any(),
        is_hashed=judged.is_hashed.all(),
        is_trusted=judged.is_trusted.any(),
        told_first=judged.used_since.min(),
        told_last=judged.used_until.max(),
    )


def _listed(engine: Engine, rules: IdentityRules) -> ir.Table:
    rows = _dated(engine)
    known = {kind: base for kind, base in hashed_types(rules).items() if base in rules.identifiers}
    listed = rows.filter(rows.identifier_type.isin(sorted({*rules.identifiers, *known})))
    if not known:
        return listed
    base = listed.identifier_type.cases(*sorted(known.items()), else_=listed.identifier_type)
    return listed.mutate(identifier_type=base)


def _dated(engine: Engine) -> ir.Table:
    """The identifiers, with a further row for each moment of which a source says that their use began or ended."""
    told = engine.table("identifier")
    columns = ("account_key", "identifier_type", "identifier_value", "is_verified", "source", *_TIMES)
    known = told.mutate(used_since=told.occurred_at, used_until=told.occurred_at).select(columns)
    if "identifier_use" not in engine.tables():
        return known  # a lake that was made by an earlier version
    uses = engine.table("identifier_use")
    ends = {
        name: ibis.ifelse(uses.moment == moment, uses.occurred_at, ibis.null(uses.occurred_at.type()))
        for name, moment in zip(_TIMES, ("first", "last"), strict=True)
    }
    # That a value was used at a time verifies nothing.
    dated = uses.mutate(is_verified=ibis.literal(False), **ends)
    return known.union(dated.select(columns))


def _clear(
    engine: Engine, rows: ir.Table, rules: IdentityRules, staff_phones: frozenset[str], hash_keys: Sequence[bytes]
) -> ir.Table:
    """``rows`` with ``is_hashed``, and hashes as the values that they were made of, else in lower case."""
    kinds = sorted(kind for kind in rules.hashed if kind in rules.identifiers)
    like_hash = rows.identifier_type.isin(kinds) & rows.identifier_value.re_search(HASH_SHAPE)
    marked = rows.mutate(like_hash=like_hash)
    brought = _made_of(engine, marked, kinds, rules, staff_phones, hash_keys)
    if brought is None:
        return marked.mutate(is_hashed=ibis.literal(False)).drop("like_hash")
    known = engine.bring("unify_hashes", brought)
    lower = marked.identifier_value.lower()
    joined = marked.mutate(lower=lower).left_join(
        known, [marked.identifier_type == known.meet_type, lower == known.meet_hash]
    )
    by_shape = joined.identifier_type.isin([kind for kind in kinds if rules.hashed[kind].by_shape])
    is_hashed = joined.like_hash & (by_shape | joined.meet_hash.notnull())
    value = ibis.ifelse(is_hashed, joined.meet_value.coalesce(joined.lower), joined.identifier_value)
    return joined.mutate(is_hashed=is_hashed, identifier_value=value).drop(*_HASHES, "lower", "like_hash")


def _made_of(
    engine: Engine,
    marked: ir.Table,
    kinds: Sequence[str],
    rules: IdentityRules,
    staff_phones: frozenset[str],
    hash_keys: Sequence[bytes],
) -> pa.Table | None:
    """The hashes whose value is known; None when nothing looks like a hash, which spares reading all values."""
    seen = marked.filter(marked.like_hash).select("identifier_type", hash=marked.identifier_value.lower()).distinct()
    hashes: dict[str, set[str]] = {}
    for row in only(engine.arrow(seen)):
        hashes.setdefault(str(row["identifier_type"]), set()).add(str(row["hash"]))
    if not hashes:
        return None
    found = []
    for kind in (kind for kind in kinds if kind in hashes):
        values = chain(_values(engine, marked, kind, rules), staff_phones if kind == "phone" else ())
        made = clear_of(kind, frozenset(hashes[kind]), values, rules, hash_keys)
        found += [dict(zip(_HASHES, (kind, *pair), strict=True)) for pair in sorted(made.items())]
    return pa.Table.from_pylist(found, schema=pa.schema(list(_HASHES.items())))


def _values(engine: Engine, marked: ir.Table, kind: str, rules: IdentityRules) -> Iterator[str]:
    of_kind = marked.filter(marked.identifier_type == kind)
    clear = of_kind.filter(~of_kind.like_hash) if rules.hashed[kind].by_shape else of_kind
    for chunk in engine.arrow(clear.select("identifier_value").distinct()).column(0).chunks:
        yield from chunk.to_pylist()


def _is_trusted(rows: ir.Table, rules: IdentityRules) -> ir.BooleanValue:
    limited = [
        (rows.identifier_type != kind) | rows.source.isin(sorted(rule.sources))
        for kind, rule in rules.identifiers.items()
        if rule.sources
    ]
    return ibis.and_(*limited) if limited else ibis.literal(True)
