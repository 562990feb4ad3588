"""Why somebody came into a crowd or left it: the tests of its rule that are no longer what they were."""

from __future__ import annotations

import json
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.analyse.population import Population
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import Capped, Condition, caps, leaves
from huaxiang.model.crowd_tables import NEW_CUSTOMER, NO_CUSTOMER

_NEW, _GONE = "new", "gone"


def reasons(moved: ir.Table, condition: Condition, before: Population, now: Population) -> pa.Table:
    """``customer_id, because`` of the customers in ``moved`` (``customer_id``).

    ``because`` is a JSON list of the tests, as text, that changed truth between the two days, or else of the caps that
    let others through; for somebody who was no customer before, or is none now, a code says so.
    """
    tests = list(dict.fromkeys((*leaves(condition), *caps(condition))))
    ids = now.engine.arrow(_codes(moved, tests, before, now))
    encoded = pc.dictionary_encode(ids.column("code").combine_chunks())
    worded = pa.array([_worded(code, tests) for code in encoded.dictionary.to_pylist()], pa.string())
    return pa.table({"customer_id": ids.column("customer_id"), "because": worded.take(encoded.indices)})


def _codes(moved: ir.Table, tests: Sequence[Condition], before: Population, now: Population) -> ir.Table:
    marks = {f"t{place}": test for place, test in enumerate(tests)}
    then, today = (_marked(population, moved, marks, side) for population, side in ((before, "b"), (now, "n")))
    joined = moved.left_join(then, [("customer_id", "b_id")]).left_join(today, [("customer_id", "n_id")])
    code = ibis.literal("")
    for name in marks:
        code += ibis.ifelse(joined[f"b_{name}"] != joined[f"n_{name}"], f"{name[1:]},", "")
    known = ibis.cases((joined.b_id.isnull(), _NEW), (joined.n_id.isnull(), _GONE), else_=code)
    return joined.select("customer_id", code=known)


def _marked(population: Population, moved: ir.Table, marks: dict[str, Condition], side: str) -> ir.Table:
    own = population.over(population.table.semi_join(moved, "customer_id")).marked(marks)
    return own.rename({f"{side}_id": "customer_id", **{f"{side}_{name}": name for name in marks}})


def _worded(code: str, tests: Sequence[Condition]) -> str:
    if code in (_NEW, _GONE):
        return json.dumps([NEW_CUSTOMER if code == _NEW else NO_CUSTOMER])
    changed = [tests[int(place)] for place in code.split(",") if place]
    own = [test for test in changed if not isinstance(test, Capped)]
    return json.dumps([text_of(test) for test in own or changed], ensure_ascii=False)
