"""商城订单, 商城订单明细 and 退款: what the web shop exports, unpaid, closed and cancelled orders included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from huaxiang.town.archetypes import CATEGORIES
from huaxiang.town.calendar import DAY, Calendar
from huaxiang.town.chance import choose
from huaxiang.town.columns import Bools, Column, Floats, Ints, Rows, blank_unless, joined, money, pick, where, whole
from huaxiang.town.keys import coupon_no, order_no, serial, web_account
from huaxiang.town.names import CITIES, full_names, phones, polite_names
from huaxiang.town.people import People
from huaxiang.town.trade import Trade
from huaxiang.town.truth import order_truth
from huaxiang.town.world import World

STATUSES = ("交易成功", "已发货", "待付款", "交易关闭", "已取消")
_NOT_COUNTED = (None, None, "unpaid", "closed", "cancelled")
_CHANNELS = ("天猫", "微信小程序", "App")
_NOTES = ("", "请尽快发货", "麻烦包装好一点", "放门卫", "送货前打电话", "工作日送", "帮忙写张贺卡，祝生日快乐",
          "不要放辣", "开发票，谢谢")  # fmt: skip
_REASONS = ("不想要了", "尺码不合适", "质量问题", "与描述不符", "发错货", "物流太慢", "七天无理由")


@dataclass(frozen=True)
class WebOrders:
    """The web orders of a block as parallel columns; ``order`` is the place in the trade."""

    order: Ints
    person: Ints
    seconds: Ints
    account: Column
    number: Column
    total: Ints
    paid: Ints
    status: Ints
    refund: Ints
    refund_seconds: Ints
    refund_done: Ints

    @property
    def refunded(self) -> Ints:
        """What was successfully refunded on each order, in cents."""
        return self.refund * self.refund_done


def place_orders(people: People, trade: Trade, world: World) -> WebOrders:
    """The web orders of the block, how each one ended, and what was given back."""
    rng, calendar, seed = world.chance(people.block, "web"), world.calendar, world.seed
    order = np.flatnonzero(~trade.store)
    person, seconds = trade.person[order], trade.seconds[order]
    slot = np.where(rng.random(len(order)) < 0.7, 0, rng.integers(0, 3, len(order))) % people.web_accounts[person]
    total = trade.list_total(world.catalogue)[order]
    off = np.rint(total * trade.discount[order]).astype(np.int64) + trade.coupon_face(world.catalogue)[order]
    recent = (seconds > calendar.end - 10 * DAY).astype(np.int64)
    status = choose(rng, [0.88, 0.03, 0.05, 0.04], len(order))
    status = np.where(status == 0, recent, status + 1)
    chance = people.trait("refund")[person] * (status < 2)
    back = seconds + rng.integers(DAY, 15 * DAY, len(order))
    refund, done = _refunds(rng, np.where(back < calendar.end, chance, 0.0), total - off)
    account, number = web_account(seed, people.index[person], slot), order_no(calendar, seconds, people.block, order)
    return WebOrders(order, person, seconds, account, number, total, total - off, status, refund, back, done)


def _refunds(rng: np.random.Generator, chance: Floats, paid: Ints) -> tuple[Ints, Ints]:
    """Amount asked back (0 for none), and whether it was paid out."""
    count = len(paid)
    asked = rng.random(count) < chance
    share = np.where(rng.random(count) < 0.6, 1.0, rng.uniform(0.1, 0.9, count))
    amount = np.where(asked, np.maximum(np.rint(paid * share), 1), 0).astype(np.int64)
    return amount, (rng.random(count) < 0.88).astype(np.int64)


def order_rows(people: People, trade: Trade, orders: WebOrders, world: World) -> Rows:
    """商城订单: one row per web order."""
    rng, calendar = world.chance(people.block, "web order rows"), world.calendar
    name, phone = _receivers(rng, people, trade, orders, world.seed)
    paid = orders.status < 2
    provinces, cities = zip(*CITIES, strict=True)
    coupon = coupon_no(people.block, orders.order, "A")
    return {
        "订单编号": orders.number, "买家账号": orders.account, "收货人": name, "手机号": phone,
        "省": pick(provinces, people.city[orders.person]), "市": pick(cities, people.city[orders.person]),
        "下单时间": calendar.stamp(orders.seconds),
        "付款时间": blank_unless(paid, calendar.stamp(orders.seconds + rng.integers(5, 900, len(paid)))),
        "订单状态": pick(STATUSES, orders.status), "商品总额": money(orders.total),
        "优惠金额": money(orders.total - orders.paid), "实付金额": money(orders.paid),
        "优惠券号": blank_unless(_with_coupon(trade, orders), coupon),
        "渠道": pick(_CHANNELS, _channel(rng, people, orders)),
        "买家留言": pick(_NOTES, choose(rng, [14, 1, 1, 1, 1, 1, 0.5, 0.3, 0.5], len(paid))),
    }  # fmt: skip


def _with_coupon(trade: Trade, orders: WebOrders) -> Bools:
    return trade.coupon[orders.order] & (orders.total >= 5_000)


def _channel(rng: np.random.Generator, people: People, orders: WebOrders) -> Ints:
    own = np.array([2, 2, 1, 0])[people.platform[orders.person]]
    return np.where(rng.random(len(own)) < 0.75, own, 0)


def _receivers(rng: np.random.Generator, people: People, trade: Trade, orders: WebOrders,
               seed: int) -> tuple[Column, Column]:  # fmt: skip
    """The buyer, at times only as 王女士; for most gifts somebody else with a phone of their own."""
    person, count = orders.person, len(orders.order)
    drawn = rng.random(count)
    other = trade.gift[orders.order] & (drawn < 0.7)
    own = np.where(other, -1, person)
    polite = ~other & (drawn > 0.92)
    friend = full_names(rng, rng.random(count) < 0.5)
    short = polite_names(pick(people.name, person), people.female[person])
    name = where(other, friend, where(polite, short, pick(people.name, own)))
    friends = phones(seed, 2, people.index[person])
    return name, where(other, friends, pick(people.phone, own))


def line_rows(people: People, trade: Trade, orders: WebOrders, world: World) -> Rows:
    """商城订单明细: one row per line; the lines of an order add up to its 商品总额. Only three gifts in five say so."""
    catalogue, rng = world.catalogue, world.chance(people.block, "web line rows")
    place = np.full(len(trade), -1)
    place[orders.order] = np.arange(len(orders.order))
    line = np.flatnonzero(place[trade.line_order] >= 0)
    product, quantity = trade.line_product[line], trade.line_quantity[line]
    price, told = catalogue.price[product], trade.line_gift[line] & (rng.random(len(line)) < 0.6)
    return {
        "订单编号": orders.number.take(place[trade.line_order[line]]), "商品编码": pick(catalogue.code, product),
        "商品名称": pick(catalogue.name, product), "品类": pick(CATEGORIES, catalogue.category[product]),
        "品牌": catalogue.brand_names(product), "单价": money(price), "数量": whole(quantity),
        "小计": money(price * quantity), "是否礼品": pick(["否", "是"], told.astype(np.int64)),
    }  # fmt: skip


def refund_rows(people: People, orders: WebOrders, world: World) -> Rows:
    """退款: one row per refund that was asked for, paid out (成功) or not (关闭)."""
    rng = world.chance(people.block, "refund rows")
    asked = np.flatnonzero(orders.refund > 0)
    return {
        "退款单号": joined("TK", serial(people.block, orders.order[asked])), "订单编号": orders.number.take(asked),
        "退款时间": world.calendar.stamp(orders.refund_seconds[asked]), "退款金额": money(orders.refund[asked]),
        "退款原因": pick(_REASONS, rng.integers(0, len(_REASONS), len(asked))),
        "退款状态": pick(["关闭", "成功"], orders.refund_done[asked]),
    }  # fmt: skip


def web_truth(people: People, orders: WebOrders, calendar: Calendar) -> Rows:
    """The true web orders."""
    return order_truth("web", orders.number, pick(people.person_id, orders.person), orders.account,
                       calendar.stamp(orders.seconds), gross=orders.paid, refunds=orders.refunded,
                       not_counted=pick(pa.array(_NOT_COUNTED), orders.status))  # fmt: skip
