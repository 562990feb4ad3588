"""What people truly buy: one row per order and per line, before any till or web shop writes it down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huaxiang.town import archetypes
from huaxiang.town.calendar import DAY, Calendar
from huaxiang.town.catalogue import Catalogue
from huaxiang.town.chance import choose, ragged
from huaxiang.town.columns import Bools, Floats, Ints
from huaxiang.town.people import People
from huaxiang.town.world import World

_DAY_HOURS = np.array([1, 0.5, 0.2, 0.2, 0.2, 0.5, 1, 2, 4, 6, 7, 7, 6, 5, 5, 5, 5, 6, 7, 8, 9, 8, 5, 2])
_NIGHT_HOURS = np.array([9, 7, 5, 2, 1, 0.3, 0.2, 0.2, 0.3, 0.5, 1, 1, 2, 1, 1, 1, 1, 1, 2, 3, 5, 8, 10, 11])
_SHOP_HOURS = np.array([0] * 9 + [2, 5, 6, 5, 4, 5, 6, 6, 7, 8, 8, 6, 3, 0, 0])
_THRESHOLDS = np.array([5_000, 10_000, 20_000, 40_000, 100_000])
_FACES = np.array([0, 1_000, 2_000, 3_000, 5_000, 10_000])


def threshold_of(face: Ints) -> Ints:
    """The order total in cents from which a coupon of this face value may be used."""
    return _THRESHOLDS[np.searchsorted(_FACES, face) - 1]


@dataclass(frozen=True)
class Trade:
    """Orders in order of time, and their lines; ``person`` is a place in the block, -1 for a passer-by."""

    person: Ints
    seconds: Ints
    store: Bools
    shop: Ints
    gift: Bools
    discount: Floats
    coupon: Bools
    line_order: Ints
    line_product: Ints
    line_quantity: Ints
    line_gift: Bools

    def __len__(self) -> int:
        return len(self.person)

    def list_total(self, catalogue: Catalogue) -> Ints:
        """The list price of each order, in cents."""
        lines = catalogue.price[self.line_product] * self.line_quantity
        return np.bincount(self.line_order, weights=lines, minlength=len(self)).astype(np.int64)

    def coupon_face(self, catalogue: Catalogue) -> Ints:
        """What the coupon takes off each order, in cents; 0 where none is used or the order is too small for one."""
        face = _FACES[np.searchsorted(_THRESHOLDS, self.list_total(catalogue), side="right")]
        return np.where(self.coupon, face, 0)


def trade_of(people: People, world: World) -> Trade:
    """Every purchase of the block's people inside the calendar, and those of one passer-by for every four of them."""
    calendar, rng = world.calendar, world.chance(people.block, "trade")
    person, day = _purchase_days(rng, people, calendar)
    passers = rng.poisson(len(people) / 4)
    person = np.concatenate([person, np.full(passers, -1)])
    day = np.concatenate([day, calendar.from_rhythm(rng.random(passers) * calendar.days)])
    store = _in_store(rng, people, person)
    seconds = np.minimum(day.astype(np.int64), calendar.days - 1) * DAY + _times(rng, people, person, store)
    places = np.argsort(seconds, kind="stable")
    return _filled(rng, people, world, person[places], seconds[places], store[places])


def _purchase_days(rng: np.random.Generator, people: People, calendar: Calendar) -> tuple[Ints, Floats]:
    """Gamma-distributed gaps in rhythm time, from joining to losing interest."""
    start = np.maximum(people.join_day, 0)
    start, end = calendar.to_rhythm(start), calendar.to_rhythm(np.minimum(people.churn_day, calendar.days))
    gap, shape = people.trait("gap_days"), people.trait("gap_shape")
    mean = np.maximum(end - start, 0) / gap
    count = np.ceil(mean + 5 * np.sqrt(mean / shape) + 3).astype(np.int64)
    owner, place = ragged(count)
    gaps = rng.gamma(shape[owner], gap[owner] / shape[owner])
    first = rng.random(len(owner)) * np.where(people.join_day[owner] < 0, 1.0, 0.15) * gaps
    running = np.cumsum(np.where(place == 0, first, gaps))
    begin = np.concatenate([[0.0], running])[np.cumsum(count) - count]
    when = start[owner] + running - begin[owner]
    kept = np.where(people.archetype[owner] == archetypes.ONE_TIMER, place == 0, when < end[owner])
    days = calendar.from_rhythm(np.minimum(when, calendar.days - 0.01))
    return owner[kept], days[kept]


