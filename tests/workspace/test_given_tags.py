"""Values given by hand and by file in a whole workspace: what holds, what survives, what is taken back."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.workspace.small import NOW, taken_in, written
from tests.workspace.test_identity import contents

from huaxiang.errors import DefinitionError, HuaxiangError, InputError, NotFound
from huaxiang.ledger import Ledger, Vault
from huaxiang.workspace import Statement, Workspace

pytestmark = pytest.mark.slow

TAGS = """
vip: {element: social, zh: 贵宾, en: VIP, meaning_zh: 店长认定。, meaning_en: Named by the manager., type: text,
  values: {gold: {zh: 金, en: gold}, silver: {zh: 银, en: silver}}, rule: {kind: given}}
wish: {element: social, zh: 心愿, en: Wish, meaning_zh: 客户说的。, meaning_en: Told., type: text, rule: {kind: given}}
points: {element: social, zh: 附加分, en: Points, meaning_zh: 加分。, meaning_en: More., type: int, rule: {kind: given}}
points_up: {element: social, zh: 加一, en: One up, meaning_zh: 加一。, meaning_en: One up., type: number,
  rule: {kind: formula, formula: {add: [points, 1]}}}
"""
LATER = NOW + timedelta(days=1)


@pytest.fixture(scope="module")
def shop_once(once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small shop with given tags."""
    folder = Path(shutil.copytree(once, tmp_path_factory.mktemp("given") / "ws", symlinks=True))
    (folder / "definitions" / "tags").mkdir(exist_ok=True)
    (folder / "definitions" / "tags" / "own.yaml").write_text(TAGS, encoding="utf-8")
    return folder


@pytest.fixture
def shop(shop_once: Path, tmp_path: Path) -> Workspace:
    """The same shop, of a test's own."""
    return Workspace.open(shutil.copytree(shop_once, tmp_path / "ws", symlinks=True))


def give(shop: Workspace, member: str, tag: str, value: str, **more: Any) -> int:
    """Give one member a value and return the place of it in the ledger."""
    now = more.pop("now", NOW)
    return shop.give_tag([member], Statement(tag, value, "因为", **more), now, actor="kim")[0].seq


def of(shop: Workspace, member: str, *keys: str) -> tuple[Any, ...]:
    """Return tags of one member as published."""
    found = Workspace.open(shop.folder).profile(member)
    return tuple(found[key] for key in keys)


def problems(shop: Workspace) -> dict[str, int]:
    """Count the given values that reached nobody, by reason."""
    with shop.reading() as engine:
        rows = engine.arrow(engine.table("given_value")).to_pylist()
    found: dict[str, int] = {}
    for row in rows:
        if row["problem"]:
            found[row["problem"]] = found.get(row["problem"], 0) + 1
    return found


def test_given_values_reach_profile_formulas_why_and_rebuild(shop: Workspace) -> None:
    """What is given by hand holds from the next refresh, is explained, and a rebuild makes the same profile again."""
    give(shop, "M1", "vip", "金")
    give(shop, "M1", "points", "7")
    give(shop, "M1", "gender", "女")
    assert "vip" not in Workspace.open(shop.folder).profile("M1")
    shop.refresh(NOW)
    assert of(shop, "M1", "vip", "points", "points_up", "gender") == ("gold", 7, 8.0, "female")
    assert of(shop, "M2", "vip", "points", "gender") == (None, None, None)
    told = shop.why("M1", "gender")
    assert [(one["value"], one["given_by"], one["reason"]) for one in told.given] == [("female", "kim", "因为")]
    before = contents(shop)
    shop.rebuild(LATER)
    assert contents(shop) == before


