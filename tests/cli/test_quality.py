"""``huaxiang quality``: the same figures as the workspace gives, in words and as JSON, masked."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Run

from huaxiang.cli import main
from huaxiang.workspace import Workspace

ODD = """会员号,姓名,手机号,性别,生日,职业
M010,张女士,+86 138 1234 9999,男,2008-05-17,退休
M011,测试,13800138000,女,1985-11-02,教师
"""


@pytest.fixture(scope="module")
def odd_shop(_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop with two odd members more; tests only read it."""
    folder = tmp_path_factory.mktemp("odd")
    shop, path = shutil.copytree(_made, folder / "shop", symlinks=True), folder / "怪人.csv"
    path.write_text(ODD, encoding="utf-8")
    assert main(["import", str(path), "-w", str(shop)]) == 0
    assert main(["refresh", "-w", str(shop)]) == 0
    return shop


def test_the_report_is_that_of_the_workspace(odd_shop: Path, run: Run) -> None:
    found = Workspace.open(odd_shop).quality()
    told = run("quality", "report", "-w", odd_shop, "--json").json
    assert {one["source"]: one["dimensions"].keys() for one in told["sources"]} == {
        score.source: score.figures.keys() for score in found.scores
    }
    assert told["repairs"]["phone_reworded"] == 1
    assert told["customers_with_contradictions"] == found.customers == 1
    said = run("quality", "report", "-w", odd_shop, "--lang", "zh").out
    assert all(title in said for title in ("各来源得分", "整理前后", "缺失的资料", "1 位客户的资料自相矛盾"))
    assert re.search("手机号去掉 \\+86[^\n]*1", said)
    assert re.search("怪人：共 \\d+ 行。整理前有 \\d+ 处写法不规范，改好 \\d+ 处", said.replace("\n", ""))
    assert all(score.source in said for score in found.scores)


def test_a_check_leads_to_the_rows_that_fail_it(odd_shop: Path, run: Run) -> None:
    place = ("--check", "phone_not_filler", "--source", "怪人", "--column", "identifier.identifier_value")
    [row] = run("quality", "checks", *place, "-w", odd_shop, "--json").json["rows"]
    assert (row["file_name"], row["source_row"], row["value"]) == ("怪人.csv", 3, "138****8000")
    failing = run("quality", "checks", "--failing", "-w", odd_shop, "--json").json["checks"]
    assert all(one["failing_count"] for one in failing)
    assert {"phone_not_filler", "name_is_name", "name_without_title"} <= {one["check"] for one in failing}


def test_contradictions_are_listed_masked(odd_shop: Path, run: Run) -> None:
    told = run("quality", "contradictions", "-w", odd_shop, "--json").json
    checks = {one["check"]: one for row in told["rows"] for one in row["details"]}
    assert checks.keys() == {"retired_too_young", "gender_and_title"}
    assert checks["retired_too_young"]["right_value"] == "2008"
    said = run("quality", "contradictions", "-w", odd_shop, "--lang", "zh").out
    assert "职业填“退休”，按生日 2008 还不到 45 岁" in said
    assert "怪人.csv 第 2 行" in said
    assert "2008-05-17" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--check", "phone_prefx"), "phone_prefix"),
        (("--column", "orders.city"), "--source"),
        (("--check", "phone_prefix", "--source", "x", "--column", "orders.city"), "identifier.identifier_value"),
    ],
)
def test_what_is_not_known_is_explained(words: tuple[str, ...], said: str, shop: Path, run: Run) -> None:
    outcome = run("quality", "checks", *words, "-w", shop)
    assert outcome.code != 0
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_before_the_first_refresh_the_next_step_is_told(tmp_path: Path, run: Run) -> None:
    assert run("init", "-w", tmp_path / "new").code == 0
    outcome = run("quality", "report", "-w", tmp_path / "new")
    assert outcome.code != 0
    assert "refresh" in outcome.err
