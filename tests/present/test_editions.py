"""Editions: the same state gives the same bytes; what changed is told exactly; what was published is vouched for."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.present.conftest import NOW, edition_of, publish, state_of, write_csv

from huaxiang.analyse.document_facts import State, document_facts
from huaxiang.errors import NotFound, WorkspaceError
from huaxiang.ledger import Ledger
from huaxiang.model.segments import shipped_segments
from huaxiang.present.document.changes import changes
from huaxiang.present.document.editions import Edition, edition_files, edition_named, editions, material_of
from huaxiang.present.document.stored import book_from, written
from huaxiang.workspace import Workspace

FILES = {"facts.json", "document.zh.html", "document.en.html", "document.zh.md", "document.en.md"}


def files_of(workspace: Workspace, edition_id: str = "edition-0001") -> dict[str, bytes]:
    """Return the files that the present state of a workspace gives."""
    with workspace.reading() as engine, Ledger.open(workspace.ledger_path) as ledger:
        state = state_of(workspace, engine, ledger)
        return edition_files(material_of(workspace.settings.name, edition_id, document_facts(state), None, state))


def more_data(workspace: Workspace, folder: Path) -> None:
    """Bring in ten more customers with purchases, and compute again."""
    chance = random.Random(5)
    people = [[f"N{n}", f"新{n}", "女", "", f"139{n:08d}", "北京", "银卡", "2026-06-01 10:00:00"] for n in range(10)]
    bought = [
        [f"B{n}", f"N{n % 10}", f"2026-06-{n % 28 + 1:02d} 10:00:00", "已付款", f"{chance.randint(1, 500)}.00", "门店"]
        for n in range(40)
    ]
    header = ["会员号", "姓名", "性别", "生日", "手机号", "城市", "会员等级", "注册时间"]
    for path in (
        write_csv(folder / "新会员.csv", header, people),
        write_csv(folder / "新订单.csv", ["订单号", "会员号", "下单时间", "订单状态", "实付金额", "渠道"], bought),
    ):
        workspace.import_files(workspace.look(path), NOW)
    workspace.refresh(NOW)


def test_same_state_gives_the_same_bytes_also_after_a_rebuild(published_shop: Workspace) -> None:
    edition = edition_of(published_shop)
    first = {path.name: path.read_bytes() for path in edition.folder.iterdir()}
    assert files_of(published_shop) == first
    published_shop.rebuild(NOW)
    assert files_of(published_shop) == first


def test_edition_is_written_whole_and_vouched_for(published_shop: Workspace) -> None:
    shop, edition = published_shop, edition_of(published_shop)
    assert {path.name for path in edition.folder.iterdir()} == FILES
    assert edition.files == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in edition.folder.iterdir()
    }
    with Ledger.open(shop.ledger_path) as ledger:
        (entry,) = ledger.entries("edition.published")
        (refreshed,) = ledger.entries("refresh.published")
        assert ledger.verify().ok
    assert (entry.actor, entry.body["refresh_hash"]) == ("tester", refreshed.hash)


def test_unchanged_state_gives_the_edition_that_is_there(published_shop: Workspace) -> None:
    shop, first = published_shop, edition_of(published_shop)
    with Ledger.open(shop.ledger_path) as ledger:
        position = ledger.position()
    assert publish(shop) == first
    with Ledger.open(shop.ledger_path) as ledger:
        assert ledger.position() == position
        assert editions(shop.folder / "editions", ledger) == [first]


def test_changes_of_the_second_edition_are_what_two_files_differ_in(published_shop: Workspace, tmp_path: Path) -> None:
    shop, first = published_shop, edition_of(published_shop)
    more_data(shop, tmp_path)
    second = publish(shop)
    assert second.edition_id == "edition-0002"
    before, after = (
        {fact["key"]: fact for fact in json.loads((edition.folder / "facts.json").read_text())["facts"]}
        for edition in (first, second)
    )
    names = (".name", ".form")
    differ = {
        key
        for key in before.keys() & after.keys()
        if not key.endswith(names)
        and (before[key]["value"], before[key]["is_hidden"]) != (after[key]["value"], after[key]["is_hidden"])
    }
    found = changes(first.facts(), second.facts())
    assert found.keys == differ
    assert "tidy.customers" in differ
    customers = next(change for change in found.moved if change.key == "tidy.customers")
    assert customers.difference is not None
    assert customers.difference.value == 10
    text = second.read("document.zh.html")
    assert text.count('<tr id="n') == len(after)
    assert 'id="changes"' in text
    assert "已变" in text
    assert 'id="changes"' not in first.read("document.zh.html")


def test_new_and_vanished_segments_are_named(state: State, made_edition: Edition) -> None:
    fewer = dict(list(shipped_segments().items())[1:])
    first, book = made_edition.facts(), document_facts(replace(state, segments=fewer))
    gone, back = changes(first, book), changes(book, first)
    assert [fact.value for fact in gone.gone_segments] == ["important_active"]
    assert [fact.value for fact in back.new_segments] == ["important_active"]
    assert not gone.new_segments


def test_tampered_or_missing_file_is_refused(published_shop: Workspace) -> None:
    edition = edition_of(published_shop)
    page = edition.folder / "document.zh.html"
    page.write_text(page.read_text().replace("位客户", "位顾客", 1))
    with pytest.raises(WorkspaceError, match="differs"):
        edition.read("document.zh.html")
    (edition.folder / "document.zh.md").unlink()
    with pytest.raises(WorkspaceError, match="missing"):
        edition.read("document.zh.md")
    with pytest.raises(NotFound):
        edition.read("../huaxiang.yaml")


def test_folder_of_an_interrupted_attempt_is_replaced(shop: Workspace) -> None:
    left = shop.folder / "editions" / "edition-0001"
    left.mkdir(parents=True)
    (left / "document.zh.html").write_text("half")
    edition = publish(shop)
    assert {path.name for path in edition.folder.iterdir()} == FILES


def test_unknown_edition_names_the_known_ones(made_edition: Edition) -> None:
    folder = made_edition.folder.parent
    with Ledger.open(folder.parent / "ledger" / "ledger.sqlite3") as ledger:
        assert edition_named(folder, ledger, "edition-0001").edition_id == "edition-0001"
        with pytest.raises(NotFound, match="edition-0001"):
            edition_named(folder, ledger, "edition-0009")


def test_facts_read_back_as_they_were(made_edition: Edition) -> None:
    book = made_edition.facts()
    assert written(book_from(written(book))) == written(book)
    assert {type(fact.value).__name__ for fact in book.facts.values()} >= {"int", "float", "Decimal", "date", "str"}


def test_a_run_that_the_ledger_does_not_know_is_refused(shop: Workspace) -> None:
    for name in ("ledger.sqlite3", "ledger.head", "ledger.sqlite3-wal", "ledger.sqlite3-shm"):
        (shop.ledger_path.parent / name).unlink(missing_ok=True)
    with pytest.raises(WorkspaceError, match="Refresh again"):
        publish(shop)


def test_another_process_writes_the_same_bytes(made_edition: Edition) -> None:
    workspace = made_edition.folder.parent.parent
    script = "import sys\nfrom tests.present.test_editions import digest_of\nprint(digest_of(sys.argv[1]))"
    told = {
        subprocess.run(
            [sys.executable, "-c", script, str(workspace)],
            check=True, capture_output=True, text=True, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(told) == 1


def digest_of(folder: str) -> str:
    """Return one digest over all files of an edition, whatever the definitions are called."""
    workspace = Workspace.open(folder)
    with workspace.reading() as engine, Ledger.open(workspace.ledger_path) as ledger:
        state = replace(state_of(workspace, engine, ledger), definitions_version="one")
        files = edition_files(material_of("shop", "edition-0001", document_facts(state), None, state))
    return hashlib.sha256(b"".join(files[name] for name in sorted(files))).hexdigest()


def test_shop_without_purchases_has_a_document_that_says_so(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "ws", threads=2)
    people = write_csv(tmp_path / "会员.csv", ["会员号", "姓名", "手机号"], [["M1", "甲", "13800000001"]])
    workspace.import_files(workspace.look(people), NOW)
    workspace.refresh(NOW)
    text = publish(workspace).read("document.zh.html")
    assert "还没有看到他们的购买" in text
    assert "近一年没有有效订单" in text
    assert 'aria-label="每月净消费"' not in text
