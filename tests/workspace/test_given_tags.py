"""Values given by hand and by file in a whole workspace: what holds, what survives, what is taken back."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.few_tags import check_nothing, keep_few
from tests.workspace.small import NOW, taken_in, written
from tests.workspace.test_identity import contents

from huaxiang.errors import DefinitionError, HuaxiangError, InputError, NotFound
from huaxiang.ledger import Ledger, Vault
from huaxiang.model.results import Why
from huaxiang.workspace import Statement, Workspace

pytestmark = pytest.mark.slow

TAGS = """
vip: {element: social, zh: 贵宾, en: VIP, meaning_zh: 店长认定。, meaning_en: Named by the manager., type: text,
  values: {gold: {zh: 金, en: gold}, silver: {zh: 银, en: silver}}, rule: {kind: given}}
wish: {element: social, zh: 心愿, en: Wish, meaning_zh: 客户说的。, meaning_en: Told., type: text, rule: {kind: given}}
points: {element: social, zh: 附加分, en: Points, meaning_zh: 加分。, meaning_en: More., type: int, rule: {kind: given}}
points_up: {element: social, zh: 加一, en: One up, meaning_zh: 加一。, meaning_en: One up., type: number,
  rule: {kind: formula, formula: {add: [points, 1]}}}
trail: {element: social, zh: 行踪, en: Trail, meaning_zh: 常去。, meaning_en: Where., type: text, needs_purpose: true,
  rule: {kind: given}}
"""
LATER = NOW + timedelta(days=1)
PEOPLE = "会员号,姓名,性别\nM4,客4,男\nM5,客5,男\n"
TOLD = (("0006", "贵宾,银"), ("0007", "VIP,gold"), ("9999", "贵宾,金"), ("0008", "不知名,1"), ("0009", "附加分,多"))
ROWS = "手机号,标签,值\n" + "".join(f"1391000{phone},{said}\n" for phone, said in TOLD)
COLUMNS = "会员号,贵宾,附加分,打标时间\nM10,金,3,2026-06-01\nM11,,5,2026-06-01\nM99,金,1,2026-06-01\n"


@pytest.fixture(scope="module")
def shop_once(once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small shop with given tags, not refreshed since."""
    folder = Path(shutil.copytree(once, tmp_path_factory.mktemp("given") / "ws", symlinks=True))
    (folder / "definitions" / "tags").mkdir(exist_ok=True)
    (folder / "definitions" / "tags" / "own.yaml").write_text(TAGS, encoding="utf-8")
    keep_few(folder, ("gender", "orders_total"))
    check_nothing(folder)
    return folder


@dataclass
class Story:
    """What three refreshes published, by stage and member, and what was seen on the way."""

    shop: Workspace
    profiles: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    whys: dict[str, Why] = field(default_factory=dict)
    problems: dict[str, int] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)
    reports: list[tuple[str, int]] = field(default_factory=list)
    customers: list[int] = field(default_factory=list)
    meant: int = 0
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    same_id: bool = False

    def of(self, stage: str, member: str, *keys: str) -> tuple[Any, ...]:
        """Tags of a member as published at a stage; None for what the profile lacks."""
        return tuple(self.profiles[stage][member].get(key) for key in keys)


def give(shop: Workspace, member: str, tag: str, value: str, **more: Any) -> int:
    """Give one member a value and return the place of it in the ledger."""
    now = more.pop("now", NOW)
    return shop.give_tag([member], Statement(tag, value, "因为", **more), now, actor="kim")[0].seq


def reopened(shop: Workspace) -> Workspace:
    """The workspace as the next process finds it."""
    return Workspace.open(shop.folder)


def note(story: Story, stage: str, as_of: date | None = None) -> None:
    """Refresh and keep what was published of the first eleven members."""
    story.customers.append(reopened(story.shop).refresh(LATER, as_of=as_of).customer_count)
    found = reopened(story.shop)
    story.profiles[stage] = {f"M{number}": found.profile(f"M{number}") for number in range(1, 12)}


