"""Tags without values: those that cannot be computed stop nothing and say why, and those written since the last refresh
count nobody before the next one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.api.conftest import _fresh_rates, program
from tests.server.crowds.shop import NOW, member
from tests.server.crowds.test_build import SAVE, saved
from tests.server.crowds.test_pages import add, text_of
from tests.server.tags.test_pages import draft

from huaxiang.cli import main
from huaxiang.words import LANGUAGES
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

__all__ = ["_fresh_rates", "program"]

Browser = Callable[..., "Client"]
PLAIN = {"element": "behaviour", "meaning_zh": "。", "meaning_en": ".", "type": "text", "owner": "the-analyst"}
YES = {"values": {"y": {"zh": "是", "en": "yes"}}}


def layered(when: str) -> dict[str, Any]:
    """The rest of a tag with one layer."""
    return {**YES, "rule": {"kind": "layers", "layers": [{"value": "y", "when": when}]}}


#: By key what is wrong with a tag, and what the message must name.
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "doer": (layered("did sale where (chanel = 门店)"), "chanel"),
    "listed": (layered("list fair"), "list fair"),
    "member": (layered("crowd twise"), "twice"),
    "typo": (layered("citty = 上海市"), "citty"),
    "no_column": ({"type": "number", "rule": {"kind": "statistic", "fact": "sale", "column": "nett", "measure": "sum"}},
                  "nett"),
    "on_top": ({**YES, "rule": {"kind": "layers", "layers": [{"value": "y", "when": "doer = y"}]}}, "doer"),
    "no_tag": ({"rule": {"kind": "nothing"}}, "rule"),
}  # fmt: skip


def answered(capsys: pytest.CaptureFixture[str], shop: Workspace, *words: str, code: int = 0) -> Any:
    """What the command line says of it, as JSON or, where it refuses, as a sentence."""
    capsys.readouterr()
    assert main([*words, "--json", "-w", str(shop.folder)]) == code
    out = capsys.readouterr()
    return json.loads(out.out) if code == 0 else out.err + out.out


def test_a_broken_tag_stops_nothing_and_says_why_everywhere(
    shop: Workspace, signed_in_client: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = {"sound": {**PLAIN, "zh": "好的", "en": "Sound", **layered("crowd twice and did sale")}}
    bodies = {key: {**PLAIN, "zh": f"坏的{key}", "en": f"Bad {key}", **body} for key, (body, _) in WRONG.items()}
    file = shop.folder / "definitions" / "tags" / "own.yaml"
    file.write_text(json.dumps({**bodies, **sound}, ensure_ascii=False), encoding="utf-8")
    add(shop, "standing_on_it", "doer = y")
    add(shop, "twice", "orders_total >= 2")
    shop = Workspace.open(shop.folder)

    listed = answered(capsys, shop, "tag", "list")["broken"]
    assert set(listed) == set(WRONG), "before any refresh"
    for lang in LANGUAGES:
        told = {key: why.say(lang) for key, why in shop.definitions.broken.items()}
        for key, (_, named) in WRONG.items():
            assert key in told[key], "the tag"
            assert "own.yaml" in told[key], "its file"
            assert named in told[key]
            assert not re.search(r"\{|\}|None|KeyError", told[key]), "nothing of Python"

    done = answered(capsys, shop, "refresh")
    assert set(done["broken_tags"]) == set(WRONG)
    profile = shop.profiles()
    assert set(WRONG).isdisjoint(profile.column_names)
    expected = sum(len(member(number)["orders"]) >= 2 for number in range(1, 41))
    assert profile.column("sound").to_pylist().count("y") == expected

    browser, buyer = signed_in_client("admin"), shop.customer_id_of("M0003")
    behind = text_of(browser.get(f"/customers/{buyer}/why/?tag=sound").content.decode())
    assert f"依据 {len(member(3)['orders'])} 条记录" in behind
    assert "订单.csv" in behind
    runs = text_of(browser.get("/runs/").content.decode())
    assert all("own.yaml" in runs and named in runs for _, named in WRONG.values())
    crowd = text_of(browser.get("/crowds/saved/standing_on_it/history/").content.decode())
    assert "坏的doer" in crowd
    page = text_of(browser.get("/tags/one/doer/").content.decode())
    assert "算不出来" in page
    assert "chanel" in page
    assert "算不出来" in text_of(browser.get("/tags/?q=坏的doer").content.decode())
    for address in ("/", "/crowds/", "/tags/", "/crowds/saved/standing_on_it/", "/crowds/new/", "/customers/"):
        answer = browser.get(address)
        assert answer.status_code < 500, address
    assert "算不出来" in text_of(browser.get("/crowds/saved/standing_on_it/").content.decode())
    assert "人群 standing_on_it" not in shop.document(NOW).read("document.zh.md"), "nor the document"
    refused = browser.post("/crowds/saved/twice/delete/")
    assert (refused.status_code, "好的" in text_of(refused.content.decode())) == (400, True), "a tag needs it"
    # A colleague's good tag is not held up by them.
    draft(browser)
    assert browser.post("/tags/one/big_order/act/", {"act": "publish"}).status_code == 302


def test_a_tag_written_since_the_refresh_counts_nobody_before_the_next_one(
    shop: Workspace, signed_in_client: Browser, program: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    browser, ask = signed_in_client("analyst"), program("crowd:read", role="analyst")
    draft(browser)
    assert browser.post("/tags/one/big_order/act/", {"act": "publish"}).status_code == 302
    rule, words = "big_order >= 1000", "还没有算过"
    form = {**SAVE, "tag-1": "big_order", "op-1": ">=", "value-1": "1000", "value-2": "1"}
    assert words in text_of(browser.post("/crowds/preview/", form).content.decode())
    body = json.dumps({"rule": rule})
    told = ask.post("/api/v1/rules/validate", body, content_type="application/json")
    assert (told.status_code, told.json()["not_computed"]) == (200, ["big_order"])
    told = ask.post("/api/v1/rules/evaluate", body, content_type="application/json")
    assert (told.status_code, told.json()["code"]) == (400, "condition.not_computed")
    for path in ("/api/v1/customers/M0003?tags=big_order,city", "/api/v1/customers/M0003/tags?tags=big_order"):
        tags = program("profile:read").get(path).json()["tags"]
        own = tags["big_order"] if isinstance(tags, dict) else tags[0]
        assert (own["value"], own["label"], own["not_computed"]) == (None, "还没有算", True)
    assert words in answered(capsys, shop, "segment", rule, "--count", "--lang", "zh", code=2)
    assert words in answered(capsys, shop, "profile", "M0003", "--why", "big_order", "--lang", "zh", code=2)
    one = shop.customer_id_of("M0003")
    assert words in text_of(browser.get(f"/customers/{one}/why/?tag=big_order").content.decode())
    # It may be saved, and its page says what is missing instead of a number.
    crowd = saved(shop, browser, **{name: value for name, value in form.items() if name not in ("zh", "act")})
    assert words in text_of(browser.get(f"/crowds/saved/{crowd}/").content.decode())
    for address in ("/crowds/", f"/crowds/saved/{crowd}/history/", f"/customers/{one}/"):
        assert browser.get(address).status_code == 200, address

    Workspace.open(shop.folder).refresh(NOW)
    size = ask.get(f"/api/v1/crowds/{crowd}/count").json()
    largest = [max((100 * n + order for n, order in member(n)["orders"]), default=0) for n in range(1, 41)]
    assert size["customers"] == sum(amount >= 1_000 for amount in largest)
