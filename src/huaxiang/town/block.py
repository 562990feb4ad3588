"""One block of the town: its people, what they do, and the rows that each system keeps of it."""

from __future__ import annotations

from dataclasses import dataclass

from huaxiang.town.behaviour import behaviour_of
from huaxiang.town.columns import Ints, Rows, stacked
from huaxiang.town.coupons import coupon_rows
from huaxiang.town.gifts import gift_truth
from huaxiang.town.identity_truth import account_truth, trap_truth
from huaxiang.town.people import People, people_of
from huaxiang.town.registers import account_rows, member_rows
from huaxiang.town.store_sales import store_sales
from huaxiang.town.trade import Trade, trade_of
from huaxiang.town.truth import person_truth
from huaxiang.town.voice import social_rows, survey_rows, ticket_rows
from huaxiang.town.web_orders import WebOrders, line_rows, order_rows, place_orders, refund_rows, web_truth
from huaxiang.town.world import World


@dataclass(frozen=True)
class Block:
    """The rows of every raw file and truth table for one block of people, still clean."""

    number: int
    raw: dict[str, Rows]
    truth: dict[str, Rows]
    event_month: Ints
    reached: dict[str, Ints]


def block_of(number: int, index: Ints, world: World) -> Block:
    """The block of the people with these numbers; it depends on nothing but its arguments."""
    people = people_of(number, index, world)
    trade = trade_of(people, world)
    orders = place_orders(people, trade, world)
    return _assembled(people, trade, orders, world)


def _assembled(people: People, trade: Trade, orders: WebOrders, world: World) -> Block:
    behaviour = behaviour_of(people, trade, orders, world)
    sales, store_truth = store_sales(people, trade, world)
    raw = {
        "会员资料": member_rows(people, world),
        "商城账号": account_rows(people, world),
        "门店销售": sales,
        "商城订单": order_rows(people, trade, orders, world),
        "商城订单明细": line_rows(people, trade, orders, world),
        "退款": refund_rows(people, orders, world),
        "网站与App行为": behaviour.rows,
        "社交互动": social_rows(people, world),
        "满意度问卷": survey_rows(people, trade, orders, world),
        "客服工单": ticket_rows(people, trade, orders, world),
        "优惠券发放": coupon_rows(people, trade, orders, world),
    }
    truth = {
        "persons": person_truth(people, world.calendar),
        "accounts": account_truth(people, raw, world.seed),
        "orders": stacked(store_truth, web_truth(people, orders, world.calendar)),
        "identity_traps": trap_truth(people, world.catalogue),
        "gifts": gift_truth(people, trade, world),
    }
    return Block(people.block, raw, truth, behaviour.month, behaviour.reached)
