"""Hostile people from the file to the page: crowds on one number, rings of links, names nobody should have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.once import own_copy

from huaxiang.errors import NotFound
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
NOW, DAY = datetime(2026, 7, 1, 8, tzinfo=UTC), date(2026, 6, 30)
CROWD, RING = 6_000, 300
LONG = 10_000_000
NAMES = {
    "empty": "", "blank": "\u3000 ", "zero_width": "\u200b", "right_to_left": "\u202e王小明\u202c",
    "arabic": "محمد علي", "rare": "𠮷明", "rarer": "䶮芳", "accents": "\u0300\u0301" * 200,
    "formula": "=cmd|'/c calc'!A1",
    "quoted": "'; drop table x;--", "script": "<script>alert(1)</script>", "nul": "王\x00芳",
    "long": "王" * (LONG // 3), "latin_long": "x" * LONG,
}  # fmt: skip


def _files() -> dict[str, bytes]:
    """Return the files: everybody on one phone, a ring of phones and mails, a ring of referrals, and the names."""
    crowd = [f"C{place},{chr(0x4E00 + place % 3000)}明,13711112222" for place in range(CROWD)]
    shops = [f"S{place},1390000{place:04d},r{place}@ring.cn" for place in range(RING)]
    fans = [f"oX1aB2c3D4e5F{place},1390000{place:04d},r{(place + 1) % RING}@ring.cn" for place in range(RING)]
    invited = [f"C{place},C{(place + 1) % RING}" for place in range(RING)]
    named = [f'{key},"{name}",136{place:08d}' for place, (key, name) in enumerate(NAMES.items())]
    texts = {
        "一个号码.csv": ["会员号,姓名,手机号", *crowd],
        "环一.csv": ["买家账号,手机号,邮箱", *shops],
        "环二.csv": ["openid,手机号,邮箱", *fans],
        "推荐.csv": ["会员号,推荐人会员号", *invited],
        "怪名.csv": ["会员号,姓名,手机号", *named],
    }
    files = {name: "\n".join(rows).encode() for name, rows in texts.items()}
    return {**files, "国标.csv": "会员号,姓名,手机号\ngb,㛃𠮷,13512345678\n".encode("gb18030")}


def made_shop(folder: Path) -> None:
    """Make the workspace in ``folder / "ws"`` from all of it, refreshed once."""
    made = Workspace.init(folder / "ws", name="小店", memory_limit="1GB", threads=1)
    for name, text in _files().items():
        path = folder / name
        path.write_bytes(text)
        made.import_files(made.look(path), NOW)
    made.refresh(NOW, as_of=DAY)


@pytest.fixture(scope="module")
def hostile_shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The shop, only read."""
    return Workspace.open(own_copy(tmp_path_factory, "hostile-shop", made_shop) / "ws")


@pytest.fixture
def hostile(hostile_shop: Workspace, workspace: Path) -> Iterator[Workspace]:
    """The shop, served instead of the empty folder."""
    from django.test import override_settings

    with override_settings(HUAXIANG_WORKSPACE=hostile_shop.folder):
        yield hostile_shop


def test_whoever_is_in_the_files_is_a_customer_and_nothing_hostile_joins(hostile: Workspace) -> None:
    found = hostile.identity_report()
    # One row waits for a person, the one with a NUL in it.
    assert found.accounts == CROWD + 2 * RING + len(NAMES) - 1 + 1
    worst = hostile.review(1)[0]
    assert (worst["identifier_value"], worst["account_count"], worst["reason"]) == ("13711112222", CROWD, "over_shared")
    # Every phone of the ring joins two, and so does every mail: all of it were one person with too many numbers.
    assert max(row["account_count"] for row in found.largest) <= 20
    assert len({hostile.customer_id_of(key) for key in ("long", "latin_long", "rare", "rarer", "gb", "empty")}) == 6
    with pytest.raises(NotFound):
        hostile.customer_id_of("nul")


def test_pages_show_them_at_a_size_that_people_can_open(hostile: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("admin")
    addresses = [
        "/identity/",
        "/identity/review/",
        "/identity/doubtful/",
        "/identity/likely/",
        "/customers/",
        "/quality/",
    ]
    for key in ("long", "latin_long", "right_to_left", "script", "accents"):
        customer = hostile.customer_id_of(key)
        addresses += [f"/customers/{customer}/", f"/customers/{customer}/identity/"]
    for address in addresses:
        answer = browser.get(address, follow=True)
        assert answer.status_code == 200, address
        assert len(answer.content) < 500_000, address
        assert b"<script>alert(1)" not in answer.content, address