def test_a_decision_beats_the_sources_and_the_losers_are_shown(shop: Workspace) -> None:
    """Taken back, the sources speak again."""
    taken_in(shop, written(shop.folder.parent / "files", "资料.csv", "会员号,姓名,性别\nM4,客4,男\nM5,客5,男\n"))
    entry = give(shop, "M4", "gender", "female")
    shop.refresh(NOW)
    assert (of(shop, "M4", "gender"), of(shop, "M5", "gender")) == (("female",), ("male",))
    told = shop.why("M4", "gender")
    assert told.given[0]["value"] == "female"
    assert [row["gender"] for row in told.evidence] == ["male"]
    shop.take_tag(entry, "看错了", NOW, actor="kim")
    shop.refresh(NOW)
    assert of(shop, "M4", "gender") == ("male",)


def test_of_several_the_newest_holds_until_its_last_day(shop: Workspace) -> None:
    """What has run out gives way to what was said before."""
    give(shop, "M1", "vip", "silver")
    give(shop, "M1", "vip", "gold", now=LATER, until=LATER.date())
    day = shop.refresh(LATER).as_of
    assert of(shop, "M1", "vip") == ("gold",)
    assert [one["value"] for one in shop.why("M1", "vip").given] == ["gold", "silver"]
    shop.refresh(LATER, as_of=LATER.date())
    assert of(shop, "M1", "vip") == ("gold",)
    shop.refresh(LATER, as_of=LATER.date() + timedelta(days=1))
    assert of(shop, "M1", "vip") == ("silver",)
    assert day < LATER.date()


def test_merge_split_and_undo_keep_given_values_exact(shop: Workspace) -> None:
    """A value follows the account that founded its customer; of two the newer one holds while they are one person."""
    give(shop, "M1", "vip", "silver")
    give(shop, "M2", "vip", "gold", now=LATER)
    give(shop, "M2", "wish", "一条围巾")
    shop.refresh(LATER)
    apart = {member: of(shop, member, "vip", "wish") for member in ("M1", "M2")}
    assert apart == {"M1": ("silver", None), "M2": ("gold", "一条围巾")}
    entry = shop.merge("M1", "M2", "一个人", LATER, actor="kim")
    shop.refresh(LATER)
    assert shop.customer_id_of("M1") == shop.customer_id_of("M2")
    assert of(shop, "M1", "vip", "wish") == ("gold", "一条围巾")
    shop.undo(entry.seq, "不是", LATER, actor="kim")
    shop.refresh(LATER)
    assert {member: of(shop, member, "vip", "wish") for member in ("M1", "M2")} == apart


def test_what_a_merged_customer_was_given_stays_with_the_founder(shop: Workspace) -> None:
    """After a split it is on one side only."""
    entry = shop.merge("M1", "M2", "一个人", NOW, actor="kim")
    shop.refresh(NOW)
    give(shop, "M2", "vip", "gold")
    shop.refresh(NOW)
    assert of(shop, "M1", "vip") == ("gold",)
    shop.undo(entry.seq, "不是", NOW, actor="kim")
    shop.refresh(NOW)
    assert sorted(map(str, (of(shop, "M1", "vip")[0], of(shop, "M2", "vip")[0]))) == ["None", "gold"]


def test_a_crowd_is_tagged_as_it_stands_and_one_of_it_can_be_let_off(shop: Workspace) -> None:
    """Members of later days do not get the value."""
    some = shop.condition("orders_total >= 2")
    entries = shop.give_tag_to("回头客", some, Statement("vip", "gold", "活动"), NOW, actor="kim")
    meant = shop.segment("orders_total >= 2").num_rows
    assert sum(len(entry.body["members"]) for entry in entries) == meant > 1
    shop.refresh(NOW)
    assert shop.segment("vip = gold").num_rows == meant
    shop.take_tag(entries[0].seq, "不算他", NOW, actor="kim", customers=["M1"])
    shop.refresh(NOW)
    assert of(shop, "M1", "vip") == (None,)
    assert shop.segment("vip = gold").num_rows == meant - 1
    with pytest.raises(InputError) as again:
        shop.take_tag(entries[0].seq, "不算他", NOW, actor="kim", customers=["M1"])
    assert again.value.code == "tag.already_taken"


