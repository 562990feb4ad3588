"""The list of imports and the report of one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from tests.server.test_pages import LATIN_NAMES, Text

if TYPE_CHECKING:
    from django.test import Client

    from huaxiang.workspace import Workspace

SignIn = Callable[..., "Client"]


def keys(shop: Workspace) -> dict[str, str]:
    """File name to import."""
    rows = shop.imports().to_pylist()
    return {row["file_name"]: row["import_id"] for row in rows}


def test_an_empty_workspace_teaches_the_next_step(empty_shop: Workspace, signed_in_client: SignIn) -> None:
    text = signed_in_client("analyst").get("/imports/").content.decode()
    assert "还没有导入任何数据" in text
    assert 'href="/imports/new/"' in text
    text = signed_in_client("viewer").get("/imports/").content.decode()
    assert 'href="/imports/new/"' not in text
    assert "请有导入权限的同事" in text


def test_the_list_tells_what_waits(shop: Workspace, signed_in_client: SignIn) -> None:
    text = signed_in_client("viewer").get("/imports/").content.decode()
    assert "已导入 2 份表，共 8 行，其中 3 行等您处理" in text
    assert "会员.csv" in text
    assert signed_in_client("viewer", "far").get("/imports/?page=99").status_code == 200
    assert signed_in_client("viewer", "odd").get("/imports/?page=²").status_code == 200


SUMS = {
    "zh": "读到 5 行 = 直接收下 1 + 修正后收下 2 + 待处理 2 + 以前就有 0",
    "en": "5 rows read = 1 kept + 2 repaired + 2 waiting + 0 already there",
}
TOO_FEW = {"zh": "这一行的列数太少", "en": "the row has too few fields"}
BAD_PHONE = {"zh": "手机号位数不对", "en": "the phone has a wrong number of digits"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_report_adds_up_and_names_reasons(lang: str, shop: Workspace, signed_in_client: SignIn) -> None:
    text = signed_in_client("viewer", language=lang).get(f"/imports/{keys(shop)['会员.csv']}/").content.decode()
    for words in (SUMS, TOO_FEW, BAD_PHONE):
        assert words[lang] in text


def test_an_unknown_import_names_near_ones(shop: Workspace, signed_in_client: SignIn) -> None:
    answer = signed_in_client("viewer").get("/imports/000001-nonsense/")
    assert answer.status_code == 404
    assert keys(shop)["会员.csv"] in answer.content.decode()


#: Names that stand in Chinese text as they are: kinds of files, commands, the file's own words.
FOREIGN = {"CSV", "Excel", "JSON", "Parquet", "gz", "MB", "huaxiang", "rebuild", "csv", "RFM"}


@pytest.mark.parametrize("address", ["/imports/", "/imports/new/", "/runs/"])
def test_a_chinese_page_has_no_english_left(address: str, shop: Workspace, signed_in_client: SignIn) -> None:
    page = signed_in_client("analyst").get(address).content.decode()
    words = set(re.findall(r"[A-Za-z]+", " ".join(Text(page).parts)))
    assert words - LATIN_NAMES - FOREIGN <= {"the", "analyst", "shop"}
