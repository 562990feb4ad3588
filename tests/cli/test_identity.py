"""``identity``: explained, decided, undone; masked, in both languages, and for machines."""

from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.once import own_copy
from tests.server.identity.conftest import made_shop

from huaxiang.ledger import Ledger
from huaxiang.workspace import Workspace

PERSONAL = ("王小明", "13812345678", "1990-05-17", "M001")


def test_a_merge_is_written_shown_and_undone(run: Run, shop: Path) -> None:
    given = run("identity", "merge", "M001", "M003", "--why", "电话核实 13812345678", "-w", shop, "--json")
    assert given.code == 0, given.err
    assert given.json["why"] == "电话核实 138****5678"
    entry = given.json["entry"]
    shown = run("identity", "report", "-w", shop, "--json").json
    assert [(one["entry"], one["kind"], one["undone_by"]) for one in shown["decisions"]] == [(entry, "merge", None)]
    back = run("identity", "undo", entry, "--why", "wrong", "-w", shop, "--json").json["entry"]
    assert run("identity", "report", "-w", shop, "--json").json["decisions"][0]["undone_by"] == back
    again = run("identity", "undo", entry, "--why", "wrong", "-w", shop)
    assert (again.code, str(back) in again.err) == (2, True)


def test_a_reason_is_needed_and_a_name_must_be_known(run: Run, shop: Path) -> None:
    with Ledger.open(Workspace.open(shop).ledger_path) as ledger:
        start = ledger.position()
    for words in (["merge", "M001", "M003"], ["never-same", "M001", "M999", "--why", "x"], ["undo", "1", "--why", "x"]):
        assert run("identity", *words, "-w", shop).code == 2
    with Ledger.open(Workspace.open(shop).ledger_path) as ledger:
        assert ledger.position() == start


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_personal_is_shown(run: Run, shop: Path, lang: str) -> None:
    for words in (
        ["report"], ["review"], ["doubtful"], ["accounts", "M001"], ["explain", "M001", "M003"],
        ["preview", "merge", "M001", "M003"],
    ):  # fmt: skip
        for more in ([], ["--json"]):
            given = run("identity", *words, *more, "-w", shop, "--lang", lang)
            assert given.code == 0, given.err
            assert not [secret for secret in PERSONAL if secret in given.out]


def test_a_preview_counts_what_moves_and_changes_nothing(run: Run, shop: Path) -> None:
    before = run("profile", "M003", "-w", shop, "--json").json
    seen = run("identity", "preview", "merge", "M001", "M003", "-w", shop, "--json").json
    assert (len(seen["customers_before"]), len(seen["customers_after"]), seen["moved_accounts"]) == (2, 1, 1)
    assert seen["tags"]["birth_date"][0].keys() == set(seen["customers_before"])
    assert run("profile", "M003", "-w", shop, "--json").json == before


def test_a_split_names_accounts_by_short_names_and_says_which_there_are(run: Run, shop: Path) -> None:
    (only,) = run("identity", "accounts", "M001", "-w", shop, "--json").json["accounts"]
    wrong = run("identity", "split", "M001", "nothing", "--why", "x", "-w", shop)
    assert (wrong.code, only["short_name"] in wrong.err) == (2, True)
    assert run("identity", "split", "M001", only["short_name"], "--why", "x", "-w", shop).code == 2


def test_doubtful_customers_come_with_the_accounts_that_a_cut_takes_off(
    run: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shop = own_copy(tmp_path_factory, "identity-shop", made_shop) / "ws"
    told = run("identity", "doubtful", "-w", shop, "--json").json
    (found,) = told["customers"]
    assert (told["total"], told["by_reason"], found["reasons"]) == (1, {"near_cap": 1}, ["near_cap"])
    assert found["weakest_link"]["identifier_value"] == "136****2222"
    assert set(found["cut_off"]) < set(found["accounts"])
    shown = run("identity", "doubtful", "-w", shop)
    assert (found["cut_off"][0] in shown.out, "very many numbers" in shown.out) == (True, True)
    assert not [secret for secret in ("王小明", "13611112222", "xiaoming") if secret in shown.out]
    assert run("identity", "preview", "split", found["customer"], *found["cut_off"], "-w", shop).code == 0
    waiting = {"doubtful": 1, "likely": 0}
    assert [run("identity", one, "-w", shop, "--json").json["waiting"] for one in ("report", "review")] == [waiting] * 2


@pytest.mark.parametrize(
    "words", ["identity review", "identity likely", "identity doubtful", "quality contradictions", "quarantine list"]
)
def test_a_number_of_rows_is_at_least_one(run: Run, shop: Path, words: str) -> None:
    for wrong in ("-3", "0", "many"):
        given = run(*words.split(), "--limit", wrong, "-w", shop, "--lang", "en")
        assert (given.code, "whole number" in given.err, given.out) == (2, True, "")


def test_a_decision_says_what_it_overrules_and_that_it_stands_already(run: Run, shop: Path) -> None:
    first = run("identity", "merge", "M001", "M003", "--why", "asked", "-w", shop, "--json").json
    assert first["overrules"] == []
    again = run("identity", "merge", "M003", "M001", "--why", "asked", "-w", shop, "--lang", "en")
    assert (again.code, f"entry {first['entry']}" in again.err) == (2, True)
    later = run("identity", "never-same", "M001", "M003", "--why", "no", "-w", shop, "--lang", "en")
    assert f"overrules earlier decisions: {first['entry']}" in later.out
    made = run("identity", "report", "-w", shop, "--json").json["decisions"]
    assert [(one["is_overruled"], one["overruled_by"]) for one in made] == [(True, made[1]["entry"]), (False, None)]
