"""A group that somebody pastes as a list, for one question: the customers whom its lines name."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from huaxiang.analyse.customers import spellings
from huaxiang.analyse.id_lists import Found, found, members_of
from huaxiang.analyse.population import Population

#: Lines of one list that are looked up.
MOST_LINES = 50_000


def on_pasted_list(population: Population, lines: Sequence[str]) -> tuple[Population, Found]:
    """The population with the boolean ``inside``, whether a line names the customer, and what became of the lines.

    A line is any identifier or customer id, however it is written: spaces, full-width letters and the ways to write a
    phone make no difference. Empty lines are left out, repeated ones count once.
    """
    values = population.engine.bring("pasted_list", _values(lines))
    meant = members_of(population.engine, values).select(meant_id="customer_id", meant=True)
    wide = population.table.left_join(meant, population.table.customer_id == meant.meant_id).drop("meant_id")
    marked = wide.mutate(inside=wide.meant.fill_null(False)).drop("meant")
    return population.over(marked), found(population.engine, values)


def _values(lines: Sequence[str]) -> pa.Table:
    given = dict.fromkeys(line.strip() for line in lines if line.strip())
    spelt = [(place, text) for place, line in enumerate(given) for text in spellings(line)]
    places, texts = zip(*spelt, strict=True) if spelt else ((), ())
    return pa.table({"source_row": pa.array(places, pa.int64()), "value": pa.array(texts, pa.string())})
