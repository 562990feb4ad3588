"""A town beside its truth: which accounts are one customer, by sure links alone and with look-alikes.

    python -m benchmarks.identity_truth [customers] [days] [folder of a town that is there already]

Precision and recall count pairs of accounts. A member number, a shop account, an openid or a device is an account.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

import huaxiang
from benchmarks.matching import peak_gb
from benchmarks.measuring import timed
from huaxiang.engine import Engine
from huaxiang.engine.interface import only
from huaxiang.maintain.matching import to_join
from huaxiang.model.identity import IdentityRules, identity_rules
from huaxiang.model.matching import matching_rules
from huaxiang.prepare.accounts import accounts
from huaxiang.prepare.match import match_records, matches
from huaxiang.prepare.unify import Unified, unify
from huaxiang.town import build

NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
_NAMESPACES = {"会员资料": "member_no", "商城账号": "shop_account", "openid": "openid", "device": "device"}
Owners = dict[str, str]


def main(customers: int, days: int, town: Path | None) -> None:
    """Build, import, match, unify, and print."""
    with tempfile.TemporaryDirectory() as folder:
        place = town or Path(folder) / "town"
        if town is None:
            build(place, customers=customers, days=days, seed=7)
        workspace = huaxiang.init(Path(folder) / "ws")
        for path in sorted((place / "raw").iterdir()):
            workspace.import_files(workspace.look(path), NOW)
        with workspace.reading() as engine:
            measure(engine, place / "truth")


def measure(engine: Engine, truth: Path) -> None:
    """Both ways of joining, beside the truth."""
    rules, matching = identity_rules(), matching_rules()
    owners = {
        f"{_NAMESPACES[row['source']]}:{row['account_id']}": row["person_id"]
        for row in _rows(truth / "accounts.parquet")
    }
    seconds, sure = timed(lambda: unify(engine, rules, "benchmark"))
    print(f"sure links in {seconds:.1f} s: {_told(engine, sure, owners, None)}")
    everybody = engine.keep("truth_accounts", accounts(engine, rules))
    seconds, records = timed(lambda: match_records(engine, everybody, rules, matching))
    seconds_found, found = timed(lambda: matches(engine, records, rules, matching))
    print(f"matching in {seconds:.1f} + {seconds_found:.1f} s, {found.compared:,} pairs compared")
    likely = to_join(engine, found.pairs, matching)
    seconds, whole = timed(lambda: unify(engine, rules, "benchmark", likely=likely))
    print(f"with look-alikes in {seconds:.1f} s: {_told(engine, whole, owners, None)}")
    known = {str(row["account_key"]) for row in only(engine.arrow(records.select("account_key")))}
    print(f"of accounts with a name or phone: {_told(engine, whole, owners, known)}")
    _caps(engine, whole, rules)
    _traps(engine, whole, owners, truth)
    _missed(engine, whole, owners, known)
    print(f"peak memory {peak_gb():.1f} GB")


def _rows(path: Path) -> list[dict[str, Any]]:
    return list(pq.read_table(path).to_pylist())


def _customers(engine: Engine, found: Unified) -> dict[str, str]:
    rows = only(engine.arrow(found.account.select("account_key", "customer_id")))
    return {str(row["account_key"]): str(row["customer_id"]) for row in rows}


def _told(engine: Engine, found: Unified, owners: Owners, among: set[str] | None) -> str:
    customers = _customers(engine, found)
    keys = [key for key in customers if key in owners and (among is None or key in among)]
    both = _pairs((customers[key], owners[key]) for key in keys)
    joined, same = _pairs(customers[key] for key in keys), _pairs(owners[key] for key in keys)
    return f"{len(keys):,} accounts, precision {both / max(joined, 1):.4f}, recall {both / max(same, 1):.4f}"


def _pairs(keys: Any) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(keys).values())


def _caps(engine: Engine, found: Unified, rules: IdentityRules) -> None:
    """Customers with more identifiers of a kind than one may have: there must be none."""
    rows = engine.arrow(
        found.customer_identifier.select("customer_id", "identifier_type", "identifier_value").distinct()
    ).to_pylist()
    counts = Counter((row["customer_id"], row["identifier_type"]) for row in rows)
    over = Counter(kind for (_, kind), count in counts.items() if count > rules.identifiers[kind].most_per_customer)
    print(f"customers above the cap by kind: {dict(over) or 'none'}")


def _traps(engine: Engine, found: Unified, owners: Owners, truth: Path) -> None:
    """Planted values and whether they brought different people together, by kind."""
    customers = _customers(engine, found)
    people: dict[str, set[str]] = {}
    for key, customer in customers.items():
        if key in owners:
            people.setdefault(customer, set()).add(owners[key])
    mixed = {person for several in people.values() if len(several) > 1 for person in several}
    planted, fallen = Counter[str](), Counter[str]()
    for trap in _rows(truth / "identity_traps.parquet"):
        planted[trap["kind"]] += 1
        fallen[trap["kind"]] += trap["person_id"] in mixed
    print("planted, and of these in a customer of several people: ", end="")
    print(", ".join(f"{kind} {count}/{fallen[kind]}" for kind, count in sorted(planted.items())))
    print(f"customers of several people: {sum(len(several) > 1 for several in people.values())} of {len(people):,}")


def _missed(engine: Engine, found: Unified, owners: Owners, known: set[str]) -> None:
    """Pairs of one person that are not one customer: what the two accounts have in common, and who they are."""
    customers, values = _customers(engine, found), _values(engine)
    of_person: dict[str, list[str]] = {}
    for key in customers:
        if key in owners:
            of_person.setdefault(owners[key], []).append(key)
    missed, joinable, joined = Counter[str](), 0, 0
    for keys in of_person.values():
        for pair in combinations(sorted(keys), 2):
            shared = sorted({kind for kind, _ in values[pair[0]] & values[pair[1]]})
            is_joined = customers[pair[0]] == customers[pair[1]]
            joined += is_joined
            joinable += is_joined or bool(shared)
            if not is_joined:
                kinds = " and ".join(_kind(key, known) for key in pair)
                missed[f"{' and '.join(shared) or 'nothing'} in common: {kinds}"] += 1
    print(f"recall of pairs that are joined or have a value in common: {joined / max(joinable, 1):.4f}")
    for kinds, count in missed.most_common():
        print(f"  missed {count:,}, {kinds}")


def _values(engine: Engine) -> defaultdict[str, set[tuple[str, str]]]:
    rows = engine.table("identifier").select("account_key", "identifier_type", "identifier_value").distinct()
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in engine.arrow(rows).to_pylist():
        found[row["account_key"]].add((row["identifier_type"], row["identifier_value"]))
    return found


def _kind(key: str, known: set[str]) -> str:
    return f"{key.split(':', maxsplit=1)[0]}{'' if key in known else ' that tells nothing'}"


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        int(given[0]) if given else 500,
        int(given[1]) if len(given) > 1 else 365,
        Path(given[2]) if len(given) > 2 else None,
    )
