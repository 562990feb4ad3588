"""Likely pairs and the way of comparing, on pages: masked, adding up, decided, learned again, approved."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huaxiang.analyse.likely_pairs import Likeness, Line
from huaxiang.analyse.match_words import left_out_words
from huaxiang.prepare.match import Estimate
from huaxiang.release.roles import Access
from huaxiang.words import Message, knows
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
pytestmark = pytest.mark.slow


@pytest.fixture
def lists(two_lists_once: Path, workspace: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of them, served."""
    from django.test import override_settings

    folder = shutil.copytree(two_lists_once, tmp_path / "ws", symlinks=True)
    with override_settings(HUAXIANG_WORKSPACE=folder):
        yield Workspace.open(folder)


def test_pairs_stand_side_by_side_masked_and_a_decision_takes_them_off(
    lists: Workspace, signed_in_client: Browser
) -> None:
    browser = signed_in_client("admin")
    waiting = lists.open_pairs().pairs
    lines = [line for found in lists.likenesses([pair[:2] for pair in waiting]).values() for line in found.lines]
    text = browser.get("/identity/likely/").content.decode()
    assert "有 6 对账号的资料很像" in text
    assert text.count("的可能是同一人") == 6
    hidden = {value for line in lines if line.comparison not in ("surname", "city") for value in line[1:3] if value}
    assert hidden
    assert not [value for value in hidden if f">{value}<" in text]
    assert not [pair for pair in waiting if pair.account_key_a in text or pair.account_key_b in text]
    query = f"kind=never_same&customer={waiting[0].customer_a}&customer={waiting[0].customer_b}"
    assert "任意两个账号" in browser.get(f"/identity/decide/?{query}").content.decode()
    asked = {"kind": "never_same", "customer": waiting[0][2:4], "why": "同名"}
    assert browser.post("/identity/decide/", asked).status_code == 302
    assert "有 5 对账号的资料很像" in browser.get("/identity/likely/").content.decode()


def test_what_only_one_side_says_is_named_and_weighs_nothing() -> None:
    from huaxiang.server.identity.likeness import worded

    lines = (Line("given_name", "小明", "小明", "same", 8.0), Line("gender", "male", None, "missing", 0.0))
    pair = worded(
        Likeness("member_no:1", "openid:2", 0.5, "contradiction", -8.0, lines, "ask"),
        Access("kim", "viewer", None),
        "en",
    )
    assert [(one.name, one.bits, one.left, one.width) for one in pair.details] == [
        ("Any two accounts", "−8.0", "0.00", "100.00"),
        ("Given name", "+8.0", "0.00", "100.00"),
    ]
    assert (pair.lacking, pair.total, pair.zero) == ("Known on one side only: Gender.", "0", "100.00")
    assert "小明" not in repr(pair)


def test_a_model_is_approved_on_its_page_with_what_it_would_change(lists: Workspace, signed_in_client: Browser) -> None:
    from tests.workspace.small import NOW

    browser = signed_in_client("admin")
    first = browser.get("/identity/model/").content.decode()
    assert "第一个版本，更新画像时自动启用" in first
    assert re.search("最近一次比对：120 个账号，比较了 \\d+ 对", first)
    assert re.search("大约要比较 \\d+ 对账号", browser.get("/identity/model/cost/").content.decode())
    for pair in lists.open_pairs().pairs:
        lists.merge(pair.customer_a, pair.customer_b, "电话问过", NOW, actor="kim")
    model = lists.train(NOW, actor="kim")
    assert "等人确认" in browser.get("/identity/model/").content.decode()
    moved = lists.moved_by(model.version)
    assert moved is not None
    assert len(moved.joined) == model.changed["customers_joined"]
    which = browser.get(f"/identity/model/{model.version}/changes/").content.decode()
    assert all(f"/customers/{one}/identity/" in which for ids in moved.joined for one in ids)
    assert browser.get("/identity/model/nothing/changes/").status_code == 404
    refused = signed_in_client("viewer").post(f"/identity/model/{model.version}/approve/", {"why": "x"})
    assert refused.status_code == 403
    assert browser.post(f"/identity/model/{model.version}/approve/", {"why": " "}).status_code == 400
    assert not lists.match_models()[0].is_standing
    told = {"why": "看过，13812345678 也核对了"}
    assert browser.post(f"/identity/model/{model.version}/approve/", told).status_code == 302
    assert lists.match_models()[0].why == "看过，138****5678 也核对了"
    assert lists.match_models()[0].is_standing
    english = browser.get("/identity/model/", headers={"accept-language": "en"})
    assert english.status_code == 200


def test_what_is_left_out_and_answers_that_were_not_used_are_said(lists: Workspace, signed_in_client: Browser) -> None:
    """Nothing of this happens to a few clear records, so that a value of thousands and a training are put on record."""
    from tests.workspace.small import NOW

    from huaxiang.ledger import Ledger
    from huaxiang.maintain.match_models import MatchModels

    viewer, model = signed_in_client("viewer"), lists.match_model(lists.match_models()[0].version)
    assert "没有用上" not in viewer.get("/identity/model/").content.decode()
    with Ledger.open(lists.ledger_path) as ledger:
        counts = {"records": 120, "pairs": 77, "unused_answers": 12}
        MatchModels(lists.models_folder, ledger).add(model, counts, NOW, "kim")
    assert "人给的 12 项判断没有用上" in viewer.get("/identity/model/").content.decode()
    english = viewer.get("/identity/model/", headers={"accept-language": "en"}).content.decode()
    assert "The 12 answers of people were not used" in english
    cost = viewer.get("/identity/model/cost/").content.decode()
    assert "学好后" not in cost
    crowded = Estimate(9, 9, 1, 1, (Message("match.crowded_blocks", {"blocks": 3, "most": 60, "largest": 4000}),))
    said = left_out_words(replace(crowded, too_coarse=(("birth_date",), ("name_pair", "city"))), "en")
    assert said[0].startswith("3 values are shared by more than 60 accounts each")
    assert said[1].endswith("as well: Birth date; name and City.")
    assert left_out_words(Estimate(9, 9, 1, 1), "en") == []


def test_who_sees_some_stores_only_is_told_why_it_does_not_open(lists: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("viewer", stores=["S1"])
    assert [browser.get(f"/identity/{page}/").status_code for page in ("likely", "model")] == [403, 403]


def test_every_level_comparison_and_doubt_has_words() -> None:
    from huaxiang.engine.comparison_levels import comparison
    from huaxiang.model.matching import matching_rules

    for name, rule in matching_rules().comparisons.items():
        assert knows(f"match.comparison.{name}")
        labels = [level["label_for_charts"] for level in comparison(name, rule)["comparison_levels"]]
        assert [label for label in labels if not knows(f"match.level.{label}")] == []


def test_a_pair_that_its_customers_keep_apart_says_so() -> None:
    from huaxiang.server.identity.likeness import worded

    reasons = (
        *("contradiction", "other_name", "other_id_card", "two_accounts_one_source"),
        *("over_shared", "stranger", "split", "never_same"),
    )
    for reason in reasons:
        found = Likeness("member_no:1", "openid:2", 0.999, None, -8.0, (), "link", reason)
        told = {lang: worded(found, Access("kim", "viewer", None), lang).doubt for lang in ("zh", "en")}
        assert told["zh"].startswith("光看这两个账号会自动合并")
        assert told["en"].startswith("By themselves they would have been joined")
