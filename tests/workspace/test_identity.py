"""Deciding who is who in a whole workspace: what holds when, what is restored, and what old ids lead to."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.few_tags import check_nothing, keep_few
from tests.workspace.small import FEW, NOW, taken_in, written

from huaxiang.analyse.identity_preview import of_their_own
from huaxiang.engine import DuckEngine
from huaxiang.errors import EngineError, HuaxiangError, InputError, NotFound
from huaxiang.ledger import Ledger
from huaxiang.model.conditions import fields_named
from huaxiang.words import LANGUAGES, catalogue
from huaxiang.workspace import Workspace

pytestmark = pytest.mark.slow

#: A till that asks for phone and name: its rows belong to members 1 and 2, and row 3 to a stranger with M3's phone.
TILL = "小票号,手机号,姓名,下单时间,订单状态,实付金额\n" + "".join(
    f"T{number},1391000{phone:04d},{name},2026-06-{number + 10} 12:00:00,已完成,{number}.00\n"
    for number, phone, name in ((1, 1, "客1"), (2, 2, "客2"), (3, 3, "陌生人"), (4, 1, "客1"))
)
CARDS = "会员号,身份证号\nM5,11010519491231002X\nM6,110105199003072936\n"
#: What each refresh adds to, whatever it finds.
HISTORY = ("run", "tag_run", "crowd_run", "crowd_change", "tag_change", "customer_came", "tag_rule", "profile_since")
BUT_REDIRECTS = (*HISTORY, "customer_redirect")
CONSENTS = "会员号,姓名,同意营销\nM7,客7,是\nM8,客8,否\n"


@pytest.fixture(scope="module")
def shop_once(once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small shop with a till beside its members."""
    workspace = Workspace.open(shutil.copytree(once, tmp_path_factory.mktemp("identity") / "ws", symlinks=True))
    taken_in(workspace, written(workspace.folder.parent / "files", "收银.csv", TILL))
    workspace.refresh(NOW)
    workspace.refresh(NOW)  # what the till brought is history for the tests that look at what a decision changes
    return workspace.folder


@pytest.fixture
def shop(shop_once: Path, tmp_path: Path) -> Workspace:
    """The same shop, of a test's own, with few tags and no checks from the next refresh on."""
    folder = Path(shutil.copytree(shop_once, tmp_path / "ws", symlinks=True))
    keep_few(folder, FEW)
    check_nothing(folder)
    return Workspace.open(folder)


@pytest.fixture
def whole_shop(shop_once: Path, tmp_path: Path) -> Workspace:
    """The same shop with every tag and check, for tests of what becomes of all of them."""
    return Workspace.open(shutil.copytree(shop_once, tmp_path / "ws", symlinks=True))


def contents(workspace: Workspace, *, without: tuple[str, ...] = HISTORY) -> dict[str, Counter[str]]:
    """Return every published table as a bag of rows; without more, not what tells of the runs that were."""
    with Workspace.open(workspace.folder).reading() as engine:
        names = [name for name in engine.tables() if name not in without]
        rows = {name: engine.arrow(engine.table(name)).to_pylist() for name in names}
    if "crowd_member" in rows:
        rows["crowd_member"] = [(row["crowd"], row["customer_id"]) for row in rows["crowd_member"]]
    return {name: Counter(map(repr, each)) for name, each in rows.items()}


