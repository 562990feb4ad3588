"""Records that share no number, in a whole workspace: compared by a model that people approve, asked about, decided."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.few_tags import check_nothing, keep_few
from tests.workspace.lists import PEOPLE
from tests.workspace.small import FEW, NOW

from huaxiang.errors import DefinitionError, InputError, NotFound, WorkspaceError
from huaxiang.ledger import Ledger, Pseudonym
from huaxiang.prepare.unify.decisions import Sides, decide
from huaxiang.workspace import Workspace

pytestmark = pytest.mark.slow


@pytest.fixture
def lists(two_lists_once: Path, tmp_path: Path) -> Workspace:
    """The same workspace, of a test's own."""
    return Workspace.open(shutil.copytree(two_lists_once, tmp_path / "ws", symlinks=True))


def together(workspace: Workspace) -> set[str]:
    """Return the numbers of the members whom a follower was joined to."""
    with Workspace.open(workspace.folder).reading() as engine:
        rows = engine.arrow(engine.table("account").select("account_key", "customer_id")).to_pylist()
    members, followers = (
        {row["customer_id"]: int(row["account_key"].rpartition(kind)[2]) for row in rows if kind in row["account_key"]}
        for kind in (":M", ":o")
    )
    assert all(members[customer] == followers[customer] for customer in members.keys() & followers.keys())
    return {f"M{members[customer]}" for customer in members.keys() & followers.keys()}


def refreshed(workspace: Workspace) -> list[str]:
    """Refresh, and return the steps that were told."""
    told: list[str] = []
    workspace.refresh(NOW, progress=lambda step, *_: told.append(step))
    return told


def test_the_first_model_joins_those_who_are_surely_alike_and_asks_about_the_others(two_lists_once: Path) -> None:
    workspace = Workspace.open(two_lists_once)
    same = {f"M{number}" for number in range(PEOPLE) if number % 6}
    asked = {f"M{number}" for number in range(PEOPLE) if number % 10 == 3}
    assert together(workspace) == same - asked
    waiting = workspace.open_pairs().pairs
    assert {pair.account_key_a.rpartition(":")[2] for pair in waiting} == asked
    assert [pair.probability for pair in waiting] == sorted((pair.probability for pair in waiting), reverse=True)
    (model,) = workspace.match_models()
    assert (model.is_standing, model.why, model.records, model.changed) == (True, "first", 2 * PEOPLE, {})


def test_why_two_records_look_alike_adds_up_to_the_probability(two_lists_once: Path) -> None:
    workspace = Workspace.open(two_lists_once)
    pairs = [pair[:2] for pair in workspace.open_pairs().pairs]
    for found in workspace.likenesses(pairs).values():
        assert 1 / (1 + 2**-found.total_bits) == pytest.approx(found.probability, abs=1e-9)
        said = {line.comparison: line for line in found.lines}
        assert (said["surname"].level, said["phone"].level, said["phone"].bits) == ("same", "missing", 0)
        assert said["surname"].value_a == said["surname"].value_b


def test_a_link_by_likeness_is_explained_by_what_speaks_for_it_and_an_open_pair_by_its_probability(
    two_lists_once: Path,
) -> None:
    workspace = Workspace.open(two_lists_once)
    with workspace.reading() as engine:
        links = engine.table("identity_link")
        likely = links.filter(links.rule == "likely_same").order_by("account_key_a").limit(1)
        (first,) = engine.arrow(likely).to_pylist()
    (step,) = workspace.explain(first["account_key_a"], first["account_key_b"]).chain
    assert step.likeness is not None
    assert 1 / (1 + 2**-step.likeness.total_bits) == pytest.approx(step.likeness.probability, abs=1e-9)
    assert float(step.identifier_value) < 1
    assert {row["account_key"] for row in step.evidence} == {step.account_key_a, step.account_key_b}
    pair = workspace.open_pairs().pairs[0]
    told = workspace.explain(pair.account_key_a, pair.account_key_b).obstacles
    assert told[0].likeness is not None
    assert (told[0].reason.code, told[0].likeness.probability) == ("identity.apart.alike_ask", pair.probability)
    assert "identity.apart.nothing_in_common" not in [one.reason.code for one in told]


