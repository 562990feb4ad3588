"""优惠券发放 and 营销活动: monthly campaigns, coupons granted and coupons used."""

from __future__ import annotations

import numpy as np

from huaxiang.town.calendar import DAY, Calendar
from huaxiang.town.chance import generator
from huaxiang.town.columns import Column, Ints, Rows, joined, money, pick, stacked, where, whole
from huaxiang.town.keys import coupon_no, ticket_no
from huaxiang.town.people import People, member_no
from huaxiang.town.trade import Trade, threshold_of
from huaxiang.town.web_orders import WebOrders
from huaxiang.town.world import World

_THEMES = ("会员日满减", "新品尝鲜", "老客回馈", "周末狂欢", "换季焕新", "生日礼遇")
_CHANNELS = ("短信", "微信公众号", "App推送", "企业微信", "门店海报")
_SPAN_DAYS = 30
_UNUSED_FACES = np.array([1_000, 2_000, 3_000, 5_000])


def campaign_count(calendar: Calendar) -> int:
    """One campaign for every thirty days begun."""
    return -(-calendar.days // _SPAN_DAYS)


def campaign_rows(calendar: Calendar, customers: int, seed: int) -> Rows:
    """营销活动: one row per campaign, its days inclusive."""
    rng = generator(seed, -1, "campaigns")
    number = np.arange(campaign_count(calendar))
    cost = (customers * rng.uniform(20, 60, len(number))).astype(np.int64)
    return {
        "活动编号": joined("HD", whole(number + 1, 4)), "活动名称": _names(number),
        "开始日期": calendar.iso_day(number * _SPAN_DAYS), "结束日期": calendar.iso_day(number * _SPAN_DAYS + 29),
        "渠道": pick(_CHANNELS, rng.integers(0, len(_CHANNELS), len(number))), "花费": money(cost),
    }  # fmt: skip


def _names(number: Ints) -> Column:
    return joined(pick(_THEMES, number % len(_THEMES)), "第", whole(number + 1), "期")


def coupon_rows(people: People, trade: Trade, orders: WebOrders, world: World) -> Rows:
    """优惠券发放: every coupon used on an order, and those that were granted and lapsed."""
    return stacked(_used(people, trade, orders, world), _lapsed(people, world))


def _used(people: People, trade: Trade, orders: WebOrders, world: World) -> Rows:
    rng, calendar = world.chance(people.block, "coupons used"), world.calendar
    face = trade.coupon_face(world.catalogue)
    order = np.flatnonzero(face > 0)
    seconds = trade.seconds[order]
    granted = np.maximum(seconds - rng.integers(600, 7 * DAY, len(order)), 0)
    web = np.full(len(trade), -1)
    web[orders.order] = np.arange(len(orders.order))
    number = where(web[order] >= 0, pick(orders.number, web[order]),
                   ticket_no(calendar, seconds, people.block, order))  # fmt: skip
    rows = _granted(people, calendar, trade.person[order], granted, face[order])
    return {"券号": coupon_no(people.block, order, "A"), **rows,
            "使用时间": calendar.stamp(seconds), "使用订单号": number}  # fmt: skip


def _lapsed(people: People, world: World) -> Rows:
    rng, calendar = world.chance(people.block, "coupons lapsed"), world.calendar
    joined_on = np.maximum(people.join_day, 0)
    share = np.where(people.member, (calendar.days - joined_on) / _SPAN_DAYS * 0.15, 0)
    who = np.repeat(np.arange(len(people)), rng.poisson(np.maximum(share, 0)))
    day = joined_on[who] + rng.random(len(who)) * (calendar.days - joined_on[who])
    granted = np.minimum(day.astype(np.int64), calendar.days - 1) * DAY + 10 * 3_600
    face = _UNUSED_FACES[rng.integers(0, len(_UNUSED_FACES), len(who))]
    rows = _granted(people, calendar, who, granted, face)
    empty = pick([""], np.full(len(who), -1))
    return {"券号": coupon_no(people.block, np.arange(len(who)), "B"), **rows, "使用时间": empty, "使用订单号": empty}


def _granted(people: People, calendar: Calendar, person: Ints, granted: Ints, face: Ints) -> Rows:
    return {
        "活动名称": _names(granted // DAY // _SPAN_DAYS), "会员号": pick(member_no(people), person),
        "发放时间": calendar.stamp(granted), "到期时间": calendar.stamp(granted // DAY * DAY + 15 * DAY - 1),
        "面额": money(face), "门槛": money(threshold_of(face)),
    }  # fmt: skip
