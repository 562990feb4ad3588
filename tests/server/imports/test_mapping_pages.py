"""The page of an upload: what a row is, which column is what, check, import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from tests.server.imports.test_uploads import left, uploaded

from huaxiang.ledger import Ledger
from huaxiang.model.mapping import Mapping

if TYPE_CHECKING:
    from django.test import Client

    from huaxiang.workspace import Workspace

SignIn = Callable[..., "Client"]
GBK = "会员卡,顾客,手机,办卡日\nM9001,王小明,13812345678,2024-03-01\nM9002,李雷,13912345678,2024/3/5\n".encode("gbk")
UNKNOWN = b"colA,colB\nfoo,bar\n"
MAPPED = {
    "row_kind": "person",
    "field-0": "member_no",
    "field-1": "person_name",
    "field-2": "phone",
    "field-3": "registered_at",
}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(empty_shop: Workspace, signed_in_client: SignIn) -> Client:
    return signed_in_client("analyst", "li")


@pytest.fixture
def address(browser: Client) -> Any:
    """The page of an upload of one GBK file of members and one that nobody understands."""
    where = uploaded(browser, ("会员.csv", GBK), ("note.csv", UNKNOWN)).headers["Location"]
    yield where
    browser.post(where + "discard/")


def test_the_page_tells_what_was_understood_and_masks_people(browser: Client, address: str) -> None:
    text = browser.get(address).content.decode()
    assert "2 份表里有 1 份可以导入" in text
    assert "138****5678" in text
    assert "13812345678" not in text
    assert "王小明" not in text
    assert "确定 99%" in text
    assert "列名一致" in text


def test_a_column_changed_by_hand_is_kept_and_shown_at_once(browser: Client, address: str) -> None:
    answer = browser.post(address + "sheets/0/", MAPPED, headers=HTMX)
    assert answer.status_code == 200
    assert "用到 4 列中的 4 列" in answer.content.decode()
    assert "您指定的" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert "用到 4 列中的 4 列" in browser.get(address).content.decode()


def test_without_scripts_the_same_form_leads_back_to_the_page(browser: Client, address: str) -> None:
    answer = browser.post(address + "sheets/0/", MAPPED)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{address}#sheet-0")


def test_saying_what_a_row_is_makes_a_table_ready_or_says_what_it_lacks(browser: Client, address: str) -> None:
    text = browser.post(address + "sheets/1/", {"row_kind": "orders"}, headers=HTMX).content.decode()
    assert "缺少订单编号" in text
    text = browser.post(
        address + "sheets/1/", {"row_kind": "orders", "field-0": "order_no", "field-1": "ordered_at"}, headers=HTMX
    ).content.decode()
    assert "没有一列能说明客户是谁" in text
    assert "2 份表都看懂了" not in text


def test_a_table_can_be_left_out(browser: Client, address: str) -> None:
    assert "不会导入" in browser.post(address + "sheets/0/", {"row_kind": ""}, headers=HTMX).content.decode()
    answer = browser.post(address + "check/")
    assert answer.status_code == 400
    assert "没有一份表可以导入" in answer.content.decode()


WRONG = [
    {"row_kind": "nonsense"},
    MAPPED | {"field-0": "nonsense"},
    MAPPED | {"field-0": "phone", "field-1": "phone"},
    MAPPED | {"source": ""},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_form_is_told_in_place_and_changes_nothing(
    wrong: dict[str, str], browser: Client, address: str, empty_shop: Workspace
) -> None:
    browser.post(address + "sheets/0/", MAPPED, headers=HTMX)
    state = next(path for path in left(empty_shop) if path.name == "upload.json")
    before = state.read_bytes()
    if "field-0" in wrong and wrong["field-0"] == "phone":
        wrong = wrong | {"field-2": ""}
    answer = browser.post(address + "sheets/0/", wrong, headers=HTMX)
    assert 'class="refusal"' in answer.content.decode()
    assert state.read_bytes() == before
    assert browser.post(address + "sheets/77/", MAPPED, headers=HTMX).status_code == 404


def test_a_kept_mapping_is_used_for_the_next_file_and_logged(
    browser: Client, address: str, empty_shop: Workspace
) -> None:
    answer = browser.post(address + "sheets/0/", MAPPED | {"source": "../../门店 会员", "keep": "1"}, headers=HTMX)
    assert "已记住" in answer.content.decode()
    saved = list((empty_shop.folder / "mappings").iterdir())
    assert [path.name for path in saved] == ["会员.yaml"]
    assert Mapping.from_yaml(saved[0].read_text(encoding="utf-8"), "x").columns["person_name"].header == "顾客"
    with Ledger.open(empty_shop.ledger_path) as ledger:
        assert [entry.actor for entry in ledger.entries("mapping.saved")][-1] == "li"
    again = uploaded(browser, ("下月.csv", GBK)).headers["Location"]
    assert "用到 4 列中的 4 列" in browser.get(again).content.decode()
    browser.post(again + "discard/")
    saved[0].unlink()


def test_the_check_counts_and_keeps_nothing(
    browser: Client, address: str, empty_shop: Workspace, at_once: list[int]
) -> None:
    answer = browser.post(address + "check/")
    assert answer.headers["Location"] == f"{address}#check"
    text = browser.get(address).content.decode()
    assert "试算结果：读到 2 行，会收下 2 行，0 行会放在待处理区" in text
    assert empty_shop.imports().num_rows == 0
    assert len(left(empty_shop)) == 3


def test_the_import_wipes_the_upload_and_leads_to_its_report(
    own_shop: Workspace, signed_in_client: SignIn, at_once: list[int]
) -> None:
    browser = signed_in_client("analyst", "li")
    address = uploaded(browser, ("会员2.csv", GBK)).headers["Location"]
    answer = browser.post(address + "import/")
    assert answer.headers["Location"] == f"/jobs/{at_once[0]}/"
    assert "读到 2 行，新收下 2 行" in browser.get(answer.headers["Location"]).content.decode()
    assert left(own_shop) == []
    assert browser.get(address).status_code == 404
    with Ledger.open(own_shop.ledger_path) as ledger:
        assert [entry.actor for entry in ledger.entries("import.accepted")][-1] == "li"


def test_files_on_their_way_cannot_be_imported_or_wiped_again(browser: Client, address: str, not_spawned: None) -> None:
    from huaxiang.server.jobs.models import Job

    assert browser.post(address + "import/").status_code == 302
    for action in ("import/", "check/", "discard/"):
        answer = browser.post(address + action)
        assert answer.status_code == 400
        assert "已经在导入了" in answer.content.decode()
    Job.objects.all().delete()


def test_a_viewer_cannot_bring_files_in(empty_shop: Workspace, signed_in_client: SignIn) -> None:
    browser = signed_in_client("viewer")
    assert browser.get("/imports/new/").status_code == 403
    assert uploaded(browser, ("x.csv", GBK)).status_code == 403
    assert left(empty_shop) == []


def test_a_sheet_that_nobody_understands_can_be_named_beside_one_that_is(browser: Client, tmp_path: Path) -> None:
    path = tmp_path / "两张表.xlsx"
    book = xlsxwriter.Workbook(path)
    for sheet, rows in (("会员", [["会员号", "手机号"], ["M1", "13812345678"]]), ("杂项", [["colA"], ["foo"]])):
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    book.close()
    where = uploaded(browser, (path.name, path.read_bytes())).headers["Location"]
    text = browser.get(where).content.decode()
    assert "2 份表里有 1 份可以导入" in text
    assert "两张表.xlsx · 杂项" in text
    answer = browser.post(where + "sheets/1/", {"row_kind": "person"}, headers=HTMX)
    assert "缺少会员号" in answer.content.decode()
    browser.post(where + "discard/")
