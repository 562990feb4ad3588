"""A town beside its truth: which accounts are one customer, by sure links alone and with look-alikes.

    python -m benchmarks.identity_truth [customers] [days] [folder of a town that is there already] [workspace with it]

Precision and recall count pairs of accounts. A member number, a shop account, an openid or a device is an account. Most
people have accounts that share nothing with the others, not even through a third one: a card that was never used, a
follower who never bought. Recall is told over all pairs, and over those that what people left in the files connects
(``linkable`` in the truth, known before any dirt and without the rules that are measured).
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

import huaxiang
from benchmarks.matching import peak_gb
from benchmarks.measuring import timed
from huaxiang.engine import Engine
from huaxiang.maintain.matching import to_join
from huaxiang.model.identity import IdentityRules, identity_rules
from huaxiang.model.matching import matching_rules
from huaxiang.prepare.accounts import accounts
from huaxiang.prepare.match import match_records, matches
from huaxiang.prepare.unify import Unified, unify
from huaxiang.town import build

NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
#: Missed pairs that are looked at one by one.
_LOOKED_AT = 200
#: Customers of several people that nothing lists are looked at one by one up to this many.
_SILENT = 20
_NAMESPACES = {"会员资料": "member_no", "商城账号": "shop_account", "openid": "openid", "device": "device_id"}


def main(customers: int, days: int, town: Path | None, ready: Path | None) -> None:
    """Build, import, match, unify, and print."""
    with tempfile.TemporaryDirectory() as folder:
        place = town or Path(folder) / "town"
        if town is None:
            build(place, customers=customers, days=days, seed=7)
        workspace = huaxiang.open(ready) if ready else huaxiang.init(Path(folder) / "ws")
        for path in sorted((place / "raw").iterdir()) if ready is None else ():
            workspace.import_files(workspace.look(path), NOW)
        with workspace.reading() as engine:
            measure(engine, place / "truth")


def measure(engine: Engine, truth: Path) -> None:
    """Both ways of joining, beside the truth."""
    rules, matching = identity_rules(), matching_rules()
    print(f"peak memory before anything {peak_gb():.1f} GB")
    seconds, sure = timed(lambda: unify(engine, rules, "benchmark"))
    print(f"sure links in {seconds:.1f} s, peak memory so far {peak_gb():.1f} GB")
    everybody = engine.keep("truth_accounts", accounts(engine, rules))
    seconds, records = timed(lambda: match_records(engine, everybody, rules, matching))
    seconds_found, found = timed(lambda: matches(engine, records, rules, matching))
    print(
        f"matching in {seconds:.1f} + {seconds_found:.1f} s, {found.compared:,} pairs compared, "
        f"peak memory so far {peak_gb():.1f} GB"
    )
    owners = _owners(truth)
    print(f"sure links: {_told(_placed(engine, sure, owners))}")
    likely = to_join(engine, found.pairs, matching)
    seconds, whole = timed(lambda: unify(engine, rules, "benchmark", likely=likely))
    print(f"with look-alikes in {seconds:.1f} s, peak memory so far {peak_gb():.1f} GB")
    placed = _placed(engine, whole, owners)
    print(f"with look-alikes: {_told(placed)}")
    _caps(engine, whole, rules)
    _traps(placed, truth, _named(engine, everybody))
    _alone(engine, whole, placed, truth)
    _missed(engine, whole, placed)


def _owners(truth: Path) -> pd.DataFrame:
    rows: pd.DataFrame = pq.read_table(truth / "accounts.parquet").to_pandas()
    return rows.assign(account_key=rows.source.map(_NAMESPACES) + ":" + rows.account_id).drop(
        columns=["source", "account_id"]
    )


def _placed(engine: Engine, found: Unified, owners: pd.DataFrame) -> pd.DataFrame:
    """One row per account that the files name and the truth knows: its customer, person and linkable group."""
    accounts: pd.DataFrame = engine.arrow(found.account.select("account_key", "customer_id")).to_pandas()
    return accounts.merge(owners)


def _told(placed: pd.DataFrame) -> str:
    right = _pairs(placed, "customer_id", "person_id")
    linkable, found = _pairs(placed, "linkable"), _pairs(placed, "customer_id", "linkable")
    return (
        f"{len(placed):,} accounts, precision {right / max(_pairs(placed, 'customer_id'), 1):.4f}, recall "
        f"{right / max(_pairs(placed, 'person_id'), 1):.4f} of all pairs, {found / max(linkable, 1):.4f} of the "
        f"{linkable:,} linkable ones"
    )


def _pairs(placed: pd.DataFrame, *columns: str) -> int:
    sizes = placed.groupby(list(columns)).size()
    return int((sizes * (sizes - 1) // 2).sum())


def _caps(engine: Engine, found: Unified, rules: IdentityRules) -> None:
    """Customers with more identifiers of a kind than one may have: there must be none."""
    rows = found.customer_identifier.select("customer_id", "identifier_type", "identifier_value").distinct()
    counted = rows.group_by("customer_id", "identifier_type").agg(value_count=rows.count())
    most = {kind: rule.most_per_customer for kind, rule in rules.identifiers.items()}
    kinds = engine.arrow(counted.group_by("identifier_type").agg(most=counted.value_count.max())).to_pylist()
    over = {row["identifier_type"]: row["most"] for row in kinds if row["most"] > most.get(row["identifier_type"], 10)}
    print(f"customers above the cap by kind: {over or 'none'}")


def _named(engine: Engine, everybody: ir.Table) -> set[str]:
    """The accounts that tell a name."""
    return set(engine.arrow(everybody.filter(everybody.person_name.notnull()).account_key).column(0).to_pylist())


def _traps(placed: pd.DataFrame, truth: Path, named: set[str]) -> None:
    """Planted values and whether they brought different people together, by kind; and whether any file says so: in how
    many customers of several people more than one of them tells a name."""
    people = placed.groupby("customer_id").person_id.nunique()
    mixed = set(placed.person_id[placed.customer_id.isin(people.index[people > 1])])
    planted, fallen = Counter[str](), Counter[str]()
    for trap in pq.read_table(truth / "identity_traps.parquet").to_pylist():
        planted[trap["kind"]] += 1
        fallen[trap["kind"]] += trap["person_id"] in mixed
    print("planted, and of these in a customer of several people: ", end="")
    print(", ".join(f"{kind} {count}/{fallen[kind]}" for kind, count in sorted(planted.items())))
    telling = placed[placed.account_key.isin(named)].groupby("customer_id").person_id.nunique()
    print(
        f"customers of several people: {int((people > 1).sum())} of {len(people):,}; "
        f"with names of several people: {int((telling > 1).sum())}"
    )


def _alone(engine: Engine, found: Unified, placed: pd.DataFrame, truth: Path) -> None:
    """Joins by a phone or e-mail alone, how many are right; and what became of every planted phone of relatives."""
    rows = engine.arrow(found.identity_unconfirmed).to_pandas()
    parts = rows.groupby("account_key").part_key.agg(lambda keys: " ".join(sorted(set(keys))))
    known = placed.assign(part=placed.account_key.map(parts).fillna(""))
    several = known.groupby("customer_id").person_id.transform("nunique") > 1
    sides = known[several].groupby(["customer_id", "part"]).person_id.nunique().groupby("customer_id").max()
    silent, listed = set(sides.index[sides > 1]), set(sides.index[sides == 1])
    listed_parts = rows.drop_duplicates(["part_key", "identifier_value"])
    wrong = sum(known.customer_id[known.part != ""].drop_duplicates().isin(listed))
    print(
        f"joined by a phone or e-mail alone: {len(listed_parts):,} parts of {rows.customer_id.nunique():,} customers, "
        f"{wrong} of them of several people; customers of several people that are not listed: {len(silent)}"
    )
    held = set(engine.arrow(found.identity_hold.identifier_value).column(0).to_pylist())
    print("planted phones of relatives: ", end="")
    print(", ".join(f"{what} {count}" for what, count in _fates(known, truth, held, silent).items()))
    _silent(engine, known[known.customer_id.isin(sorted(silent)[:_SILENT])])


def _silent(engine: Engine, known: pd.DataFrame) -> None:
    """What customers of several people that nothing lists are made of: whose accounts, what they say, what they share
    with others of the customer; nothing personal."""
    values = _values(engine, set(known.account_key))
    told = engine.table("person_record").filter(lambda rows: rows.account_key.isin(sorted(known.account_key)))
    said = engine.arrow(told.select("account_key", "person_name", "birth_date")).to_pandas()
    for customer, rows in known.groupby("customer_id"):
        print(f"  {customer}")
        everybody = sorted(rows.person_id.unique())
        for row in rows.sort_values("person_id").to_dict("records"):
            print(f"    person {everybody.index(row['person_id'])} {_seen(row, rows, values, said)}")


def _seen(
    row: dict[Any, Any], rows: pd.DataFrame, values: Mapping[str, set[tuple[str, str]]], said: pd.DataFrame
) -> str:
    key = str(row["account_key"])
    others = set[tuple[str, str]]().union(*(values[other] for other in rows.account_key if other != key))
    mine = said[said.account_key == key]
    letters = "/".join(sorted({str(len(name)) for name in mine.person_name.dropna()})) or "no"
    shared = ", ".join(f"{kind} {hash(value) % 1000}" for kind, value in sorted(values[key] & others))
    space, part = key.split(":", maxsplit=1)[0], "in a part" if row["part"] else "in the rest"
    born = mine.birth_date.nunique()
    return f"{space} {part}, name of {letters} letters, {born} birth dates, shares {shared}"


def _fates(known: pd.DataFrame, truth: Path, held: set[str], silent: set[str]) -> dict[str, int]:
    """What became of the phones that relatives share, phone by phone."""
    fates = dict.fromkeys(("kept apart", "held", "listed as joined by the phone alone", "silently joined"), 0)
    traps = pq.read_table(truth / "identity_traps.parquet").to_pandas()
    of_person = known.groupby("person_id").customer_id.agg(set)
    for phone, people in traps[traps.kind == "family_shared_phone"].groupby("identifier").person_id:
        theirs = [of_person.get(person, set()) for person in set(people)]
        both = {one for at, some in enumerate(theirs) for other in theirs[:at] for one in some & other}
        apart = "held" if phone in held else "kept apart"
        mixed = "silently joined" if both & silent else "listed as joined by the phone alone"
        fates[mixed if both else apart] += 1
    return fates


def _missed(engine: Engine, found: Unified, placed: pd.DataFrame) -> None:
    """Of the linkable pairs that are not one customer a random few: what they have in common, and why that is held."""
    pieces = placed.groupby("linkable").customer_id.nunique()
    split = placed[placed.linkable.isin(pieces.index[pieces > 1])]
    pairs = sorted(
        (one[0], other[0])
        for _, rows in split.groupby("linkable")
        for one, other in combinations(zip(rows.account_key, rows.customer_id, strict=True), 2)
        if one[1] != other[1]
    )
    drawn = np.random.default_rng(7).permutation(len(pairs))[:_LOOKED_AT]
    some = [pairs[at] for at in drawn]
    values, holds = _values(engine, {key for pair in some for key in pair}), _holds(engine, found)
    causes = Counter[str]()
    for one, other in some:
        shared = sorted(values[one] & values[other])
        told = ", ".join(f"{value[0]} {holds.get(value, 'joined')}" for value in shared) or "through a third account"
        causes[f"{one.split(':')[0]} and {other.split(':')[0]}: {told}"] += 1
    print(f"missed linkable pairs {len(pairs):,}; of {len(some)} of them:")
    for cause, count in causes.most_common():
        print(f"  {count:4d}  {cause}")


def _values(engine: Engine, keys: set[str]) -> defaultdict[str, set[tuple[str, str]]]:
    rows = engine.table("identifier").select("account_key", "identifier_type", "identifier_value").distinct()
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in engine.arrow(rows.filter(rows.account_key.isin(sorted(keys)))).to_pylist():
        found[row["account_key"]].add((row["identifier_type"], row["identifier_value"]))
    return found


def _holds(engine: Engine, found: Unified) -> dict[tuple[str, str], Any]:
    rows = engine.arrow(found.identity_hold.select("identifier_type", "identifier_value", "reason")).to_pylist()
    return {(row["identifier_type"], row["identifier_value"]): row["reason"] for row in rows}


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        int(given[0]) if given else 500,
        int(given[1]) if len(given) > 1 else 365,
        Path(given[2]) if len(given) > 2 else None,
        Path(given[3]) if len(given) > 3 else None,
    )
