"""``profile``: right numbers, masked people, and a reveal that the ledger knows of first."""

from pathlib import Path

import pytest
from tests.cli.conftest import Run

from huaxiang.ledger import Ledger
from huaxiang.workspace import Workspace


def tags(given: object) -> dict[str, object]:
    """Tag to value of a profile document."""
    return {one["key"]: one["value"] for one in given["tags"]}  # type: ignore[index]


def test_a_customer_is_found_by_any_identifier(run: Run, shop: Path) -> None:
    by_member = run("profile", "M001", "-w", shop, "--json").json
    by_phone = run("profile", "13812345678", "-w", shop, "--json").json
    assert by_member == by_phone
    # Three paid orders of 90, 50 and 80; D5 waits in quarantine and belongs to somebody else.
    assert (tags(by_member)["orders_total"], tags(by_member)["net_revenue_total"]) == (3, "220.0000")


def test_a_past_day_knows_nothing_of_later_orders(run: Run, shop: Path) -> None:
    given = run("profile", "M001", "--as-of", "2026-05-20", "-w", shop, "--json").json
    assert (given["as_of"], tags(given)["orders_total"]) == ("2026-05-20", 2)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_personal_values_are_masked(run: Run, shop: Path, lang: str) -> None:
    for words in (["profile", "M001"], ["profile", "M001", "--json"], ["profile", "M001", "--why", "age_band"]):
        given = run(*words, "-w", shop, "--lang", lang)
        assert given.code == 0
        for personal in ("王小明", "13812345678", "1990-05-17", "1990年5月17日", "17 May 1990"):
            assert personal not in given.out
    assert "王" in run("profile", "M001", "-w", shop, "--lang", lang).out


ACTS = """事件ID,事件时间,事件名,会员号,搜索词
E1,2026-06-10 10:00:00,搜索,M001,婴儿奶粉
E2,2026-06-11 10:00:00,搜索,M001,车厘子
"""


def test_no_row_behind_a_masked_value_tells_it(run: Run, shop: Path, tmp_path: Path) -> None:
    """What somebody searched for is personal: neither the words that won nor those of any row are shown."""
    (tmp_path / "行为.csv").write_text(ACTS, encoding="utf-8")
    assert run("import", tmp_path / "行为.csv", "-w", shop).code == 0
    assert run("refresh", "-w", shop).code == 0
    assert tags(run("profile", "M001", "-w", shop, "--json").json)["search_interests_90d"] == ["****", "****"]
    assert "****, ****" in run("profile", "M001", "-w", shop).out
    told = run("profile", "M001", "--why", "search_interests_90d", "-w", shop, "--json")
    assert (told.json["evidence_count"], {row["value"] for row in told.json["evidence"]}) == (2, {"***"})
    shown = run("profile", "M001", "--why", "search_interests_90d", "-w", shop)
    for word in ("婴儿奶粉", "车厘子"):
        assert word not in told.out + shown.out


def test_a_reveal_shows_only_the_field_and_is_logged(run: Run, shop: Path) -> None:
    given = run("profile", "M001", "--reveal", "phone", "--reason", "退货回访", "-w", shop)
    assert given.code == 0, given.err
    assert "13812345678" in given.out
    assert "王小明" not in given.out
    with Ledger.open(Workspace.open(shop).ledger_path) as ledger:
        (entry,) = ledger.entries("reveal.shown")
    assert (entry.body["field"], entry.body["reason"]) == ("phone", "退货回访")


@pytest.mark.parametrize(
    "words", [["--reveal", "phone"], ["--reveal", "phone", "--reason", " "], ["--reveal", "x", "--reason", "a"]]
)
def test_no_reveal_without_a_reason_or_a_field(run: Run, shop: Path, words: list[str]) -> None:
    given = run("profile", "M001", *words, "-w", shop)
    assert given.code == 2
    assert "13812345678" not in given.out + given.err
    with Ledger.open(Workspace.open(shop).ledger_path) as ledger:
        assert list(ledger.entries("reveal.shown")) == []


def test_why_names_the_rows_of_the_file(run: Run, shop: Path) -> None:
    given = run("profile", "M001", "--why", "orders_total", "-w", shop, "--json").json
    assert (given["value"], given["evidence_count"]) == (3, 3)
    assert sorted(row["source_row"] for row in given["evidence"]) == [2, 3, 4]


def test_nobody_and_no_such_tag_are_one_sentence(run: Run, shop: Path) -> None:
    assert run("profile", "M999", "-w", shop).code == 2
    given = run("profile", "M001", "--why", "orders_totl", "-w", shop)
    assert given.code == 2
    assert "orders_total" in given.err
