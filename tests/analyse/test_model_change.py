"""What a model would change, beside figures that can be counted by hand."""

import pyarrow as pa

from huaxiang.analyse.model_change import model_change, moved_customers
from huaxiang.engine import DuckEngine


def test_pairs_and_customers_that_change_are_counted(duck: DuckEngine) -> None:
    def pairs(name: str, *rows: tuple[str, str, str]) -> pa.Table:
        names = ("account_key_a", "account_key_b", "band")
        return duck.bring(name, pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows]))

    def accounts(name: str, **owners: str) -> pa.Table:
        rows = [{"account_key": key, "customer_id": owner} for key, owner in owners.items()]
        return duck.bring(name, pa.Table.from_pylist(rows))

    before = pairs("before", ("a", "b", "link"), ("c", "d", "ask"), ("e", "f", "link"))
    after = pairs("after", ("a", "b", "link"), ("c", "d", "link"), ("e", "f", "ask"), ("g", "h", "leave"))
    old = accounts("old", a="1", b="1", c="2", d="3", e="4", f="4", gone="9")
    new = accounts("new", a="1", b="1", c="2", d="2", e="4", f="5", come="7")
    change = model_change(duck, before, after, old, new)
    assert change._asdict() == {
        "linked": 2, "asked": 1, "links_new": 1, "links_lost": 1, "customers_joined": 1, "customers_split": 1,
    }  # fmt: skip
    moved = moved_customers(duck, old, new, 10)
    assert (moved.joined, moved.split) == ((("2", "3"),), (("4", 2),))
    assert moved_customers(duck, old, new, 0) == ((), ())
