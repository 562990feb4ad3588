"""``tag``: listed, given, taken, imported and permitted; masked, in both languages, and for machines."""

from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.few_tags import keep_few

OWN = """
vip: {element: social, zh: 贵宾, en: VIP, meaning_zh: 店长认定。, meaning_en: Named., type: text,
  values: {gold: {zh: 金, en: gold}}, rule: {kind: given}}
trail: {element: social, zh: 行踪, en: Trail, meaning_zh: 常去。, meaning_en: Where., type: text, needs_purpose: true,
  rule: {kind: given}}
"""


@pytest.fixture
def tagged(shop: Path) -> Path:
    """The shop with tags of its own."""
    (shop / "definitions" / "tags").mkdir(exist_ok=True)
    (shop / "definitions" / "tags" / "own.yaml").write_text(OWN, encoding="utf-8")
    keep_few(shop, ("gender", "orders_total", "orders_365d", "lifecycle"))
    return shop


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_says_status_and_folder(run: Run, tagged: Path, lang: str) -> None:
    given = run("tag", "list", "-w", tagged, "--lang", lang)
    assert given.code == 0, given.err
    lines = {line.split()[0]: line for line in given.out.splitlines() if line.strip()}
    assert ("已停用" if lang == "zh" else "switched off") in lines["trail"]
    assert ("货 / 购买能力" if lang == "zh" else "Goods / Purchasing") in lines["orders_365d"]
    keys = {one["key"] for one in run("tag", "list", "-w", tagged, "--json").json["tags"]}
    assert {"vip", "trail", "gender"} <= keys
    assert run("tag", "list", "--find", "谁快流失", "-w", tagged, "--json").json["tags"][0]["key"] == "lifecycle"


def test_a_value_is_given_shown_explained_and_taken_back(run: Run, tagged: Path) -> None:
    """What is given by hand is told by ``show`` and, after a refresh, by ``profile --why``."""
    given = run("tag", "give", "vip", "金", "--customer", "M001", "--why", "熟客 13812345678", "-w", tagged, "--json")
    assert given.code == 0, given.err
    (entry,) = given.json["entries"]
    gender = run("tag", "give", "gender", "女", "--customer", "M001", "--why", "确认", "-w", tagged, "--json")
    assert gender.json["customers"] == 1
    shown = run("tag", "show", "vip", "-w", tagged, "--json").json["given"][0]
    assert (shown["value"], shown["why"], shown["customers"]) == ("gold", "熟客 138****5678", 1)
    assert run("tag", "show", "gender", "-w", tagged, "--json").json["given"][0]["value"] == "****"
    for tag in ("vip", "gender"):
        for lang in ("zh", "en"):
            said = run("tag", "show", tag, "-w", tagged, "--lang", lang)
            assert (said.code, "13812345678" in said.out) == (0, False)
    assert run("refresh", "-w", tagged).code == 0
    told = run("profile", "M001", "--why", "vip", "-w", tagged, "--lang", "zh")
    assert "手工定为“金”" in told.out
    masked = run("profile", "M001", "--why", "gender", "-w", tagged, "--lang", "zh")
    assert ("手工定为“****”" in masked.out, "female" in masked.out) == (True, False)
    assert run("tag", "take", entry, "--why", "错", "-w", tagged).code == 0
    assert run("tag", "take", entry, "--why", "错", "-w", tagged).code == 2


def test_a_crowd_is_tagged_and_a_file_imported(run: Run, tagged: Path, tmp_path: Path) -> None:
    crowd = run("tag", "give", "vip", "gold", "--segment", "orders_total >= 2", "--why", "活动", "-w", tagged, "--json")
    assert crowd.json["customers"] == 1
    values = tmp_path / "values.csv"
    values.write_text("手机号,标签,值\n13912345679,贵宾,gold\n13999999999,贵宾,gold\n", encoding="utf-8")
    came = run("tag", "import", values, "-w", tagged, "--json")
    assert came.code == 0, came.err
    assert (came.json["imports"][0]["form"], came.json["imports"][0]["rows_kept"]) == ("tag_value", 2)


@pytest.mark.parametrize(
    "words",
    [
        ["give", "vip", "gold", "--why", "x"],
        ["give", "vip", "gold", "--customer", "M001", "--segment", "orders_total >= 2", "--why", "x"],
        ["give", "vip", "gold", "--customer", "M001"],
        ["give", "vip", "tin", "--customer", "M001", "--why", "x"],
        ["give", "trail", "x", "--customer", "M001", "--why", "x"],
        ["give", "vip", "gold", "--customer", "M001", "--why", "x", "--until", "soon"],
        ["take", "1", "--why", "x"],
        ["permit", "vip", "--purpose", "x"],
        ["permit", "trail"],
        ["forbid", "trail", "--why", "x"],
        ["show", "vipp"],
    ],
)
def test_what_makes_no_sense_is_refused_in_words(run: Run, tagged: Path, words: list[str]) -> None:
    given = run("tag", *words, "-w", tagged)
    assert given.code == 2
    assert given.err.strip()
    assert "Traceback" not in given.err


def test_a_purpose_is_recorded_and_taken_back(run: Run, tagged: Path) -> None:
    assert run("tag", "permit", "trail", "--purpose", "送货路线", "-w", tagged).code == 0
    status = {one["key"]: one["tag_status"] for one in run("tag", "list", "-w", tagged, "--json").json["tags"]}
    assert status["trail"] == "published"
    assert run("tag", "forbid", "trail", "--why", "不用了", "-w", tagged).code == 0
    status = {one["key"]: one["tag_status"] for one in run("tag", "list", "-w", tagged, "--json").json["tags"]}
    assert status["trail"] != "published"
