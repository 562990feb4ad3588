"""A small shop, made by the command line itself, and a way to run commands as a person would."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.once import own_copy

from huaxiang.cli import main

MEMBERS = """会员号,姓名,手机号,性别,生日,城市
M001,王小明,13812345678,男,1990-05-17,上海市
M002,李莉,13912345679,女,1985-11-02,北京市
M003,赵敏,13712345670,女,2001-01-30,上海市
"""
ORDERS = """订单编号,会员号,下单时间,商品总额,实付金额,订单状态
D1,M001,2026-05-01 10:00:00,100.00,90.00,交易成功
D2,M001,2026-05-20 11:30:00,50.00,50.00,交易成功
D3,M001,2026-06-11 18:00:00,80.00,80.00,交易成功
D4,M002,2026-06-12 09:15:00,300.00,280.50,交易成功
D5,M002,2026-06-31 09:15:00,20.00,20.00,交易成功
D6,,2026-06-13 09:15:00,15.00,15.00,交易成功
D7,M003,2026-06-14 09:15:00,9.90,9.90,交易关闭
"""


@dataclass(frozen=True)
class Outcome:
    """What a command gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Outcome]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in English, unless ``--lang`` says otherwise."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.delenv("HUAXIANG_DEBUG", raising=False)

    def command(*words: object) -> Outcome:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Outcome(code, *capsys.readouterr())

    return command


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The raw files of the shop."""
    folder = tmp_path_factory.mktemp("raw")
    (folder / "会员.csv").write_text(MEMBERS, encoding="utf-8")
    (folder / "订单.csv").write_text(ORDERS, encoding="gb18030")
    return folder


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory, files: Path) -> Path:
    def made(folder: Path) -> None:
        shop = folder / "shop"
        for words in (["init", "-w", shop], ["import", files, "-w", shop], ["refresh", "-w", shop]):
            assert main([str(word) for word in words]) == 0

    return own_copy(tmp_path_factory, "cli-shop", made) / "shop"


@pytest.fixture
def shop(_made: Path, tmp_path: Path) -> Path:
    """A workspace of its own for each test, with both files imported and portraits computed."""
    shutil.copytree(_made, tmp_path / "shop", symlinks=True)
    return tmp_path / "shop"
