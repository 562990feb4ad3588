"""Uploaded lists: which column names the people, whom it names today, and what becomes of the other rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.workspace.small import NOW, taken_in, written

from huaxiang.errors import InputError, NotFound
from huaxiang.ledger import Ledger
from huaxiang.workspace import Workspace


@pytest.fixture
def shop(lean: Workspace) -> Workspace:
    """Thirty members with phones, and their orders, of a test's own; which tags they have is nothing to a list."""
    return lean


def upload(shop: Workspace, tmp_path: Path, text: str, **named: str) -> object:
    """Upload a file of that text as 买家名单."""
    return shop.upload_list(
        written(tmp_path / "lists", "买家.csv", text), "买家名单", "Buyers", NOW, actor="kim", **named
    )


def test_the_column_that_names_most_customers_is_the_list(shop: Workspace, tmp_path: Path) -> None:
    """However the phones are written, and whatever else stands beside them."""
    rows = ("1,老客,+86 139 1000 0003", "2,,13910000004", "3,新客,１３９１００００００５", "4,谁,13999999999", "5,,")
    text = "\n".join(("序号,备注,电话", *rows, ""))
    brought = shop.upload_list(written(tmp_path, "买家.csv", text), "买家名单", "Buyers", NOW, actor="kim")
    assert (brought.list.key, brought.list.header, brought.list.rows) == ("buyers", "电话", 4)
    assert vars(brought.found) == {"rows": 4, "customers": 3, "unknown": 1, "several": 0}
    assert {shop.customer_id_of(f"1391000{n:04d}") for n in (3, 4, 5)} == members(shop, "buyers")


def test_rows_that_name_nobody_yet_count_when_their_data_come(shop: Workspace, tmp_path: Path) -> None:
    """The list is looked up anew: an import and a refresh later it names one customer more."""
    upload(shop, tmp_path, "手机\n13910000001\n13988887777\n")
    assert len(members(shop, "buyers")) == 1
    people = "会员号,手机号,姓名,注册时间\nM900,13988887777,后来,2026-06-01 09:00:00\n"
    taken_in(shop, written(tmp_path / "files", "新会员.csv", people))
    shop.refresh(NOW)
    assert len(members(Workspace.open(shop.folder), "buyers")) == 2


def test_customer_ids_and_member_numbers_are_names_too(shop: Workspace, tmp_path: Path) -> None:
    """A file with one column of anything, its header being one of the values."""
    first = shop.customer_id_of("M1")
    upload(shop, tmp_path, f"编号\n{first}\nM2\nm2\n", header="编号")
    assert members(shop, "buyers") == {first, shop.customer_id_of("M2")}


@pytest.mark.parametrize(
    ("text", "header", "code"),
    [
        ("电话\n13999999999\n", None, "list.names_no_customer"),
        ("电话\n13910000001\n", "手机", "list.no_such_column"),
        ("电话,名\n,\n", None, "list.names_nobody"),
    ],
)
def test_a_file_that_names_nobody_is_refused_and_nothing_is_kept(
    shop: Workspace, tmp_path: Path, text: str, header: str | None, code: str
) -> None:
    """With what to do about it."""
    path = written(tmp_path / "lists", "名单.csv", text)
    with pytest.raises(InputError) as refused:
        shop.upload_list(path, "名单", "", NOW, actor="kim", header=header)
    assert refused.value.code == code
    assert not shop.id_lists


def test_a_list_that_goes_takes_its_numbers_along(shop: Workspace, tmp_path: Path) -> None:
    """The file of values goes, the ledger says who brought it and who took it away, without a number."""
    upload(shop, tmp_path, "电话\n13910000001\n")
    kept = shop.id_lists["buyers"]
    file = shop.landing.object(kept.values, ".parquet")
    assert file.exists()
    shop.forget_list("buyers", NOW, actor="lee")
    assert not file.exists()
    assert not Workspace.open(shop.folder).id_lists
    with Ledger.open(shop.ledger_path) as ledger:
        entries = [*ledger.entries("list.saved"), *ledger.entries("list.removed")]
    assert [(entry.kind, entry.actor, entry.subject) for entry in entries] == [
        ("list.saved", "kim", "buyers"),
        ("list.removed", "lee", "buyers"),
    ]
    assert all("1391" not in str(entry.body) for entry in entries)
    with pytest.raises(NotFound):
        shop.forget_list("buyers", NOW, actor="lee")


def test_a_name_is_taken_once(shop: Workspace, tmp_path: Path) -> None:
    """And the key of a Chinese name is made of it."""
    path = written(tmp_path / "lists", "a.csv", "电话\n13910000001\n")
    first = shop.upload_list(path, "只有中文", "", NOW, actor="kim")
    assert first.list.key.startswith("list_")
    with pytest.raises(InputError) as refused:
        shop.upload_list(path, "只有中文", "", NOW, actor="kim")
    assert refused.value.code == "list.name_taken"


def members(shop: Workspace, key: str) -> set[str]:
    """The customers that the list names today."""
    with shop.reading() as engine:
        return set(engine.arrow(shop.list_tables(engine)[key]).column("customer_id").to_pylist())
