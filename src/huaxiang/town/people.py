"""The people of the town, a block at a time: who they are and how they live. This is truth, not what the files show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huaxiang.town import archetypes
from huaxiang.town.calendar import Calendar
from huaxiang.town.chance import choose, scrambled
from huaxiang.town.columns import Bools, Column, Floats, Ints, joined, pick, where, whole
from huaxiang.town.names import CITY_WEIGHTS, SURNAMES, addresses, full_names, phones
from huaxiang.town.world import World

PLATFORMS = ("iOS", "Android", "小程序", "Web")


@dataclass(frozen=True)
class People:
    """One block of people as parallel columns; days count from the calendar's first day and may be negative."""

    block: int
    index: Ints
    person_id: Column
    archetype: Ints
    female: Bools
    name: Column
    birth_day: Ints
    city: Ints
    address: Column
    own_phone: Column
    phone: Column
    family: Bools
    join_day: Floats
    churn_day: Floats
    price_sensitivity: Floats
    promotion_response: Floats
    member: Bools
    second_member: Bools
    mistyped: Bools
    web_accounts: Ints
    openid: Column
    device: Column
    browser: Column
    card: Column
    second_card: Column
    platform: Ints
    home_shop: Ints

    def __len__(self) -> int:
        return len(self.index)

    def trait(self, name: str) -> Floats:
        """One number of each person's archetype."""
        return archetypes.trait(name)[self.archetype]


def member_no(people: People, second: bool = False) -> Column:
    """The number on the member card, or on the second card of who has two."""
    return people.second_card if second else people.card


def people_of(block: int, index: Ints, world: World) -> People:
    """The people with these numbers."""
    rng, calendar, seed = world.chance(block, "people"), world.calendar, world.seed
    count = len(index)
    kind = choose(rng, archetypes.trait("share"), count)
    family = _family(rng, count)
    female = _pairwise(rng.random(count) < archetypes.trait("female")[kind], family)
    surname = choose(rng, 1.0 / (np.arange(len(SURNAMES)) + 4), count)
    own = phones(seed, 0, index)
    member, accounts = _accounts(rng, archetypes.trait("store")[kind])
    mistyped = member & ~family & (rng.random(count) < 0.015)
    join, churn = _lives(rng, calendar, kind)
    return People(
        block=block,
        index=index,
        person_id=joined("P", whole(index + 1, 8)),
        archetype=kind,
        female=female,
        name=full_names(rng, female, surname),
        birth_day=_birth_days(rng, calendar, kind),
        city=_shared(choose(rng, CITY_WEIGHTS, count), family),
        address=_shared_text(addresses(rng, count), family),
        own_phone=own,
        phone=_shared_text(own, family),
        family=family,
        join_day=join,
        churn_day=churn,
        price_sensitivity=_response(rng, archetypes.trait("price_sensitivity")[kind]),
        promotion_response=_response(rng, archetypes.trait("promotion_response")[kind]),
        member=member,
        second_member=member & ~mistyped & (rng.random(count) < 0.02),
        mistyped=mistyped,
        web_accounts=accounts,
        openid=where(rng.random(count) < 0.55, joined("oH7x", _code(index, seed, 3), _code(index, seed, 4)), None),
        device=joined("ap", _code(index, seed, 5)),
        browser=joined("wb", _code(index, seed, 8)),
        card=joined("6", whole(index + 1, 9)),
        second_card=joined("8", _code(index, seed, 9)),
        platform=choose(rng, [0.38, 0.40, 0.14, 0.08], count),
        home_shop=rng.integers(0, world.catalogue.shops, count),
    )


def _code(index: Ints, seed: int, salt: int) -> Column:
    """Ten digits for each person, different for every person and unrelated to the other codes."""
    return whole(scrambled(index, seed, salt), 10)


def _family(rng: np.random.Generator, count: int) -> Bools:
    """Marks who is the second of a pair that shares one phone: never the first row, never two in a row."""
    second = rng.random(count) < 0.02
    second[0] = False
    second[1:] &= ~second[:-1]
    return second


def _pairwise(female: Bools, family: Bools) -> Bools:
    second = np.flatnonzero(family)
    female[second] = ~female[second - 1]
    return female


def _shared(values: Ints, family: Bools) -> Ints:
    second = np.flatnonzero(family)
    values[second] = values[second - 1]
    return values


def _shared_text(column: Column, family: Bools) -> Column:
    return pick(column, _shared(np.arange(len(family)), family))


def _accounts(rng: np.random.Generator, store: Floats) -> tuple[Bools, Ints]:
    """Who has a member card, and how many web accounts; nobody has neither."""
    count = len(store)
    accounts = choose(rng, [0.30, 0.56, 0.11, 0.03], count)
    accounts = np.where((accounts == 0) & (store < 0.3), 1, accounts)
    return (rng.random(count) < 0.55 + 0.45 * store) | (accounts == 0), accounts


def _lives(rng: np.random.Generator, calendar: Calendar, kind: Ints) -> tuple[Floats, Floats]:
    """The day each person first registers, and the day of the last interest (may lie beyond the calendar)."""
    count = len(kind)
    old = (rng.random(count) < 0.45) & (kind != archetypes.ONE_TIMER)
    join = np.where(old, -rng.random(count) * 1_000, rng.random(count) * calendar.days * 0.97)
    join = np.where(kind == archetypes.SLEEPER, join * np.where(join > 0, 0.25, 1.0), join)
    life = archetypes.trait("life_days")[kind] * rng.exponential(1.0, count)
    sleepers = np.minimum(np.maximum(join, 0) + 20 + life, calendar.days * 0.55)
    churn = np.where(kind == archetypes.SLEEPER, sleepers, np.maximum(join, 0) + 15 + life)
    return join, churn


def _birth_days(rng: np.random.Generator, calendar: Calendar, kind: Ints) -> Ints:
    means, spreads = (np.array([k.age[part] for k in archetypes.ARCHETYPES])[kind] for part in (0, 1))
    age = np.clip(means + spreads * rng.standard_normal(len(kind)), 16, 82)
    return (-age * 365.25 + calendar.days).astype(np.int64)


def _response(rng: np.random.Generator, mean: Floats) -> Floats:
    return np.asarray(np.clip(mean + 0.12 * rng.standard_normal(len(mean)), 0.0, 1.0))
