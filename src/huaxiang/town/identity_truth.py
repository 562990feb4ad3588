"""The truth about identity: which account is whose, and where the traps are."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from huaxiang.town.catalogue import Catalogue
from huaxiang.town.columns import Column, Ints, Rows, pick, repeated
from huaxiang.town.keys import web_account
from huaxiang.town.names import polite_names
from huaxiang.town.people import People, member_no
from huaxiang.town.registers import web_accounts
from huaxiang.town.traces import linkable


def account_truth(people: People, raw: dict[str, Rows], seed: int) -> Rows:
    """Which account belongs to whom: cards, logins, openids and devices. ``linkable`` is the same for accounts of one
    person that hang together by what they left in the files ``raw``, before any dirt: only those can be joined."""
    who, slot = web_accounts(people)
    cards, seconds = np.flatnonzero(people.member), np.flatnonzero(people.second_member)
    fans = np.flatnonzero(np.asarray(people.openid.is_valid()))
    parts = [
        ("会员资料", pick(member_no(people), cards), cards),
        ("会员资料", pick(member_no(people, second=True), seconds), seconds),
        ("商城账号", web_account(seed, people.index[who], slot), who),
        ("openid", pick(people.openid, fans), fans),
        ("device", people.device, np.arange(len(people))),
        ("device", people.browser, np.arange(len(people))),
    ]
    tables = [_owned(kind, key, places, people) for kind, key, places in parts]
    accounts = {name: pa.concat_arrays([table[name] for table in tables]) for name in tables[0]}
    return {**accounts, "linkable": linkable(people, accounts, raw, seed)}


def _owned(kind: str, key: Column, owner: Ints, people: People) -> Rows:
    return {"source": repeated(kind, len(owner)), "account_id": key, "person_id": pick(people.person_id, owner)}


def trap_truth(people: People, catalogue: Catalogue) -> Rows:
    """Identity traps, one row per person in each; a cashier's phone comes once, in the first block, with no person."""
    family = np.flatnonzero(people.family)
    second, wrong = np.flatnonzero(people.second_member), np.flatnonzero(people.mistyped)
    parts = [("family_shared_phone", people.phone, np.sort(np.concatenate([family, family - 1]))),
             ("second_member_no", member_no(people, second=True), second),
             ("name_variant", polite_names(people.name, people.female), second),
             ("mistyped_phone", people.phone, wrong)]  # fmt: skip
    if people.block == 0:
        clerks = np.flatnonzero((np.arange(len(catalogue.clerk_phone)) % 32) == 1)
        parts.append(("staff_phone", pick(catalogue.clerk_phone, clerks), np.full(len(clerks), -1)))
    tables = [{"kind": repeated(kind, len(who)), "identifier": key if kind == "staff_phone" else pick(key, who),
               "person_id": pick(people.person_id, who)} for kind, key, who in parts]  # fmt: skip
    return {name: pa.concat_arrays([table[name] for table in tables]) for name in tables[0]}
