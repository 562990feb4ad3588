"""门店销售: what the tills write, one row per line, with returns, passers-by and the cashier's own phone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from huaxiang.town.archetypes import CATEGORIES
from huaxiang.town.calendar import DAY
from huaxiang.town.chance import choose
from huaxiang.town.columns import Column, Floats, Ints, Rows, joined, money, pick, sliced, stacked, where, whole
from huaxiang.town.keys import ticket_no
from huaxiang.town.people import People, member_no
from huaxiang.town.trade import Trade
from huaxiang.town.truth import order_truth
from huaxiang.town.world import World

_PAYMENTS = ("微信支付", "支付宝", "银行卡", "现金", "储值卡")


@dataclass(frozen=True)
class Tickets:
    """The sales tickets of a block: places of the orders in the trade, and the card and phone that each one names."""

    people: People
    trade: Trade
    world: World
    order: Ints
    member: Column
    phone: Column

    @property
    def account(self) -> Column:
        """The card on the ticket, else the phone, else nothing."""
        return where(np.asarray(self.member.is_valid()), self.member, self.phone)

    @property
    def person_id(self) -> Column:
        """Who truly bought; empty for passers-by."""
        return pick(self.people.person_id, self.trade.person[self.order])


@dataclass(frozen=True)
class _Sold:
    """The lines sold: place in the trade, place of the ticket, and cents paid."""

    line: Ints
    ticket: Ints
    paid: Ints


def store_sales(people: People, trade: Trade, world: World) -> tuple[Rows, Rows]:
    """The rows of 门店销售 and the true orders behind them."""
    rng = world.chance(people.block, "store")
    tickets = _tickets(rng, people, trade, world)
    sold = _sold(tickets)
    rows = _rows(rng, tickets, sold)
    paid = np.bincount(sold.ticket, sold.paid, len(tickets.order)).astype(np.int64)
    back, back_truth = _returns(rng, tickets, sold, rows)
    return stacked(rows, back), stacked(_truth(tickets, paid), back_truth)


def _tickets(rng: np.random.Generator, people: People, trade: Trade, world: World) -> Tickets:
    """Who each ticket names; in every eighth shop the cashier collects points on a phone of their own."""
    order = np.flatnonzero(trade.store)
    person = trade.person[order]
    shown = rng.random(len(order))
    card = (person >= 0) & people.member[person] & ((shown < 0.72) | trade.coupon[order])
    said = (person >= 0) & np.where(card, shown < 0.2, shown > 0.55)
    staff = ~card & ~said & (trade.shop[order] % 8 == 0) & (rng.random(len(order)) < 0.9)
    second = people.second_member[person] & (rng.random(len(order)) < 0.5)
    number = where(second, pick(member_no(people, second=True), np.where(card, person, -1)),
                   pick(member_no(people), np.where(card, person, -1)))  # fmt: skip
    clerk = pick(world.catalogue.clerk_phone, np.where(staff, trade.shop[order] * 4 + 1, -1))
    phone = where(staff, clerk, pick(people.phone, np.where(said, person, -1)))
    return Tickets(people, trade, world, order, number, phone)


def _sold(tickets: Tickets) -> _Sold:
    trade, prices = tickets.trade, tickets.world.catalogue.price
    place = np.full(len(trade), -1)
    place[tickets.order] = np.arange(len(tickets.order))
    line = np.flatnonzero(place[trade.line_order] >= 0)
    full = prices[trade.line_product[line]] * trade.line_quantity[line]
    paid = np.rint(full * (1 - _rate(tickets)[trade.line_order[line]])).astype(np.int64)
    return _Sold(line, place[trade.line_order[line]], paid)


def _rate(tickets: Tickets) -> Floats:
    """The share that promotion and coupon take off each order."""
    trade, catalogue = tickets.trade, tickets.world.catalogue
    return np.asarray(trade.discount + trade.coupon_face(catalogue) / np.maximum(trade.list_total(catalogue), 1))


def _rows(rng: np.random.Generator, tickets: Tickets, sold: _Sold) -> Rows:
    trade, catalogue, calendar = tickets.trade, tickets.world.catalogue, tickets.world.calendar
    order, product = trade.line_order[sold.line], trade.line_product[sold.line]
    seconds, shop = trade.seconds[order], trade.shop[order]
    payment = pick(_PAYMENTS, choose(rng, [6, 3, 1, 0.6, 0.4], len(trade)))
    return {
        "小票号": ticket_no(calendar, seconds, tickets.people.block, order), "销售时间": calendar.short_stamp(seconds),
        "门店编号": pick(catalogue.shop_code, shop), "门店名称": pick(catalogue.shop_name, shop),
        "收银员": pick(catalogue.clerk_code, shop * 4 + 1), "会员号": tickets.member.take(pa.array(sold.ticket)),
        "手机号": tickets.phone.take(pa.array(sold.ticket)), "商品编码": pick(catalogue.code, product),
        "商品名称": pick(catalogue.name, product), "品类": pick(CATEGORIES, catalogue.category[product]),
        "数量": whole(trade.line_quantity[sold.line]), "吊牌价": money(catalogue.price[product]),
        "实收金额": money(sold.paid), "支付方式": payment.take(pa.array(order)),
    }  # fmt: skip


def _truth(tickets: Tickets, paid: Ints) -> Rows:
    calendar, seconds = tickets.world.calendar, tickets.trade.seconds[tickets.order]
    number = ticket_no(calendar, seconds, tickets.people.block, tickets.order)
    return order_truth("store", number, tickets.person_id, tickets.account, calendar.stamp(seconds // 60 * 60),
                       gross=paid, refunds=0 * paid, not_counted=pa.nulls(len(paid), pa.string()))  # fmt: skip


def _returns(rng: np.random.Generator, tickets: Tickets, sold: _Sold, rows: Rows) -> tuple[Rows, Rows]:
    """The first line of a few tickets brought back within three weeks, on a ticket of its own with negative amounts."""
    calendar, trade = tickets.world.calendar, tickets.trade
    first = np.flatnonzero(np.diff(sold.ticket, prepend=-1))
    bought = trade.seconds[tickets.order[sold.ticket[first]]] // DAY
    seconds = (bought + rng.integers(1, 21, len(first))) * DAY + rng.integers(10 * 3600, 20 * 3600, len(first))
    kept = (rng.random(len(first)) < 0.03) & (seconds < calendar.end)
    first, seconds = first[kept], seconds[kept]
    ticket, paid = pa.array(sold.ticket[first]), sold.paid[first]
    number = ticket_no(calendar, seconds, tickets.people.block, tickets.order[sold.ticket[first]], "TH")
    back = sliced(rows, first)
    back = {**back, "小票号": number, "销售时间": calendar.short_stamp(seconds), "数量": joined("-", back["数量"]),
            "实收金额": money(-paid)}  # fmt: skip
    stamps, empty = calendar.stamp(seconds // 60 * 60), pa.nulls(len(paid), pa.string())
    truth = order_truth("store", number, tickets.person_id.take(ticket), tickets.account.take(ticket), stamps,
                        gross=0 * paid, refunds=paid, not_counted=empty)  # fmt: skip
    return back, truth