def test_files_give_values_in_rows_or_columns_and_nobody_is_made_up(shop: Workspace) -> None:
    """Unknown people, tags and values wait with a reason and count; known ones come in by any name."""
    told = (("0004", "贵宾,银"), ("0005", "VIP,gold"), ("9999", "贵宾,金"), ("0006", "没有,1"), ("0007", "附加分,多"))
    rows = "手机号,标签,值\n" + "".join(f"1391000{phone},{said}\n" for phone, said in told)
    columns = "会员号,贵宾,附加分,打标时间\nM10,金,3,2026-06-01\nM11,,5,2026-06-01\nM99,金,1,2026-06-01\n"
    files = shop.folder.parent / "files"
    before = shop.refresh(NOW).customer_count
    reports = [taken_in(shop, written(files, name, text)) for name, text in (("标签.csv", rows), ("列.csv", columns))]
    assert [(one.form, one.rows_kept) for one in reports] == [("tag_value", 5), ("tag_columns", 3)]
    assert shop.refresh(NOW).customer_count == before
    assert [of(shop, f"M{n}", "vip", "points") for n in (4, 5, 10, 11)] == [
        ("silver", None), ("gold", None), ("gold", 3), (None, 5),
    ]  # fmt: skip
    assert problems(shop) == {"no_customer": 3, "unknown_tag": 1, "unfit_value": 1}
    assert shop.why("M10", "vip").given[0]["given_by"] == "列"


def test_the_ledger_holds_no_value_that_may_be_personal(shop: Workspace) -> None:
    """Free text and attributes stand in the vault; erased there, the gift stays known and its value is not."""
    entry = give(shop, "M1", "wish", "电话 13912345678")
    give(shop, "M2", "wish", "一条围巾")
    give(shop, "M1", "vip", "gold")
    bodies = [body.body for body in Ledger.open(shop.ledger_path).entries("tag.given")]
    assert [sorted(set(body) & {"value", "value_hash"}) for body in bodies] == [
        ["value_hash"],
        ["value_hash"],
        ["value"],
    ]
    assert "13912345678" not in str(bodies)
    with Vault.beside(shop.ledger_path) as vault:
        assert vault.erase([bodies[0]["value_hash"]]) == 1
    assert b"13912345678" not in (shop.ledger_path.parent / "values.sqlite3").read_bytes()
    assert {gift.seq: gift.value for gift in shop.gifts()}[entry] is None
    shop.refresh(NOW)
    assert (of(shop, "M1", "wish", "vip"), of(shop, "M2", "wish")) == ((None, "gold"), ("一条围巾",))


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


def test_a_tag_without_a_recorded_purpose_is_nowhere(shop: Workspace) -> None:
    """Recording one computes it; taking it back hides it at once, before any refresh."""
    own = shop.folder / "definitions" / "tags" / "own.yaml"
    own.write_text(TAGS.replace("vip: {", "vip: {needs_purpose: true, ", 1), encoding="utf-8")
    give_error = pytest.raises(DefinitionError)
    with give_error:
        give(Workspace.open(shop.folder), "M1", "vip", "gold")
    Workspace.open(shop.folder).permit_tag("vip", "生日关怀", NOW, actor="kim")
    give(Workspace.open(shop.folder), "M1", "vip", "gold")
    Workspace.open(shop.folder).refresh(NOW)
    assert of(shop, "M1", "vip") == ("gold",)
    Workspace.open(shop.folder).forbid_tag("vip", "不再需要", NOW, actor="kim")
    with pytest.raises(DefinitionError):
        Workspace.open(shop.folder).segment("vip = gold")
    Workspace.open(shop.folder).refresh(NOW)
    assert "vip" not in Workspace.open(shop.folder).profile("M1")
    assert [row for row in _given(shop) if row["tag"] == "vip"] == []


def _given(shop: Workspace) -> list[dict[str, Any]]:
    with shop.reading() as engine:
        rows: list[dict[str, Any]] = engine.arrow(engine.table("given_value")).to_pylist()
    return rows
