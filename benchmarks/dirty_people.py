"""People with three accounts each, and the dirt of real customer tables: placeholders, shop numbers, families."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.matching import canonical
from huaxiang.engine import Engine
from huaxiang.town.names import full_names, phones

#: The share of accounts whose phone (or e-mail) is something else than their person's own.
PLACEHOLDER, SHOP, NOTHING, KIOSK, JUNK_MAIL = 0.003, 0.002, 0.005, 0.001, 0.004
#: The share of people who use the phone of another person of their family.
FAMILY = 0.02
_PLACEHOLDERS = (
    "13800000000",
    "13800138000",
    "13888888888",
    "18888888888",
    "13900000000",
    "17000000000",
    "12345678901",
)
_JUNK = ("test@test.com", "1@1.com", "a@qq.com", "123456@qq.com", "none@none.com")
_SHOP, _KIOSK = "13711112222", "13733334444"
_REGISTERS = ("member_no", "shop_account", "openid")
Column = npt.NDArray[Any]


class People(NamedTuple):
    """Accounts, and for each whose it is: ``keys``, ``owners``, ``names``, ``births``, ``phones``, ``mails``."""

    keys: Column
    owners: Column
    names: Column
    births: Column
    phones: Column
    mails: Column


def dirty_people(count: int, seed: int = 3) -> People:
    """``count`` people with an account in each of three registers; the same seed gives the same people."""
    rng = np.random.default_rng(seed)
    own = np.array(phones(seed, 0, np.arange(count)).to_pylist(), object)
    relatives = rng.permutation(count)[: int(count * FAMILY) // 2 * 2]
    own[relatives[::2]] = own[relatives[1::2]]
    owners = np.tile(np.arange(count), len(_REGISTERS))
    keys = [f"{register}:{place:08d}" for register in _REGISTERS for place in range(count)]
    names = np.array(full_names(rng, rng.random(count) < 0.5).to_pylist(), object)[owners]
    births = (np.datetime64("1950-01-01") + rng.integers(0, 20_000, count)).astype(object)[owners]
    return People(
        keys=np.array(keys, object),
        owners=owners,
        names=_lost(rng, 0.03, names),
        births=_lost(rng, 0.4, births),
        phones=_dirty(rng, own[owners]),
        mails=_lost(rng, 0.5, _mails(rng, owners)),
    )


def put(engine: Engine, people: People) -> None:
    """Publish the accounts as an import would leave them."""
    record = {"account_key": people.keys, "person_name": people.names, "birth_date": people.births}
    values = {"phone": people.phones, "email": people.mails}
    known = [(kind, np.array([value is not None for value in told])) for kind, told in values.items()]
    numbers = {
        "account_key": np.concatenate([people.keys[there] for _, there in known]),
        "identifier_type": np.concatenate([np.full(there.sum(), kind, object) for kind, there in known]),
        "identifier_value": np.concatenate([values[kind][there] for kind, there in known]),
    }
    numbers["is_verified"] = np.full(len(numbers["account_key"]), fill_value=True)
    engine.publish(
        {
            "person_record": engine.bring("dirty_records", canonical("person_record", record)),
            "identifier": engine.bring("dirty_numbers", canonical("identifier", numbers)),
        }
    )


def _lost(rng: np.random.Generator, share: float, values: Column) -> Column:
    found = values.copy()
    found[rng.random(len(values)) < share] = None
    return found


def _dirty(rng: np.random.Generator, own: Column) -> Column:
    chance = rng.random(len(own))
    found = own.copy()
    edges = np.cumsum([PLACEHOLDER, SHOP, NOTHING, KIOSK])
    found[chance < edges[0]] = rng.choice(np.array(_PLACEHOLDERS, object), int((chance < edges[0]).sum()))
    for low, high, value in zip(edges[:-1], edges[1:], (_SHOP, None, _KIOSK), strict=True):
        found[(chance >= low) & (chance < high)] = value
    return found


def _mails(rng: np.random.Generator, owners: Column) -> Column:
    own = np.array([f"u{owner:07d}@example.com" for owner in owners], object)
    junk = rng.random(len(own)) < JUNK_MAIL
    own[junk] = rng.choice(np.array(_JUNK, object), int(junk.sum()))
    return own