@pytest.fixture(scope="module")
def story(shop_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Everything that can happen to given values, in the fewest refreshes."""
    shop = Workspace.open(shutil.copytree(shop_once, tmp_path_factory.mktemp("story") / "ws", symlinks=True))
    told = Story(shop)
    files = shop.folder.parent / "files"
    for name, text in (("资料.csv", PEOPLE), ("标签.csv", ROWS), ("列.csv", COLUMNS)):
        report = taken_in(shop, written(files, name, text))
        told.reports.append((report.form, report.rows_kept))
    give(shop, "M1", "vip", "silver")
    give(shop, "M1", "vip", "金", now=LATER, until=LATER.date())
    give(shop, "M1", "points", "7")
    give(shop, "M1", "gender", "女")
    give(shop, "M2", "vip", "silver", now=NOW - timedelta(days=3))
    give(shop, "M2", "wish", "一条围巾")
    told.entries["gender"] = give(shop, "M4", "gender", "female")
    shop.permit_tag("trail", "送货路线", NOW, actor="kim")
    give(reopened(shop), "M3", "trail", "东门")
    note(told, "first")
    whys = reopened(shop)
    told.whys = {
        "M1 vip": whys.why("M1", "vip"),
        "M4 gender": whys.why("M4", "gender"),
        "M10 vip": whys.why("M10", "vip"),
    }
    with whys.reading() as engine:
        for row in engine.arrow(engine.table("given_value")).to_pylist():
            if row["problem"]:
                told.problems[row["problem"]] = told.problems.get(row["problem"], 0) + 1
    shop.take_tag(told.entries["gender"], "看错了", NOW, actor="kim")
    some = shop.condition("orders_total >= 2 and vip is unknown")
    crowd = whys.give_tag_to("回头客", some, Statement("vip", "gold", "活动"), NOW, actor="kim")
    told.meant = sum(len(entry.body["members"]) for entry in crowd)
    told.entries["crowd"] = crowd[0].seq
    whys.take_tag(crowd[0].seq, "不算他", NOW, actor="kim", customers=["M5"])
    merged = shop.merge("M1", "M2", "一个人", LATER, actor="kim")
    whys.forbid_tag("trail", "不再需要", NOW, actor="kim")
    note(told, "merged")
    told.same_id = shop.customer_id_of("M1") == shop.customer_id_of("M2")
    give(reopened(shop), "M2", "points", "9", now=LATER)
    shop.undo(merged.seq, "不是", LATER, actor="kim")
    note(told, "apart", as_of=LATER.date() + timedelta(days=1))
    told.before = contents(shop, without=("run",))
    reopened(shop).rebuild(LATER)
    told.after = contents(shop, without=("run",))
    return told


def test_given_values_reach_profile_and_formulas_from_the_next_refresh_on(story: Story) -> None:
    """So do attributes that a person set right."""
    assert story.of("first", "M1", "points", "points_up", "gender", "wish") == (7, 8.0, "female", None)
    assert story.of("first", "M2", "points", "points_up", "gender", "wish") == (None, None, None, "一条围巾")


def test_of_several_the_newest_holds_until_its_last_day(story: Story) -> None:
    """What has run out gives way to what was said before; both are shown."""
    assert story.of("first", "M1", "vip") == ("gold",)
    assert [one["value"] for one in story.whys["M1 vip"].given] == ["gold", "silver"]
    assert story.of("apart", "M1", "vip") == ("silver",)


def test_a_decision_beats_the_sources_shows_the_losers_and_can_be_taken_back(story: Story) -> None:
    """Taken back, the sources speak again."""
    assert (story.of("first", "M4", "gender"), story.of("first", "M5", "gender")) == (("female",), ("male",))
    told = story.whys["M4 gender"]
    assert [(one["value"], one["given_by"], one["reason"]) for one in told.given] == [("female", "kim", "因为")]
    assert [row["gender"] for row in told.evidence] == ["male"]
    assert story.of("merged", "M4", "gender") == ("male",)


def test_merge_and_undo_keep_given_values_exact(story: Story) -> None:
    """While they are one person the newer one holds; apart again each has its own."""
    assert story.same_id
    assert story.of("merged", "M1", "vip", "wish", "points") == ("gold", "一条围巾", 7)
    assert story.of("apart", "M2", "vip", "wish") == ("silver", "一条围巾")
    assert story.of("apart", "M1", "wish", "gender") == (None, "female")


def test_what_a_merged_customer_was_given_stays_with_the_founder(story: Story) -> None:
    """After the split it is on one side only."""
    found = {story.of("apart", member, "points") for member in ("M1", "M2")}
    assert found in ({(9,), (None,)}, {(7,), (9,)})


def test_a_crowd_is_tagged_as_it_stands_and_one_of_it_can_be_let_off(story: Story) -> None:
    """What it held before is not lost for those who had a value."""
    shop = reopened(story.shop)
    assert story.meant > 10
    assert story.of("merged", "M5", "vip") == (None,)
    assert story.of("merged", "M8", "vip") == ("gold",)
    with pytest.raises(InputError) as again:
        shop.take_tag(story.entries["crowd"], "不算他", NOW, actor="kim", customers=["M5"])
    assert again.value.code == "tag.already_taken"


def test_files_give_values_in_rows_or_columns_and_nobody_is_made_up(story: Story) -> None:
    """Unknown people, tags and values wait with a reason and count; known ones come in by any name."""
    assert story.reports[1:] == [("tag_value", 5), ("tag_columns", 3)]
    assert story.customers == [30, 29, 30]
    assert [story.of("first", f"M{n}", "vip", "points") for n in (6, 7, 10, 11)] == [
        ("silver", None), ("gold", None), ("gold", 3), (None, 5),
    ]  # fmt: skip
    assert story.problems == {"no_customer": 3, "unknown_tag": 1, "unfit_value": 1}
    assert story.whys["M10 vip"].given[0]["given_by"] == "列"


def test_a_rebuild_makes_the_same_again(story: Story) -> None:
    """Given values, profiles, and what earlier runs measured."""
    assert story.before == story.after
    assert sum(story.after["given_value"].values()) > 20
    runs = {row.split("'run_id': '")[1][:9] for row in story.after["tag_run"]}
    assert runs == {"run-00001", "run-00002", "run-00003", "run-00004"}


def test_a_tag_without_a_recorded_purpose_is_nowhere(story: Story, shop_once: Path) -> None:
    """Taking a purpose back hides the tag at once; before one is recorded nobody can give it."""
    assert story.of("first", "M3", "trail") == ("东门",)
    assert "trail" not in story.profiles["merged"]["M3"]
    assert "trail" not in str(story.after["given_value"])
    with pytest.raises(DefinitionError):
        reopened(story.shop).segment("trail = 东门")
    with pytest.raises(DefinitionError):
        give(Workspace.open(shop_once), "M1", "trail", "东门")


def test_the_ledger_holds_no_value_that_may_be_personal(shop_once: Path, tmp_path: Path) -> None:
    """Free text and attributes stand in the vault; erased there, the gift stays known and its value is not."""
    shop = Workspace.open(shutil.copytree(shop_once, tmp_path / "ws", symlinks=True))
    entry = give(shop, "M1", "wish", "电话 13912345678")
    give(shop, "M1", "gender", "female")
    give(shop, "M1", "vip", "gold")
    bodies = [body.body for body in Ledger.open(shop.ledger_path).entries("tag.given")]
    assert ["value" if "value" in body else "hash" for body in bodies] == ["hash", "hash", "value"]
    assert all(("value" in body) is not ("value_hash" in body) for body in bodies)
    assert "13912345678" not in str(bodies)
    with Vault.beside(shop.ledger_path) as vault:
        assert vault.erase([bodies[0]["value_hash"]]) == 1
    assert b"13912345678" not in (shop.ledger_path.parent / "values.sqlite3").read_bytes()
    assert {gift.seq: gift.value for gift in shop.gifts()}[entry] is None


@pytest.mark.parametrize(
    ("member", "tag", "value", "why", "error"),
    [
        ("M1", "vip", "铂金", "x", "tag.value_unknown"),
        ("M1", "points", "many", "x", "tag.value_of_type"),
        ("M1", "points", "1.5", "x", "tag.value_of_type"),
        ("M1", "wish", "a\nb", "x", "tag.value_unfit"),
        ("M1", "wish", "字" * 201, "x", "tag.value_unfit"),
        ("M1", "wish", " ", "x", "tag.value_unfit"),
        ("M1", "orders_total", "3", "x", "tag.is_computed"),
        ("M1", "vipp", "gold", "x", "tag.unknown"),
        ("M1", "vip", "gold", " ", "identity.no_reason"),
        ("M777", "vip", "gold", "x", "workspace.no_such_customer"),
    ],
)
def test_what_makes_no_sense_is_refused(
    shop_once: Path, member: str, tag: str, value: str, why: str, error: str
) -> None:
    """Nothing is written, and the message says what would do."""
    shop = Workspace.open(shop_once)
    with pytest.raises((InputError, NotFound, DefinitionError)) as problem:
        shop.give_tag([member], Statement(tag, value, why), NOW, actor="kim")
    assert problem.value.code == error
    assert all(HuaxiangError.say(problem.value, lang) for lang in ("zh", "en"))
    assert not list(Ledger.open(shop.ledger_path).entries("tag.given"))


def test_a_last_day_that_has_passed_is_refused(shop_once: Path) -> None:
    """So is taking back what was never given."""
    shop = Workspace.open(shop_once)
    with pytest.raises(InputError) as problem:
        shop.give_tag(["M1"], Statement("vip", "gold", "x", date(2026, 6, 30)), NOW, actor="kim")
    assert problem.value.code == "tag.until_passed"
    with pytest.raises(NotFound):
        shop.take_tag(1, "x", NOW, actor="kim")