def _in_store(rng: np.random.Generator, people: People, person: Ints) -> Bools:
    """Passers-by and people without a web account buy in a shop, people without a card mostly on the web."""
    chance = np.where(people.web_accounts == 0, 1.0, np.where(people.member, people.trait("store"), 0.06))
    return np.where(person < 0, True, rng.random(len(person)) < chance[person])


def _times(rng: np.random.Generator, people: People, person: Ints, store: Bools) -> Ints:
    count = len(person)
    night = (rng.random(count) < np.where(person < 0, 0, people.trait("night")[person])) & ~store
    hour = np.where(store, choose(rng, _SHOP_HOURS, count), choose(rng, _DAY_HOURS, count))
    hour = np.where(night, choose(rng, _NIGHT_HOURS, count), hour)
    return np.asarray(hour * 3600 + rng.integers(0, 3600, count))


def _filled(rng: np.random.Generator, people: People, world: World, person: Ints, seconds: Ints,
            store: Bools) -> Trade:  # fmt: skip
    known = person >= 0
    gift = known & (rng.random(len(person)) < people.trait("gift")[person])
    response = np.where(known, people.promotion_response[person], 0.4)
    season = world.calendar.discount[seconds // DAY]
    own = (rng.random(len(person)) < 0.5 * response) * rng.choice([0.05, 0.1, 0.2, 0.3], len(person))
    away = rng.random(len(person)) < 0.15
    shop = np.where(known & ~away, people.home_shop[person], rng.integers(0, world.catalogue.shops, len(person)))
    coupon = known & people.member[person] & (rng.random(len(person)) < 0.3 * response)
    order, product = _baskets(rng, people, world.catalogue, person, gift)
    quantity = 1 + (rng.random(len(order)) < 0.15) + 2 * (rng.random(len(order)) < 0.02)
    line_gift = gift[order] & (rng.random(len(order)) < 0.8)
    discount = np.maximum(season, own)
    return Trade(person, seconds, store, shop, gift, discount, coupon, order, product, quantity, line_gift)


def _baskets(rng: np.random.Generator, people: People, catalogue: Catalogue, person: Ints,
             gift: Bools) -> tuple[Ints, Ints]:  # fmt: skip
    """The products of each order, each once; gifts follow the other gender's taste, planted rules add their partner."""
    known = person >= 0
    mean = np.where(known, people.trait("lines")[person], 1.6)
    order = np.repeat(np.arange(len(person)), 1 + rng.poisson(mean - 1))
    product = tasted(rng, people, catalogue, person[order], gift[order])
    for rule in catalogue.rules:
        takers = np.unique(order[product == rule.bought])
        takers = takers[rng.random(len(takers)) < rule.chance]
        order, product = np.concatenate([order, takers]), np.concatenate([product, np.full(len(takers), rule.also)])
    pairs = np.unique(order * 1_000 + product)
    return pairs // 1_000, pairs % 1_000


def tasted(rng: np.random.Generator, people: People, catalogue: Catalogue, person: Ints, gift: Bools) -> Ints:
    """A product to each one's taste, a gift to the other gender's; who minds the price takes the cheaper of two."""
    known = person >= 0
    kind = np.where(known, people.archetype[person], archetypes.ONE_TIMER)
    gender = np.where(known, people.female[person] ^ gift, rng.random(len(person)) < 0.5).astype(np.int64)
    drawn = rng.random(len(person))
    category = (archetypes.taste_cdf()[kind, gender] < drawn[:, None]).sum(axis=1)
    category = np.minimum(category, len(archetypes.CATEGORIES) - 1)
    one, other = catalogue.drawn(rng, category), catalogue.drawn(rng, category)
    thrifty = rng.random(len(person)) < np.where(known, people.price_sensitivity[person], 0.4)
    return np.where(thrifty & (catalogue.price[other] < catalogue.price[one]), other, one)
