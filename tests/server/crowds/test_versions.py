"""The versions of a saved segment: what each changed, who may go back, and that nothing is rewritten."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.crowds.test_build import PEOPLE, SAVE, entries, saved

from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]


def changed(browser: Client, key: str, version: int, **form: Any) -> None:
    """Save the next version by the form."""
    answer = browser.post(f"/crowds/saved/{key}/edit/", {**SAVE, "version": str(version), **form})
    assert answer.status_code == 302, answer.content.decode()


def restored(browser: Client, key: str, number: int, seen: int) -> Any:
    """Press the button of an earlier version."""
    return browser.post(f"/crowds/saved/{key}/versions/{number}/restore/", {"version": str(seen)})


def standing(shop: Workspace, key: str) -> Any:
    """The segment as a new process reads it."""
    return Workspace.open(shop.folder).definitions.segments[key]


def test_each_version_says_who_when_the_rule_and_what_changed(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    key = saved(shop, browser)
    changed(browser, key, 1, **{"value-1": "北京市", "zh": "北京回头客"})
    changed(browser, key, 2, **{"value-1": "北京市", "zh": "北京回头客", "join-0": "any"})
    page = browser.get(f"/crowds/saved/{key}/versions/").content.decode()
    third, second, first = page.split("<h3>")[1:]
    assert "现在用的" in third
    assert "城市为北京市，或者累计订单数不小于2" in third
    assert '<span class="visually-hidden">去掉：</span>城市为北京市，并且累计订单数不小于2</li>' in third
    assert '<span class="visually-hidden">加上：</span>城市为北京市</li>' in second
    assert '<span class="visually-hidden">去掉：</span>城市为上海市</li>' in second
    assert "累计订单数不小于2</li>" not in second
    assert "名称从“上海回头客”改成“北京回头客”" in second
    assert "保存 · the-analyst · <time" in first
    assert "crowd-changed" not in first


def test_going_back_makes_a_new_version_and_rewrites_nothing(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    key = saved(shop, browser)
    changed(browser, key, 1, **{"value-1": "北京市", "zh": "北京回头客"})
    folder = shop.folder / "definitions" / "history" / "segments"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    first = standing(shop, key)
    answer = restored(browser, key, 1, 2)
    assert answer.headers["Location"] == f"/crowds/saved/{key}/"
    after = standing(shop, key)
    assert (after.version, after.zh, after.owner) == (3, "上海回头客", first.owner)
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert entries(shop) == [(f"segment/{key}", 1, "saved"), (f"segment/{key}", 2, "saved"),
                             (f"segment/{key}", 3, "rolled_back")]  # fmt: skip
    inside = [one for one in PEOPLE if one["city"] == "上海市" and len(one["orders"]) >= 2]
    page = browser.get(f"/crowds/saved/{key}/").content.decode()
    assert f"“上海回头客”有 {len(inside)} 位客户" in page
    assert "恢复第 1 版 · the-analyst" in browser.get(f"/crowds/saved/{key}/versions/").content.decode()


def test_going_back_asks_what_editing_asks(shop: Workspace, signed_in_client: Browser) -> None:
    owner = signed_in_client("analyst")
    key = saved(shop, owner)
    changed(owner, key, 1, **{"value-1": "北京市"})
    for stranger in (signed_in_client("viewer"), signed_in_client("analyst", "other")):
        assert "/restore/" not in stranger.get(f"/crowds/saved/{key}/versions/").content.decode()
        assert restored(stranger, key, 1, 2).status_code == 403
    assert restored(owner, key, 1, 1).status_code == 400
    assert owner.post(f"/crowds/saved/{key}/versions/1/restore/").status_code == 400
    for missing in (2, 3, 0):
        assert restored(owner, key, missing, 2).status_code == 404
    assert standing(shop, key).version == 2
    assert restored(signed_in_client("admin"), key, 1, 2).status_code == 302
    assert standing(shop, key).owner == "the-analyst"


def test_a_name_that_another_took_meanwhile_is_refused(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    key = saved(shop, browser)
    changed(browser, key, 1, zh="换了名字", en="Renamed")
    saved(shop, browser)
    answer = restored(browser, key, 1, 2)
    assert answer.status_code == 400
    assert "已经有叫“上海回头客”的人群" in answer.content.decode()


def test_neither_saving_nor_going_back_closes_a_circle(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    other = saved(shop, browser, zh="被指的", en="Meant")
    text = {"mode": "text", "act": "save", "zh": "指别人的", "en": "Meaning", "text": f"crowd {other}"}
    key = str(browser.post("/crowds/new/", text).headers["Location"]).split("/")[-2]
    changed(browser, key, 1, zh="指别人的", en="Meaning")
    back = {"zh": "被指的", "en": "Meant", "mode": "text", "text": f"crowd {key}"}
    changed(browser, other, 1, **back)
    own = browser.post(f"/crowds/saved/{other}/edit/", {**SAVE, **back, "version": "2", "text": f"crowd {other}"})
    assert own.status_code == 400
    assert "人群互相引用成了圈" in own.content.decode()
    assert restored(browser, key, 1, 2).status_code == 400
    page = browser.get(f"/crowds/saved/{key}/versions/").content.decode()
    assert "这一版现在不能用" in page
    assert "/versions/1/restore/" not in page
    assert standing(shop, key).version == 2


def test_a_version_whose_tag_is_gone_is_told_and_not_offered(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    key = saved(shop, browser)
    changed(browser, key, 1, **{"value-1": "北京市"})
    old = shop.folder / "definitions" / "history" / "segments" / f"{key}.v1.yaml"
    old.write_text(old.read_text(encoding="utf-8").replace("orders_total", "gone_total"), encoding="utf-8")
    page = browser.get(f"/crowds/saved/{key}/versions/").content.decode()
    assert "gone_total" in page
    assert "规则是直接写在文件里的" in page
    assert "这一版现在不能用" in page
    assert restored(browser, key, 1, 2).status_code == 400


def test_bounds_written_in_the_file_outlive_edits(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    key = saved(shop, browser)
    path = shop.folder / "definitions" / "segments" / f"{key}.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "  least_customers: 3\n", encoding="utf-8")
    changed(browser, key, 1, **{"value-1": "北京市"})
    assert standing(shop, key).least_customers == 3


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_a_shipped_segment_has_its_one_version(lang: str, shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("viewer")
    page = browser.get("/crowds/saved/important_active/versions/", headers={"Accept-Language": lang}).content.decode()
    assert page.count("<h3>") == 1
    assert "/restore/" not in page
