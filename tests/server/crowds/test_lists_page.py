"""Lists on the pages: uploaded, used in a rule, kept while a crowd needs them, deleted with their numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.server.crowds.shop import member

from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
PHONES = [member(number)["phone"] for number in (1, 2, 5)]


def form(text: str, **named: str) -> dict[str, object]:
    """A posted file of that text."""
    return {"file": SimpleUploadedFile("买家.csv", text.encode()), "zh": "买家", "en": "Buyers", **named}


def test_a_list_is_uploaded_used_and_deleted(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    assert "上传一列手机号" in browser.get("/crowds/lists/").content.decode()
    said = browser.post("/crowds/lists/", form("电话\n" + "\n".join([*PHONES, "13999999999"])), follow=True)
    assert "4 行对上 3 位客户；1 行没有对上" in said.content.decode()
    rule = {"box": "1", "kind-1": "list", "key-1": "buyers"}
    counted = browser.post("/crowds/preview/", rule).content.decode()
    assert 'id="count">3<' in counted
    assert "在名单“买家”中" in counted
    browser.post("/crowds/new/", {**rule, "zh": "名单上的人", "en": "On the list", "act": "save"})
    for path in ("/crowds/saved/on_the_list/", "/crowds/saved/on_the_list/versions/"):
        assert "在名单“买家”中" in browser.get(path).content.decode(), path
    refused = browser.post("/crowds/lists/buyers/delete/")
    assert refused.status_code == 400
    assert "on_the_list" in refused.content.decode()
    browser.post("/crowds/saved/on_the_list/delete/")
    assert signed_in_client("analyst", "other").post("/crowds/lists/buyers/delete/").status_code == 403
    assert browser.post("/crowds/lists/buyers/delete/").status_code == 302
    assert not Workspace.open(shop.folder).id_lists
    assert not list((shop.folder / "tmp" / "uploads").iterdir())


def test_what_names_nobody_is_refused_with_the_reason(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    for given, said in (
        (form("电话\n13999999999"), "没有一行对得上"),
        (form("电话\n" + PHONES[0], header="手机"), "没有列“手机”"),
        ({"zh": "空"}, "没有收到文件"),
    ):
        answer = browser.post("/crowds/lists/", given)
        assert answer.status_code == 400
        assert said in answer.content.decode()


def test_who_sees_only_some_stores_uploads_no_lists(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst", stores=["S1"])
    assert browser.get("/crowds/lists/").status_code == 403
    assert browser.post("/crowds/lists/", form("电话\n" + PHONES[0])).status_code == 403
    assert not Workspace.open(shop.folder).id_lists