def test_a_decision_leaves_the_queue_at_once_and_teaches_the_next_model(lists: Workspace) -> None:
    waiting = lists.open_pairs().pairs
    for pair in waiting[:3]:
        lists.merge(pair.customer_a, pair.customer_b, "电话问过", NOW, actor="kim")
    lists.never_same(waiting[3].customer_a, waiting[3].customer_b, "同名的邻居", NOW, actor="kim")
    assert [pair[:2] for pair in lists.open_pairs().pairs] == [pair[:2] for pair in waiting[4:]]
    model = lists.train(NOW, actor="kim")
    assert (model.answers, model.is_standing, model.approved_at) == (4, False, None)
    assert lists.train(NOW, actor="lee") == model
    assert model.changed["linked"] + model.changed["links_lost"] - model.changed["links_new"] == len(together(lists))


def test_a_model_compares_only_once_it_is_approved_and_the_old_one_can_come_back(lists: Workspace) -> None:
    first = lists.match_models()[0]
    for pair in lists.open_pairs().pairs:
        lists.merge(pair.customer_a, pair.customer_b, "电话问过", NOW, actor="kim")
    model = lists.train(NOW, actor="kim")
    steps = refreshed(lists)
    assert [one.version for one in lists.match_models() if one.is_standing] == [first.version]
    lists.approve_model(model.version, "看过变化", NOW, actor="kim")
    # Everybody is compared again, and what that costs is told before; of so few records all pairs are counted.
    assert (steps[:2], refreshed(lists)[:2]) == (["match", "unify"], ["match", f"match {model.pairs} 5 300"])
    with lists.reading() as engine:
        assert engine.arrow(engine.table("match_run").model_version).to_pylist() == [{"model_version": model.version}]
    with pytest.raises(InputError, match="stands already"):
        lists.approve_model(model.version, "再来", NOW, actor="kim")
    lists.approve_model(first.version, "换回来", NOW, actor="kim")
    assert [one.version for one in lists.match_models() if one.is_standing] == [first.version]


def test_who_is_likely_enough_but_refused_because_of_others_is_told_why(lists: Workspace) -> None:
    keep_few(lists.folder, FEW)
    check_nothing(lists.folder)
    shop = Workspace.open(lists.folder)
    member, follower = sorted(shop.accounts_of("M1").values())
    (stranger,) = shop.accounts_of(f"o{0:027d}").values()
    key = Pseudonym.of_workspace(shop.folder)
    with Ledger.open(shop.ledger_path) as ledger:
        decide("never_same", Sides((member,), (stranger,)), "问过", ledger, key, at=NOW, actor="kim")
        decide("merge", Sides((follower,), (stranger,)), "问过", ledger, key, at=NOW, actor="kim")
    shop.refresh(NOW)
    (pair,) = (one for one in shop.open_pairs().pairs if one[:2] == (member, follower))
    found = shop.likenesses([pair[:2]])[pair[:2]]
    assert (found.band, found.doubt, found.refused) == ("link", None, "never_same")
    told = [one.reason.code for one in shop.explain(member, follower).obstacles]
    assert told[:3] == ["identity.apart.never_same", "identity.apart.alike_link", "match.refused.never_same"]


def test_a_rebuild_gives_the_same_customers_by_the_same_model(lists: Workspace) -> None:
    before, models = together(lists), lists.match_models()
    lists.rebuild(NOW)
    assert (together(lists), Workspace.open(lists.folder).match_models()) == (before, models)


def test_a_model_that_was_lost_or_changed_is_named_and_nothing_is_published(lists: Workspace) -> None:
    version = lists.match_models()[0].version
    path = lists.models_folder / f"{version}.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"prior": 0.', '"prior": 0.1'), encoding="utf-8")
    before = together(lists)
    for broken in (path.touch, path.unlink):
        with pytest.raises(WorkspaceError, match="is gone or was changed"):
            lists.refresh(NOW)
        broken()
    assert together(lists) == before
    with pytest.raises(NotFound, match="no model"):
        lists.match_model("0000")


@pytest.mark.parametrize("mode", ["leave", "ask"])
def test_a_workspace_may_leave_it_to_people_or_not_compare_at_all(lists: Workspace, mode: str) -> None:
    (lists.folder / "definitions" / "matching.yaml").write_text(f"use: {{mode: {mode}}}\n", encoding="utf-8")
    own = Workspace.open(lists.folder)
    own.refresh(NOW)
    assert together(own) == set()
    assert len(own.open_pairs().pairs) == {"leave": 0, "ask": 50}[mode]


def test_what_a_workspace_may_not_say_is_named(lists: Workspace) -> None:
    path = lists.folder / "definitions" / "matching.yaml"
    said = {"blocks: []": "key", "bands: {link: 7}": "value", "use: link": "value"}
    for text, part in said.items():
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DefinitionError) as caught:
            _ = Workspace.open(lists.folder).definitions
        assert caught.value.code == f"definitions.own_{part}"
