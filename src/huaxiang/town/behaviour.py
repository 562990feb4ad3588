"""网站与App行为: what people do on the web shop and in the app, with a checkout that loses Android users."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from huaxiang.town.calendar import DAY, Calendar
from huaxiang.town.chance import choose, ragged
from huaxiang.town.columns import Bools, Column, Ints, Rows, blank_unless, joined, pick, where, whole
from huaxiang.town.keys import serial, web_account
from huaxiang.town.people import PLATFORMS, People
from huaxiang.town.trade import Trade, tasted
from huaxiang.town.web_orders import WebOrders
from huaxiang.town.world import World

NAMES = ("注册", "启动App", "访问页面", "浏览商品", "搜索", "收藏", "加入购物车", "提交订单", "支付成功")
REGISTER, OPEN, VISIT, VIEW, SEARCH, LIKE, CART, SUBMIT, PAY = range(9)
# The share of filled carts that never reach an order, by platform: Android loses twice as many as the others.
CART_LOSS = (0.30, 0.60, 0.30, 0.30)
_WEB = PLATFORMS.index("Web")
_MODELS = (("iPhone 13", "iPhone 15", "iPhone 16 Pro"), ("HUAWEI Mate 60", "Xiaomi 14", "OPPO Find X7", "vivo X100"),
           ("微信 8.0",), ("Chrome", "Edge", "Safari"))  # fmt: skip
_PAGES = ("/register", "/home", "/home", "/product", "/search", "/product", "/cart", "/checkout", "/pay/success")


@dataclass(frozen=True)
class Sessions:
    """Visits: how far they get (0 looks, 1 fills the cart, 2 orders, 3 pays); one without views is a registration."""

    person: Ints
    start: Ints
    depth: Ints
    views: Ints
    pace: Ints
    platform: Ints
    account: Column
    early_login: Bools
    product: Ints


@dataclass(frozen=True)
class Behaviour:
    """The rows of the events file, the month of each one, and the sessions that reached each step by platform."""

    rows: Rows
    month: Ints
    reached: dict[str, Ints]


@dataclass(frozen=True)
class _Events:
    """Events in order of time: the session and the place in it, when, and which name."""

    session: Ints
    place: Ints
    seconds: Ints
    name: Ints


def behaviour_of(people: People, trade: Trade, orders: WebOrders, world: World) -> Behaviour:
    """All events of the block inside the calendar, in order of time."""
    rng, calendar = world.chance(people.block, "behaviour"), world.calendar
    sessions = _sessions(rng, people, trade, orders, world)
    session, place = ragged(1 + sessions.views + sessions.depth)
    seconds = sessions.start[session] + place * sessions.pace[session]
    order = np.argsort(seconds, kind="stable")
    order = order[(seconds[order] >= 0) & (seconds[order] < calendar.end)]
    session, place, seconds = session[order], place[order], seconds[order]
    events = _Events(session, place, seconds, _event_names(rng, sessions, session, place))
    rows = _rows(rng, people, world, sessions, events)
    return Behaviour(rows, _months(calendar, seconds), _reached(sessions, events))


def _sessions(rng: np.random.Generator, people: People, trade: Trade, orders: WebOrders, world: World) -> Sessions:
    """One visit behind every web order, carts left behind in step with them, and plain browsing."""
    buyer_platform = _platforms(rng, people, orders.person)
    lost = rng.poisson((np.array(CART_LOSS) / (1 - np.array(CART_LOSS)))[buyer_platform])
    left = np.repeat(np.arange(len(orders.order)), lost)
    left_at = orders.seconds[left] - rng.integers(0, 20 * DAY, len(left))
    looker, looked_at, views = _browsing(rng, people, world.calendar)
    person = np.concatenate([orders.person, orders.person[left], looker])
    views = np.concatenate([1 + rng.poisson(1.6, len(person) - len(looker)), views])
    depth = np.concatenate([2 + (orders.status < 2), np.ones(len(left), np.int64), np.zeros(len(looker), np.int64)])
    pace = rng.integers(8, 150, len(person))
    end = np.concatenate([orders.seconds, left_at, looked_at])
    platform = np.concatenate([buyer_platform, buyer_platform[left], _platforms(rng, people, looker)])
    account = pa.concat_arrays([orders.account, orders.account.take(left),
                                web_account(world.seed, people.index[looker], 0 * looker)])  # fmt: skip
    product = tasted(rng, people, world.catalogue, person, np.zeros(len(person), np.bool_))
    first = np.flatnonzero(np.diff(trade.line_order, prepend=-1))
    product[: len(orders.order)] = trade.line_product[first][orders.order]
    early = (rng.random(len(person)) < 0.45) & (people.web_accounts[person] > 0)
    start = end - pace * (views + np.minimum(depth, 2))
    return Sessions(person, start, depth, views, pace, platform, account, early, product)


def _browsing(rng: np.random.Generator, people: People, calendar: Calendar) -> tuple[Ints, Ints, Ints]:
    """Visits without a purchase while the interest lasts, and registrations: who, when, how many views."""
    begin = np.maximum(people.join_day - 5, 0)
    end = np.maximum(np.minimum(people.churn_day, calendar.days), begin + 1)
    visits = rng.poisson(0.3 + people.trait("browsing") * (end - begin) / 90)
    who = np.repeat(np.arange(len(people)), visits)
    day = begin[who] + rng.random(len(who)) * (end - begin)[who]
    when = np.minimum(day.astype(np.int64), calendar.days - 1) * DAY + rng.integers(6 * 3600, DAY, len(who))
    new = np.flatnonzero((people.join_day >= 0) & (people.web_accounts > 0))
    registered = (people.join_day[new] * DAY).astype(np.int64)
    views = np.concatenate([1 + rng.poisson(1.6, len(who)), 0 * new])
    return np.concatenate([who, new]), np.concatenate([when, registered]), views


def _platforms(rng: np.random.Generator, people: People, person: Ints) -> Ints:
    return np.where(rng.random(len(person)) < 0.12, _WEB, people.platform[person])


def _event_names(rng: np.random.Generator, sessions: Sessions, session: Ints, place: Ints) -> Ints:
    """The first event opens, the next ones look around, the last ones go through cart, order and payment."""
    app = sessions.platform[session] < PLATFORMS.index("小程序")
    looking = np.array([VIEW, SEARCH, LIKE])[choose(rng, [0.78, 0.14, 0.08], len(place))]
    looking = np.where(place == sessions.views[session], VIEW, looking)
    beyond = place - sessions.views[session]
    first = np.where(sessions.views[session] == 0, REGISTER, np.where(app, OPEN, VISIT))
    return np.where(place == 0, first, np.where(beyond > 0, CART - 1 + beyond, looking))


def _rows(rng: np.random.Generator, people: People, world: World, sessions: Sessions, events: _Events) -> Rows:
    catalogue, session, name = world.catalogue, events.session, events.name
    person, count = sessions.person[session], len(session)
    browsed = tasted(rng, people, catalogue, person, np.zeros(count, np.bool_))
    product = np.where((name >= CART) | (events.place == sessions.views[session]), sessions.product[session], browsed)
    about = (name == VIEW) | (name >= LIKE)
    known = sessions.early_login[session] | (name >= CART) | (name == REGISTER)
    web = sessions.platform[session] == _WEB
    dwell = np.clip(np.exp(rng.normal(3.0, 0.9, count)), 1, 1_800).astype(np.int64)
    code = pick(catalogue.code, np.where(about, product, -1))
    return {
        "事件ID": joined("E", serial(people.block, np.arange(count))), "事件时间": world.calendar.stamp(events.seconds),
        "事件名": pick(NAMES, name),
        "设备ID": where(web, pick(people.browser, person), pick(people.device, person)),
        "买家账号": blank_unless(known, sessions.account.take(session)),
        "平台": pick(PLATFORMS, sessions.platform[session]),
        "设备型号": _models(people, sessions).take(session), "商品编码": code,
        "搜索词": pick(catalogue.kind, np.where(name == SEARCH, product, -1)), "页面": pick(_PAGES, name),
        "会话ID": joined("S", serial(people.block, session)), "停留秒数": whole(dwell),
    }  # fmt: skip


def _models(people: People, sessions: Sessions) -> Column:
    """The device model or browser of each session; a person keeps theirs."""
    sizes = np.array([len(models) for models in _MODELS])
    offset = np.cumsum(sizes) - sizes
    place = offset[sessions.platform] + people.index[sessions.person] % sizes[sessions.platform]
    return pick([model for models in _MODELS for model in models], place)


def _months(calendar: Calendar, seconds: Ints) -> Ints:
    days = np.datetime64(calendar.first_day, "D") + seconds // DAY
    return days.astype("datetime64[M]").astype(np.int64)


def _reached(sessions: Sessions, events: _Events) -> dict[str, Ints]:
    """Sessions with at least one such event, by platform."""
    reached = {}
    for step in (VIEW, CART, SUBMIT, PAY):
        there = np.unique(events.session[events.name == step])
        reached[NAMES[step]] = np.bincount(sessions.platform[there], minlength=len(PLATFORMS))
    return reached
