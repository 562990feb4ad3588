"""The truth about gifts: which bought lines were for somebody else."""

from __future__ import annotations

import numpy as np

from huaxiang.town.columns import Rows, pick, where
from huaxiang.town.keys import order_no, ticket_no
from huaxiang.town.people import People
from huaxiang.town.trade import Trade
from huaxiang.town.world import World


def gift_truth(people: People, trade: Trade, world: World) -> Rows:
    """One row per line bought as a gift, whether or not the export says so."""
    calendar, line = world.calendar, np.flatnonzero(trade.line_gift)
    order = trade.line_order[line]
    store = trade.store[order]
    seconds = trade.seconds[order]
    return {
        "source": pick(["web", "store"], store.astype(np.int64)),
        "order_no": where(store, ticket_no(calendar, seconds, people.block, order),
                          order_no(calendar, seconds, people.block, order)),
        "product_code": pick(world.catalogue.code, trade.line_product[line]),
        "person_id": pick(people.person_id, trade.person[order]),
    }  # fmt: skip