def profiles(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """Return the published profiles by customer id."""
    rows = Workspace.open(workspace.folder).profiles().to_pylist()
    return {row.pop("customer_id"): row for row in rows}


def redirects(workspace: Workspace) -> list[dict[str, Any]]:
    """Return the published redirects."""
    with Workspace.open(workspace.folder).reading() as engine:
        rows: list[dict[str, Any]] = engine.arrow(engine.table("customer_redirect")).to_pylist()
    return rows


def test_a_merge_holds_from_the_next_refresh_on_and_the_old_id_leads_to_the_new_one(shop: Workspace) -> None:
    old = [shop.customer_id_of(member) for member in ("M1", "M2")]
    before = profiles(shop)
    entry = shop.merge("M1", "M2", "一个人，电话 13910000001", NOW, actor="kim")
    assert profiles(shop) == before
    assert entry.body["why"] == "一个人，电话 139****0001"
    done = shop.refresh(NOW)
    assert done.customer_count == len(before) - 1
    (kept,) = set(old) & set(profiles(shop))
    (gone,) = set(old) - {kept}
    assert redirects(shop) == [{"old_id": gone, "new_id": kept, "since_run": done.run_id, "reason": "decided"}]
    assert {shop.customer_id_of(given) for given in (*old, "M1", "M2", "13910000001")} == {kept}
    (told,) = shop.redirects(9)
    assert told[1:] == (gone, kept, "moved", done.run_id, done.as_of)
    merged = profiles(shop)[kept]
    assert merged["orders_total"] == sum(before[one]["orders_total"] for one in old)
    assert merged["net_revenue_total"] == sum(before[one]["net_revenue_total"] for one in old)


def test_decisions_lose_nothing_are_taken_back_exactly_and_come_back_in_any_order(whole_shop: Workspace) -> None:
    shop = whole_shop
    before, known = contents(shop), set(profiles(shop))
    till = next(short for short, key in shop.accounts_of("M2").items() if key.startswith("phone:"))
    merge = shop.merge("M1", "M2", "同一人", NOW, actor="kim")
    split = shop.split("M2", [till], "别人的小票", NOW, actor="kim")
    shop.refresh(NOW)
    after = contents(shop)
    for name in ("orders", "identifier", "person_record", "event", "consent"):
        assert after[name] == before[name]
    assert after["sale"].total() == before["sale"].total()
    assert sum(row["orders_total"] for row in profiles(shop).values()) == 64
    (moved,) = (one for one in shop.redirects(9) if one.kind == "moved")
    (split_off,) = set(profiles(shop)) - known

    merged_back = shop.undo(merge.seq, "看错了", NOW, actor="lee")
    split_back = shop.undo(split.seq, "看错了", NOW, actor="lee")
    shop.refresh(NOW)
    # All is as before, but that the id which was published meanwhile goes on leading to somebody.
    (led,) = redirects(shop)
    assert (led["old_id"], led["new_id"]) == (split_off, moved.old_id)
    before.pop("customer_redirect")
    assert contents(shop, without=BUT_REDIRECTS) == before
    later = shop.redirects(9, after=moved.number)
    assert ("parted", moved.new_id, moved.old_id) in [(one.kind, one.old_id, one.new_id) for one in later]
    assert shop.redirects(9, since=moved.day + timedelta(days=1)) == []

    # What stands in the end decides, not the way there.
    wrong = shop.merge("M3", "M4", "同一人", NOW, actor="kim")
    shop.undo(split_back.seq, "没看错", NOW, actor="kim")
    shop.never_same("M1", "M9", "父子", NOW, actor="kim")
    shop.undo(merged_back.seq, "没看错", NOW, actor="kim")
    shop.undo(wrong.seq, "看错了", NOW, actor="kim")
    shop.refresh(NOW)
    after.pop("customer_redirect")
    assert contents(shop, without=BUT_REDIRECTS) == after


def test_a_rebuild_obeys_what_was_decided_since_and_loses_no_id(shop: Workspace) -> None:
    old = {shop.customer_id_of(member) for member in ("M1", "M2")}
    shop.merge("M1", "M2", "同一人", NOW, actor="kim")
    shop.rebuild(NOW)
    rebuilt = Workspace.open(shop.folder)
    assert len({rebuilt.customer_id_of(one) for one in old}) == 1
    before = contents(rebuilt)
    rebuilt.refresh(NOW)
    # Who is in which crowd is history: a rebuild tells what the last refresh found, the next one what is so now.
    before.pop("crowd_member")
    assert contents(rebuilt, without=(*HISTORY, "crowd_member")) == before


def test_a_preview_says_what_the_refresh_then_does(whole_shop: Workspace) -> None:
    shop = whole_shop
    before, start = profiles(shop), contents(shop)
    till = next(short for short, key in shop.accounts_of("M1").items() if key.startswith("phone:"))
    alone = shop.preview("split", shop.sides_of_split("M1", [till]))
    assert (alone.moved_accounts, alone.moved_orders, str(alone.moved_revenue)) == (1, 2, "5.0000")
    assert alone.waiting == 0
    assert contents(shop) == start
    # A decision that waits for the next refresh already counts: this preview is about a merge and a split.
    shop.merge("M2", "M4", "同一人", NOW, actor="kim")
    seen = shop.preview("split", shop.sides_of_split("M1", [till]))
    assert seen.before.keys() == alone.before.keys() | {shop.customer_id_of(member) for member in ("M2", "M4")}
    assert (len(seen.after), seen.waiting) == (3, 1)
    shop.split("M1", [till], "别人的", NOW, actor="kim")
    was_in = {key: {row["customer_id"] for row in shop.segment(key).to_pylist()} for key in shop.definitions.segments}
    shop.refresh(NOW)
    after = profiles(shop)
    own = of_their_own(shop.definitions.tags)
    for side, now in ((seen.after, after), (seen.before, before)):
        for one, row in side.items():
            assert {tag: row[tag] for tag in own} == {tag: now[one][tag] for tag in own}
    assert after.keys() - seen.after.keys() == before.keys() - seen.before.keys()
    for key in shop.definitions.segments.keys() - seen.later:
        inside = {row["customer_id"] for row in shop.segment(key).to_pylist()} & seen.after.keys()
        assert inside == (set(seen.segments[key][1]) if key in seen.segments else was_in[key] & seen.after.keys())
    assert len(seen.later) < len(shop.definitions.segments)
    changed = {
        tag for tag in own if len({str(row[tag]) for side in (seen.before, seen.after) for row in side.values()}) > 1
    }
    assert set(seen.tags) == changed


def test_a_preview_names_consents_in_conflict_and_segments_that_cannot_be_counted(
    shop: Workspace, tmp_path: Path
) -> None:
    taken_in(shop, written(tmp_path, "授权.csv", CONSENTS))
    ids = {member: shop.customer_id_of(member) for member in ("M7", "M8")}
    found = shop.preview("merge", shop.sides_of_two("M7", "M8", even_so=False))
    (conflict,) = found.consents
    assert (conflict["purpose"], conflict["is_given"]) == ("marketing", False)
    assert conflict["statements"] == {ids["M7"]: True, ids["M8"]: False}
    known = shop.definitions
    retired = {key for key, one in known.segments.items() if fields_named(one.condition) - known.fields.keys()}
    assert retired
    assert retired <= {*found.uncountable, *found.later}
    assert retired & {*found.uncountable}


def test_explain_shows_the_chain_with_file_and_row(shop: Workspace) -> None:
    accounts = list(shop.accounts_of("M1").values())
    found = shop.explain(*accounts)
    (step,) = found.chain
    assert {step.account_key_a, step.account_key_b} == set(accounts)
    assert (step.identifier_type, step.identifier_value) == ("phone", "13910000001")
    assert {(row["file_name"], row["source_row"]) for row in step.evidence} == {("会员.csv", 2), ("收银.csv", 2)}
    assert shop.explain("M1", "M1").chain == ()


def test_explain_says_what_keeps_two_apart(shop: Workspace) -> None:
    stranger = next(key for key in accounts(shop) if key.endswith("陌生人"))
    codes = [one.reason.code for one in shop.explain("M3", stranger).obstacles]
    assert codes == ["prepare.hold.other_name", "identity.apart.other_person_name"]
    assert "identity.apart.two_numbers" in [one.reason.code for one in shop.explain("M1", "M2").obstacles]
    entry = shop.never_same("M1", "M2", "父子", NOW, actor="kim")
    first = shop.explain("M2", "M1").obstacles[0].reason
    assert first.code == "identity.apart.never_same"
    assert {"entry": entry.seq, "actor": "kim", "why": "父子"}.items() <= first.params.items()


def accounts(workspace: Workspace) -> list[str]:
    """Return every account key."""
    with workspace.reading() as engine:
        keys: list[str] = engine.arrow(engine.table("account").account_key).column(0).to_pylist()
    return keys


def test_two_identity_cards_are_merged_only_by_insisting(shop: Workspace, tmp_path: Path) -> None:
    taken_in(shop, written(tmp_path, "证件.csv", CARDS))
    with pytest.raises(InputError) as refused:
        shop.merge("M5", "M6", "同一人", NOW, actor="kim")
    assert refused.value.code == "identity.two_id_cards"
    shop.merge("M5", "M6", "换过证件", NOW, actor="kim", even_so=True)
    shop.refresh(NOW)
    assert shop.customer_id_of("M5") == shop.customer_id_of("M6")


def test_what_cannot_be_decided_is_said_in_both_languages(shop: Workspace) -> None:
    tries: list[tuple[type[HuaxiangError], Any]] = [
        (InputError, lambda: shop.merge("M1", "13910000001", "同一人", NOW, actor="kim")),
        (InputError, lambda: shop.merge("M1", "M2", "  ", NOW, actor="kim")),
        (NotFound, lambda: shop.merge("M1", "nobody", "同一人", NOW, actor="kim")),
        (NotFound, lambda: shop.split("M1", ["nothing"], "别人", NOW, actor="kim")),
        (InputError, lambda: shop.split("M9", list(shop.accounts_of("M9")), "别人", NOW, actor="kim")),
        (InputError, lambda: shop.split("M1", [], "别人", NOW, actor="kim")),
        (NotFound, lambda: shop.undo(1, "看错了", NOW, actor="kim")),
    ]
    with Ledger.open(shop.ledger_path) as ledger:
        start = ledger.position()
    for kind, act in tries:
        with pytest.raises(kind) as refused:
            act()
        assert len({refused.value.say(lang) for lang in LANGUAGES}) == 2
    with Ledger.open(shop.ledger_path) as ledger:
        assert ledger.position() == start


def test_a_refresh_killed_before_it_publishes_loses_no_redirect(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {shop.customer_id_of(member) for member in ("M1", "M2")}
    shop.merge("M1", "M2", "同一人", NOW, actor="kim")
    with monkeypatch.context() as patch:
        patch.setattr(DuckEngine, "publish", _killed)
        with pytest.raises(EngineError):
            shop.refresh(NOW)
    assert {shop.customer_id_of(one) for one in old} == old
    done = shop.refresh(NOW)
    assert len({shop.customer_id_of(one) for one in old}) == 1
    assert [row["since_run"] for row in redirects(shop)] == [done.run_id]


def _killed(*_: object, **__: object) -> int:
    raise EngineError("engine.failed", reason="killed")


def test_review_lists_what_people_can_settle_worst_first(shop: Workspace) -> None:
    (held,) = shop.review()
    assert (held["identifier_value"], held["reason"], held["customer_count"]) == ("13910000003", "other_name", 2)
    report = shop.identity_report()
    assert report.accounts == sum(row["account_count"] * row["customers"] for row in report.sizes)
    assert report.customers == sum(row["customers"] for row in report.sizes)
    assert [(row["rule"], row["links"]) for row in report.links] == [("shared_value", 2)]


def test_every_word_about_identities_is_there_in_both_languages() -> None:
    for code, words in catalogue().items():
        if code.startswith(("identity.", "cli.identity.")):
            assert all(words[lang].strip() for lang in LANGUAGES), code
