"""Uploaded files: names of our making, limits, wiped when they are not kept."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.conftest import CLOCK

if TYPE_CHECKING:
    from django.test import Client

    from huaxiang.workspace import Workspace

SignIn = Callable[..., "Client"]
HOSTILE = [
    "../../etc/passwd", "..\\..\\boot.ini", "/etc/shadow", "C:\\windows\\x.csv", "....//....//x.csv", ".htaccess",
    "..", ".", "a/b/c.csv", "x\x00.csv", "名单\n.csv", "%2e%2e%2fx.csv", "con.csv", "-rf.csv", "x" * 300 + ".csv",
    "\u202evsc.exe", "。。/x", "$(rm -rf).csv", "`id`.csv", "<script>.csv", "upload.json", "a;b|c&d.csv", "~root.csv",
    "file:///etc/passwd",
]  # fmt: skip


@given(st.text(max_size=400))
def test_a_clean_name_is_a_plain_name(given_name: str) -> None:
    from huaxiang.server.imports.uploads import clean_name

    name = clean_name(given_name)
    assert 1 <= len(name) <= 80
    assert re.fullmatch(r"[\w.()（）-]+", name)
    assert not name.startswith((".", "-", "_"))
    assert Path(name).name == name
    assert clean_name(name) == name


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_in_its_folder(name: str, empty_shop: Workspace) -> None:
    from huaxiang.server.imports.uploads import new_upload

    upload = new_upload(CLOCK())
    place = upload.place(1, name)
    place.write_text("x", encoding="utf-8")
    assert place.resolve().parent == (upload.folder / "001").resolve()
    upload.wipe()
    assert not upload.folder.exists()


def test_the_name_tells_people_which_file_it_is() -> None:
    from huaxiang.server.imports.uploads import clean_name

    assert clean_name("会员 名单(3月).xlsx") == "会员_名单(3月).xlsx"
    assert clean_name("../会员.csv.gz") == "会员.csv.gz"


def test_forgotten_uploads_are_wiped_after_a_day(empty_shop: Workspace) -> None:
    from huaxiang.server.imports.uploads import new_upload, sweep

    upload = new_upload(CLOCK())
    os.utime(upload.folder, (CLOCK().timestamp(), CLOCK().timestamp()))
    sweep(CLOCK() + timedelta(hours=23))
    assert upload.folder.exists()
    sweep(CLOCK() + timedelta(hours=25))
    assert not upload.folder.exists()


def uploaded(browser: Client, *files: tuple[str, bytes]) -> Any:
    """The answer to an upload of these files."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    return browser.post("/imports/new/", {"files": [SimpleUploadedFile(name, body) for name, body in files]})


def left(shop: Workspace) -> list[Path]:
    """What lies among the uploads."""
    folder = shop.folder / "tmp" / "uploads"
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.exists() else []


def test_files_that_cannot_be_read_are_named_and_nothing_stays(empty_shop: Workspace, signed_in_client: SignIn) -> None:
    answer = uploaded(signed_in_client("analyst"), ("report.pdf", b"%PDF-1.4 nothing"), ("empty.csv", b""))
    assert answer.status_code == 400
    assert "report.pdf" in answer.content.decode()
    assert "empty.csv" in answer.content.decode()
    assert left(empty_shop) == []


def test_an_upload_without_files_is_told(empty_shop: Workspace, signed_in_client: SignIn) -> None:
    answer = signed_in_client("analyst").post("/imports/new/", {})
    assert answer.status_code == 400
    assert "没有收到文件" in answer.content.decode()


def test_a_file_that_is_too_large_is_dropped_and_named(
    empty_shop: Workspace, signed_in_client: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huaxiang.server.imports import upload_handler

    monkeypatch.setattr(upload_handler.ToUpload.__init__, "__defaults__", (1000,))
    small, large = ("小.csv", "会员号,姓名\nM1,王\n".encode()), ("大.csv", b"a,b\n" * 1000)
    browser = signed_in_client("analyst")
    answer = uploaded(browser, large, small)
    assert answer.status_code == 302
    text = browser.get(answer.headers["Location"]).content.decode()
    assert "大.csv" in text
    assert [path.name for path in left(empty_shop) if path.suffix == ".csv"] == ["小.csv"]
    browser.post(answer.headers["Location"] + "discard/")
    assert left(empty_shop) == []


def test_too_many_files_are_named(
    empty_shop: Workspace, signed_in_client: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huaxiang.server.imports import upload_handler

    monkeypatch.setattr(upload_handler, "MOST_FILES", 1)
    browser = signed_in_client("analyst")
    answer = uploaded(browser, ("一.csv", b"phone\n13812345678\n"), ("二.csv", b"phone\n13812345678\n"))
    assert "二.csv" in browser.get(answer.headers["Location"]).content.decode()
    browser.post(answer.headers["Location"] + "discard/")


def test_a_form_from_elsewhere_leaves_no_file(empty_shop: Workspace, signed_in_client: SignIn) -> None:
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in_client("analyst").cookies
    assert uploaded(strict, ("x.csv", b"phone\n13812345678\n")).status_code == 403
    assert left(empty_shop) == []


def test_nobody_else_sees_an_upload(empty_shop: Workspace, signed_in_client: SignIn) -> None:
    mine = signed_in_client("analyst", "li")
    address = uploaded(mine, ("x.csv", b"phone\n13812345678\n")).headers["Location"]
    assert mine.get(address).status_code == 200
    assert signed_in_client("admin", "wang").get(address).status_code == 404
    assert mine.get("/imports/files/..%2f..%2fapp/").status_code == 404
    mine.post(address + "discard/")
